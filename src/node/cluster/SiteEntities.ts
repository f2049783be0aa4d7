/**
 * What the hosts of a site say to each other: the messages of a room and of the list of rooms, each an entity of @effect/cluster, which runs
 * on one host at a time. A post is repeated until its answer is known, and recognized by its author, device and number, so that no message
 * is kept outside the log: a text that is removed there is nowhere else.
 */
import * as Entity from "@effect/cluster/Entity"
import * as Rpc from "@effect/rpc/Rpc"
import * as Schema from "effect/Schema"
import * as Limits from "../../protocol/conversation/ConversationLimits.ts"
import { Event, EventRef } from "../../protocol/conversation/Event.ts"
import { Access, Name, PersonName, ServerName } from "../../protocol/conversation/EventBody.ts"
import { PresenceState } from "../../protocol/conversation/LinkMessage.ts"
import { Origin } from "../../protocol/conversation/Origin.ts"
import { VectorRecord } from "../../protocol/conversation/Vector.ts"
import * as ClusterLimits from "./ClusterLimits.ts"

/** A room cannot be used on this host any more. */
export class RoomLost extends Schema.TaggedError<RoomLost>()("RoomLost", {
  /** What happened, as a sentence without a full stop. */
  reason: Schema.String,
  /** Whether another attempt may succeed, maybe on another host; otherwise the operator has to act. */
  isPassing: Schema.Boolean
}) {}

const Present = Schema.Struct({ person: PersonName, state: PresenceState })

const RoomAccess = Schema.Struct({
  access: Access,
  servers: Schema.Array(ServerName).pipe(Schema.maxItems(Limits.namedServers))
})

/** A post before it has its place. */
const { author, body, device, kind, n, re, time } = Event.fields
const Post = Schema.Struct({ author, body: body.members[0], device, kind, n, re, time })

/** What became of a post: `Refused` is not recorded, for a reason that is a sentence without a full stop. */
const PostOutcome = Schema.Union(
  Schema.TaggedStruct("Posted", {}),
  Schema.TaggedStruct("Repeated", { event: Schema.optional(EventRef) }),
  Schema.TaggedStruct("Full", {}),
  Schema.TaggedStruct("Refused", { reason: Schema.String })
)
export type PostOutcome = typeof PostOutcome.Type

const PostAnswer = Schema.Struct({
  /** In the order of the posts. */
  outcomes: Schema.Array(PostOutcome),
  /** The log id of the room where it runs, and the number of its last event on the disk: all posts above are up to it, or before its start. */
  origin: Origin,
  last: Schema.NonNegativeInt
})
export type PostAnswer = typeof PostAnswer.Type

const Opened = Schema.TaggedStruct("Opened", {
  /** The log id of the room where it runs now; another one after a failover. */
  origin: Origin,
  /** Names this stream in `SetPresence`. */
  subscription: Schema.Int,
  access: RoomAccess,
  synced: VectorRecord,
  everywhere: VectorRecord
})
export type Opened = typeof Opened.Type

/** What a room says to a host that follows it. */
export const RoomMessage = Schema.Union(
  /** The first message, and again after a failover. What is in the room comes as `Here`. */
  Opened,
  Schema.TaggedStruct("Recorded", { event: Event }),
  Schema.TaggedStruct("Everywhere", { vector: VectorRecord }),
  /** People of other hosts. */
  Schema.TaggedStruct("Here", { people: Schema.Array(Present) }),
  Schema.TaggedStruct("Gone", { people: Schema.Array(PersonName) })
)
export type RoomMessage = typeof RoomMessage.Type

/** A room by its name. */
export const RoomEntity = Entity.make("HolubRoom", [
  Rpc.make("Follow", { success: RoomMessage, error: RoomLost, stream: true }),
  Rpc.make("Post", {
    payload: { posts: Schema.Array(Post).pipe(Schema.maxItems(ClusterLimits.batchPosts)) },
    success: PostAnswer,
    error: RoomLost
  }),
  /** Changes of the people of a host. A subscription that is over is left out. */
  Rpc.make("SetPresence", {
    payload: {
      subscription: Schema.Int,
      origin: Origin,
      changes: Schema.Array(Present).pipe(Schema.maxItems(ClusterLimits.partEntries))
    },
    error: RoomLost
  })
])

const ListedRoom = Schema.Struct({ room: Name, access: RoomAccess })
export type ListedRoom = typeof ListedRoom.Type

/** The list of rooms of a site: one entity, `siteId`. */
export const DirectoryEntity = Entity.make("HolubRooms", [
  /** All rooms, in parts, an empty part, and then each new one. */
  Rpc.make("Rooms", { success: Schema.Array(ListedRoom), error: RoomLost, stream: true }),
  /** Returns who may have the room: it may have been there before. */
  Rpc.make("Open", { payload: { room: Name, access: RoomAccess }, success: RoomAccess, error: RoomLost })
])

export const siteId = "site"

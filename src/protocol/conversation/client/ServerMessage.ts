/** What a server sends to a client of rooms (docs/PROTOCOL.md, conversations §11). One function reads a message, and tells why it is none. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as ConversationLimits from "../ConversationLimits.ts"
import { EventRef } from "../Event.ts"
import type { Event } from "../Event.ts"
import { Access, Name, PersonName, ServerName, Time } from "../EventBody.ts"
import { eventMessage, readMessage } from "../JsonMessage.ts"
import { PresenceState } from "../LinkMessage.ts"
import { vectorRecord } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"

const Entries = vectorRecord(ConversationLimits.messageOrigins)
const Reason = Schema.String.pipe(Schema.maxLength(2 * ConversationLimits.reasonUnits))
const PostNumber = Schema.Int.pipe(Schema.between(1, ConversationLimits.maxPostNumber))
const listOf = <A, I>(item: Schema.Schema<A, I>) => Schema.Array(item).pipe(Schema.maxItems(Limits.listed))

/** The client is this person. `token` logs in the next time, until `expires`. `servers` have the same rooms and may be taken when this one is gone. */
const Welcome = Schema.Struct({
  t: Schema.Literal("welcome"),
  v: Schema.Literal(1),
  server: ServerName,
  author: PersonName,
  nick: Name,
  isGuest: Schema.Boolean,
  token: Schema.optional(Schema.String),
  expires: Schema.optional(Time),
  servers: listOf(Schema.Struct({
    server: ServerName,
    /** `HOST:PORT`. */
    address: Schema.String,
    /** Its public key, as hex. */
    key: Schema.String
  }))
})

/** What the client asked for is refused; the connection goes on, except before `welcome`. */
const Refused = Schema.Struct({
  t: Schema.Literal("refused"),
  /** The type of the message that is refused. */
  what: Schema.String,
  room: Schema.optional(Name),
  n: Schema.optional(PostNumber),
  reason: Reason,
  /** The same may be tried again after so many milliseconds. */
  waitMillis: Schema.optional(Schema.NonNegativeInt)
})

/** The last message. */
const Goodbye = Schema.Struct({ t: Schema.Literal("goodbye"), reason: Reason })

/** A part of the list of rooms; `isLast` with the last one. */
const Rooms = Schema.Struct({
  t: Schema.Literal("rooms"),
  rooms: listOf(Schema.Struct({ room: Name, access: Access, people: Schema.NonNegativeInt })),
  isLast: Schema.Boolean
})

/**
 * A room is open. Then come `people`, `have`, `mark`, `everywhere`, the first events, and `live`. Before the first events come the earlier ones
 * that still matter, which `have` or the cursor covers: those of powers (`made`, `power`, `barred`). Without them a client could not tell what
 * counts. It also takes the last `topic` and `named` there.
 */
const Opened = Schema.Struct({ t: Schema.Literal("opened"), room: Name, access: Access })

/** Events that the client is not sent count as had: those before the first ones, for its cursor. */
const Have = Schema.Struct({ t: Schema.Literal("have"), room: Name, vector: Entries })

/** All first events were sent: what follows is new. */
const Live = Schema.Struct({ t: Schema.Literal("live"), room: Name })

/** A post of this client is on the disk of the server (✓). Its event comes as `event`, before or after this. */
const Posted = Schema.Struct({
  t: Schema.Literal("posted"),
  room: Name,
  n: PostNumber,
  /** Undefined for a post that was repeated after later ones. */
  event: Schema.optional(EventRef)
})

/** Every server of the room has these events (✓✓). */
const Everywhere = Schema.Struct({ t: Schema.Literal("everywhere"), room: Name, vector: Entries })

/** What the account has read, on another device too. */
const Mark = Schema.Struct({ t: Schema.Literal("mark"), room: Name, vector: Entries })

/** Those who are here, in parts; the first part replaces what was known. */
const People = Schema.Struct({
  t: Schema.Literal("people"),
  room: Name,
  people: listOf(Schema.Struct({ person: PersonName, state: PresenceState })),
  isFirst: Schema.Boolean
})

/** The state of a person has changed. */
const Presence = Schema.Struct({ t: Schema.Literal("presence"), room: Name, person: PersonName, state: PresenceState })

/**
 * People came and went, within a few seconds; or a server is away with its people, or back. If it lists fewer than it counts, `people` follows
 * with all who are here.
 */
const Moved = Schema.Struct({
  t: Schema.Literal("moved"),
  room: Name,
  how: Schema.Literal("moved", "away", "back"),
  /** For `away` and `back`. */
  server: Schema.optional(ServerName),
  /** The first ones; the numbers count all. */
  joined: listOf(PersonName),
  left: listOf(PersonName),
  joinedCount: Schema.NonNegativeInt,
  leftCount: Schema.NonNegativeInt
})

/** The linked servers: all of them after `welcome`, then those that change. */
const Links = Schema.Struct({
  t: Schema.Literal("links"),
  links: listOf(Schema.Struct({ server: ServerName, isLinked: Schema.Boolean }))
})

/** The end of the answer to `past`: its events came as `event`. `isStart`: there are none before them. */
const Past = Schema.Struct({ t: Schema.Literal("past"), room: Name, isStart: Schema.Boolean })

/** The nick of the client is this one. */
const Named = Schema.Struct({ t: Schema.Literal("named"), author: PersonName, nick: Name })

/** The person may open this room from now on: a private one to which `by` has invited it, or the one with `by` alone. */
const Invited = Schema.Struct({ t: Schema.Literal("invited"), room: Name, access: Access, by: PersonName })

const Envelope = Schema.Union(
  Welcome,
  Refused,
  Goodbye,
  Rooms,
  Opened,
  Have,
  Schema.Struct({ t: Schema.Literal("event"), event: Schema.Unknown }),
  Live,
  Posted,
  Everywhere,
  Mark,
  People,
  Presence,
  Moved,
  Links,
  Past,
  Named,
  Invited
)

/** The types of all messages. */
export const messageTypes: ReadonlyArray<string> = Envelope.members.map(({ fields }) => fields.t.literals[0])

export type WelcomeMessage = typeof Welcome.Type
export type RefusedMessage = typeof Refused.Type
export type ListedRoom = typeof Rooms.Type["rooms"][number]
export type ServerMessage =
  | Exclude<typeof Envelope.Type, { readonly t: "event" }>
  | { readonly t: "event"; readonly event: Event }

const decode = Schema.decodeUnknownEither(Envelope)

/** Reads the text of a message; Left is the reason, as the rest of a sentence. The client believes its server: no signature is checked. */
export const readServerMessage = (text: string): Either.Either<ServerMessage, string> =>
  Either.flatMap(
    readMessage(decode, text),
    (message): Either.Either<ServerMessage, string> =>
      message.t === "event" ? eventMessage(message.event) : Either.right(message)
  )

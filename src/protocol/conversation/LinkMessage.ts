/**
 * The messages of a link between two servers: JSON in UTF-8, each behind its length of 32 bits (docs/PROTOCOL.md, conversations §6). One
 * function reads them, and tells why a message is none.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Limits from "./ConversationLimits.ts"
import type { Event } from "./Event.ts"
import { Access, hexOfBytes, Name, PersonName, reasonOf, ServerName } from "./EventBody.ts"
import { eventMessage } from "./JsonMessage.ts"
import { Origin } from "./Origin.ts"
import { vectorRecord } from "./Vector.ts"

const Entries = vectorRecord(Limits.messageOrigins)

/** The first message of both sides. */
const Hello = Schema.Struct({
  t: Schema.Literal("hello"),
  v: Schema.Literal(1),
  server: ServerName,
  /** The key with which it signs events. The session proves the host key, and with it this one. */
  key: hexOfBytes(32)
})

/** What the sender has of a room on its disk: the entries that are new since its last one. */
const Have = Schema.Struct({
  t: Schema.Literal("have"),
  room: Name,
  access: Access,
  /** The servers that a room that is not public names. */
  servers: Schema.optional(Schema.Array(ServerName).pipe(Schema.maxItems(Limits.namedServers))),
  /** Servers of the room that the sender knows, beside both ends: those that are new since its last one. ✓✓ waits for them. */
  others: Schema.optional(Schema.Array(ServerName).pipe(Schema.maxItems(Limits.roomServers))),
  vector: Entries,
  /** Up to these numbers the sender has no events any more. */
  floors: Schema.optional(Entries),
  /** The number of events in the whole vector; absent while further parts follow. */
  total: Schema.optional(Schema.NonNegativeInt)
})

/** All first vectors were sent. */
const Ready = Schema.Struct({ t: Schema.Literal("ready") })

/** What a third server has of a room, as the sender knows. */
const Seen = Schema.Struct({ t: Schema.Literal("seen"), room: Name, server: ServerName, vector: Entries })

export const PresenceState = Schema.Literal("here", "away", "typing", "gone")
export type PresenceState = typeof PresenceState.Type

/** Where a person is. `n` grows with each message of the origin, so that copies from several links are known. */
const Presence = Schema.Struct({
  t: Schema.Literal("presence"),
  room: Name,
  person: PersonName,
  state: PresenceState,
  origin: Origin,
  n: Schema.Int.pipe(Schema.between(1, Limits.maxSeq))
})

/** Why a link ends: see docs/PROTOCOL.md, conversations §7. */
export const StopReason = Schema.Literal(
  "silent",
  "greeting",
  "malformed",
  "order",
  "gap",
  "fork",
  "refused",
  "limit",
  "differs",
  "leaving"
)
export type StopReason = typeof StopReason.Type

/** The last message. */
const Stop = Schema.Struct({
  t: Schema.Literal("stop"),
  reason: StopReason,
  text: Schema.String.pipe(Schema.maxLength(2 * Limits.reasonUnits))
})

const Envelope = Schema.Union(
  Hello,
  Have,
  Ready,
  Schema.Struct({ t: Schema.Literal("event"), event: Schema.Unknown }),
  Seen,
  Presence,
  Stop
)

export type HaveMessage = typeof Have.Type
export type HelloMessage = typeof Hello.Type
export type SeenMessage = typeof Seen.Type
export type PresenceMessage = typeof Presence.Type
export type StopMessage = typeof Stop.Type
export type LinkMessage =
  | HelloMessage
  | HaveMessage
  | typeof Ready.Type
  | { readonly t: "event"; readonly event: Event }
  | SeenMessage
  | PresenceMessage
  | StopMessage

const decodeEnvelope = Schema.decodeUnknownEither(Envelope)
const decoder = new TextDecoder("utf-8", { fatal: true })
const encoder = new TextEncoder()

/** The bytes of a message, without its length. */
export const encodeMessage = (message: LinkMessage): Uint8Array => encoder.encode(JSON.stringify(message))

/** A message of the right form, of which no event is checked; Left is the reason, as the rest of a sentence. Unknown fields are skipped. */
export const decodeMessage = (bytes: Uint8Array): Either.Either<LinkMessage, string> => {
  if (bytes.length > Limits.linkMessageBytes) {
    return Either.left(`has ${bytes.length} bytes, over ${Limits.linkMessageBytes}`)
  }
  let json: unknown
  try {
    json = JSON.parse(decoder.decode(bytes))
  } catch {
    return Either.left("is no JSON in UTF-8")
  }
  const decoded = decodeEnvelope(json)
  if (Either.isLeft(decoded)) return Either.left(reasonOf("", decoded.left))
  const message = decoded.right
  return message.t === "event" ? eventMessage(message.event) : Either.right(message)
}

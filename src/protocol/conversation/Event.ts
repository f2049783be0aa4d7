/**
 * An event of a room (docs/PROTOCOL.md, conversations §2). Its identity is (origin, room, seq); its place in the room's order is
 * (clock, origin, seq), everywhere. Its hash covers the SHA-256 of salt and body instead of these, so that both can be erased while the
 * hash and the signature of the origin still hold.
 * `SignedEvent` makes and checks events.
 */
import * as Schema from "effect/Schema"
import type { JsonObject } from "./CanonicalJson.ts"
import * as Limits from "./ConversationLimits.ts"
import { hexOfBytes, Name, PersonName, Time } from "./EventBody.ts"
import { Origin } from "./Origin.ts"

/** Number of an event of its origin in its room: 1, 2, 3 … */
export const Seq = Schema.Int.pipe(Schema.between(1, Limits.maxSeq))

/** Another event of the same room. */
export const EventRef = Schema.Struct({ origin: Origin, seq: Seq })
export type EventRef = typeof EventRef.Type

/** An object of JSON within the subset and the bounds of `canonicalJson`; anything of that form may be a body. */
const Body = Schema.declare(
  (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value)
).annotations({ identifier: "an object" })

/** The record of an event, as it is stored, sent over links and exported. */
export const Event = Schema.Struct({
  v: Schema.Literal(1),
  /** The server and its log id, which is new at each start. */
  origin: Origin,
  room: Name,
  seq: Seq,
  /** Lamport's: one more than the largest clock that the origin knew in the room. */
  clock: Schema.Int.pipe(Schema.between(1, Limits.maxClock)),
  /** The wall clock of the origin in milliseconds since 1970, to show only. */
  time: Time,
  /** A person of the origin. */
  author: PersonName,
  /** The client's program, and its own number of the post: a post that is repeated after a broken connection is one post. */
  device: Name,
  n: Schema.Int.pipe(Schema.between(0, Limits.maxPostNumber)),
  kind: Name,
  /** The event that this one answers, changes or removes. */
  re: Schema.optional(EventRef),
  /** 16 random bytes as hex, so that an erased body cannot be guessed from its digest; null when erased. */
  salt: Schema.NullOr(hexOfBytes(16)),
  /** See EventBody; null when erased. */
  body: Schema.NullOr(Body),
  /** SHA-256 of the salt and the canonical JSON of the body, as hex. */
  digest: hexOfBytes(32),
  /** The public key of Ed25519 with which the origin signs, as hex. */
  key: hexOfBytes(32),
  /** SHA-256 of the canonical JSON of all fields but `salt`, `body`, `hash` and `sig`, as hex. */
  hash: hexOfBytes(32),
  /** The signature of Ed25519 (RFC 8032) over `holub event` and the 32 bytes of the hash, as hex. */
  sig: hexOfBytes(64)
})
export type Event = typeof Event.Type

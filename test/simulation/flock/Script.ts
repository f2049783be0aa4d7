/**
 * A world of flock as data: the sessions, their streams, the path, and every fault. As with the classic wire the same
 * script yields the same run. Times are virtual milliseconds from the start.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { Attack } from "./Attack.ts"

/** All worlds of flock. */
export const flockWorlds = [
  "flock-lossy",
  "flock-harsh",
  "flock-moves",
  "flock-hosts",
  "flock-attacked",
  "flock-restarts"
] as const
export type FlockWorldName = (typeof flockWorlds)[number]

const count = Schema.NonNegativeInt
const millis = Schema.NonNegative
const hex = Schema.String.pipe(Schema.pattern(/^(?:[0-9a-f]{2})*$/))

const Stream = Schema.Struct({
  by: Schema.Literal("client", "server"),
  /** The time after the session was established at that side. */
  afterMillis: millis,
  bytes: count,
  /** The sender resets the stream after this time. */
  resetAfterMillis: Schema.optional(millis),
  /** The reader stops the stream after more than this number of bytes. */
  stopAfterBytes: Schema.optional(count)
})

/** The transport parameters of both sides. */
const Windows = Schema.Struct({ idleTimeoutMillis: millis, maxData: count, maxStreamData: count, maxStreams: count })

const Client = Schema.Struct({
  startMillis: millis,
  congestion: Schema.Literal("bbr", "cubic", "newreno"),
  streams: Schema.Array(Stream),
  windows: Windows,
  /** The time between two small reads of the applications; 0: everything is read at once. */
  readMillis: millis,
  /** How long the session stays open after the end of all streams. */
  restMillis: millis
})

/** The path of every client. */
const Route = Schema.Struct({
  /** The one-way delay. */
  delayMillis: millis,
  bytesPerMilli: Schema.optional(Schema.Positive),
  queueBytes: Schema.optional(count),
  /** Larger datagrams are dropped. */
  mtuBytes: count
})

/** The nth datagram, counted from 0, of a client's link: "up" to the server or "down" to the client. */
const passage = { link: Schema.String.pipe(Schema.pattern(/^\d+(?:up|down)$/)), nth: count }
const host = Schema.Union(Schema.Literal("server"), count)

/** How packets are protected. */
const Security = Schema.Struct({
  protection: Schema.Literal("crc", "aead", "aead-psk"),
  /** Packets of one key: more than are in flight. */
  epochPackets: Schema.Int.pipe(Schema.positive())
})

/** A fault of one datagram. Several faults of the same datagram are combined. */
export const PassageFault = Schema.Union(
  Schema.Struct({ ...passage, lose: Schema.Literal(true) }),
  /** A second copy arrives after this delay. */
  Schema.Struct({ ...passage, double: millis }),
  Schema.Struct({ ...passage, delay: millis }),
  /** The number of the bit to flip, modulo the datagram's length in bits. */
  Schema.Struct({ ...passage, flip: count }),
  /** The number of bytes that remain. */
  Schema.Struct({ ...passage, cut: count }),
  /** Bytes that are appended. */
  Schema.Struct({ ...passage, extend: hex }),
  /**
   * The kernel merges the datagram with up to `merge` that follow, and with one before them that a third party has forged: its header says
   * that it has `head` bytes.
   */
  Schema.Struct({ ...passage, merge: count, head: count }),
  /** A third party on the path intercepts the datagram and forwards it from its own address. */
  Schema.Struct({ ...passage, relay: count })
)
export type PassageFault = typeof PassageFault.Type

/** Any fault. */
export const Fault = Schema.Union(
  PassageFault,
  /** No datagram passes. */
  Schema.Struct({ outage: Schema.Literal("both", "up", "down"), from: millis, until: millis }),
  /** Larger datagrams are dropped from then on. */
  Schema.Struct({ mtu: count, at: millis }),
  Schema.Struct({ slower: millis, at: millis }),
  /** A third party sends these bytes to the server, or a copy of a recorded datagram. */
  Schema.Struct({ stranger: count, at: millis, bytes: hex }),
  Schema.Struct({ stranger: count, at: millis, overheard: Schema.Struct(passage) }),
  /** The client's port changes. */
  Schema.Struct({ rebind: count, at: millis }),
  /** The host crashes and does not restart. */
  Schema.Struct({ crash: host, at: millis }),
  /** The server's program ends, and starts again after so many milliseconds. */
  Schema.Struct({ restart: millis, at: millis }),
  /** The program is paused. */
  Schema.Struct({ pause: host, at: millis, millis })
)
export type Fault = typeof Fault.Type

/** The format of a script. */
export const FlockScript = Schema.Struct({
  note: Schema.optional(Schema.String),
  world: Schema.Literal(...flockWorlds),
  seed: Schema.optional(Schema.Int),
  /** Whether everything must arrive; otherwise a session may end early with a reason. */
  delivers: Schema.Boolean,
  route: Route,
  /** CRC-32 when it is absent. */
  security: Schema.optional(Security),
  clients: Schema.Array(Client).pipe(Schema.minItems(1)),
  faults: Schema.Array(Fault),
  /** What the attacker does; there is another server with the same host key then. */
  attacks: Schema.optional(Schema.Array(Attack))
})
export type FlockScript = typeof FlockScript.Type
export type ClientScript = typeof Client.Type
export type StreamScript = typeof Stream.Type

const decode = Schema.decodeUnknownEither(Schema.parseJson(FlockScript), { onExcessProperty: "error" })

/** Whether `name` is a world of flock. */
export const isFlockWorld = (name: string): name is FlockWorldName => flockWorlds.some((world) => world === name)

/** Parses a script. Throws an error with the reason. */
export const parseFlock = (json: string): FlockScript => {
  const script = decode(json)
  if (Either.isRight(script)) return script.right
  throw new Error(`invalid script: ${ParseResult.TreeFormatter.formatErrorSync(script.left)}`)
}

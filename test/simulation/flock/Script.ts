/**
 * A world of flock as data: the sessions, what they carry, the path, and every fault. As with the classic wire the same
 * script gives the same run. Times are virtual milliseconds from the start.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

export const flockWorlds = ["flock-lossy", "flock-harsh", "flock-moves", "flock-hosts"] as const
export type FlockWorldName = (typeof flockWorlds)[number]

const count = Schema.NonNegativeInt
const millis = Schema.NonNegative
const hex = Schema.String.pipe(Schema.pattern(/^(?:[0-9a-f]{2})*$/))

const Stream = Schema.Struct({
  by: Schema.Literal("client", "server"),
  /** After the session opened at that side. */
  afterMillis: millis,
  bytes: count,
  /** Its sender gives it up so much later. */
  resetAfterMillis: Schema.optional(millis),
  /** Its reader wants no more than so many bytes. */
  stopAfterBytes: Schema.optional(count)
})

/** What each side tells of itself in the handshake. */
const Windows = Schema.Struct({ idleMillis: millis, maxData: count, maxStreamData: count, maxStreams: count })

const Client = Schema.Struct({
  startMillis: millis,
  congestion: Schema.Literal("bbr", "cubic", "newreno"),
  streams: Schema.Array(Stream),
  windows: Windows,
  /** So long its programs wait before they read again, and then read a little; 0: everything at once. */
  readMillis: millis,
  /** So long the session stays open when all has arrived. */
  restMillis: millis
})

/** The path of every client. */
const Route = Schema.Struct({
  /** One way. */
  delayMillis: millis,
  bytesPerMilli: Schema.optional(Schema.Positive),
  queueBytes: Schema.optional(count),
  /** Larger datagrams are swallowed. */
  mtuBytes: count
})

/** The n-th datagram of a client's link, up to the server or down to the client, counted from 0. */
const passage = { link: Schema.String.pipe(Schema.pattern(/^\d+(?:up|down)$/)), nth: count }
const host = Schema.Union(Schema.Literal("server"), count)

export const PassageFault = Schema.Union(
  Schema.Struct({ ...passage, lose: Schema.Literal(true) }),
  /** A second copy, so much later. */
  Schema.Struct({ ...passage, double: millis }),
  Schema.Struct({ ...passage, delay: millis }),
  /** The number of the bit that is flipped; past the end it starts again. */
  Schema.Struct({ ...passage, flip: count }),
  /** So many bytes are left. */
  Schema.Struct({ ...passage, cut: count }),
  /** These bytes follow. */
  Schema.Struct({ ...passage, extend: hex }),
  /** Somebody on the path keeps it and sends it on, from an address of its own. */
  Schema.Struct({ ...passage, relay: count })
)
export type PassageFault = typeof PassageFault.Type

export const Fault = Schema.Union(
  PassageFault,
  /** Nothing passes. */
  Schema.Struct({ outage: Schema.Literal("both", "up", "down"), from: millis, until: millis }),
  /** Larger datagrams are swallowed from then on. */
  Schema.Struct({ mtu: count, at: millis }),
  Schema.Struct({ slower: millis, at: millis }),
  /** Somebody else sends this to the server; or a copy of what it overheard. */
  Schema.Struct({ stranger: count, at: millis, bytes: hex }),
  Schema.Struct({ stranger: count, at: millis, overheard: Schema.Struct(passage) }),
  /** The client's port changes. */
  Schema.Struct({ rebind: count, at: millis }),
  /** The host is gone, for good. */
  Schema.Struct({ crash: host, at: millis }),
  /** The program stands still. */
  Schema.Struct({ pause: host, at: millis, millis })
)
export type Fault = typeof Fault.Type

export const FlockScript = Schema.Struct({
  note: Schema.optional(Schema.String),
  world: Schema.Literal(...flockWorlds),
  seed: Schema.optional(Schema.Int),
  /** Whether everything has to arrive, or a session may end with a reason before. */
  delivers: Schema.Boolean,
  route: Route,
  clients: Schema.Array(Client).pipe(Schema.minItems(1)),
  faults: Schema.Array(Fault)
})
export type FlockScript = typeof FlockScript.Type
export type ClientScript = typeof Client.Type
export type StreamScript = typeof Stream.Type

const decode = Schema.decodeUnknownEither(Schema.parseJson(FlockScript), { onExcessProperty: "error" })

export const isFlockWorld = (name: string): name is FlockWorldName => flockWorlds.some((world) => world === name)

/** Reads a script, or tells what is wrong with it. */
export const parseFlock = (json: string): FlockScript => {
  const script = decode(json)
  if (Either.isRight(script)) return script.right
  throw new Error(`this is no script: ${ParseResult.TreeFormatter.formatErrorSync(script.left)}`)
}

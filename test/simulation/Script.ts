/**
 * A world as data: the programs, their messages and every fault. A script is drawn before its world runs, and the same
 * script yields the same run, so that a failure can be stored, shrunk and read. Times are virtual milliseconds from the
 * start.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

/** Worlds around the protocol cores. */
export const coreWorlds = ["lossy", "harsh", "copies", "hosts", "strangers", "existing"] as const
/** All worlds of the classic wire. */
export const worldNames = [...coreWorlds, "shell"] as const
export type WorldName = (typeof worldNames)[number]

const count = Schema.NonNegativeInt
const millis = Schema.NonNegative
const hex = Schema.String.pipe(Schema.pattern(/^(?:[0-9a-f]{2})*$/))

const Message = Schema.Struct({
  kind: Schema.Literal("text", "file"),
  /** The size of the content. */
  bytes: count,
  /** The length of a file's name, without the prefix that makes it unique. */
  nameBytes: Schema.optional(count),
  fragmentSize: Schema.Int.pipe(Schema.between(1, 1445)),
  /** The time between the end of the previous message, or the client's start, and this message. */
  restMillis: millis,
  /** The time to read each block from the source. */
  readMillis: Schema.optional(millis)
})

const Client = Schema.Struct({
  program: Schema.Literal("ours", "existing"),
  dialect: Schema.Literal("frame", "payload"),
  startMillis: millis,
  /** The one-way delay of the path. */
  delayMillis: millis,
  messages: Schema.Array(Message),
  /** The action after the last message: FIN at once, FIN after some keep-alives, or no further datagram. */
  ending: Schema.Literal("leave", "stay", "vanish")
})

const Server = Schema.Struct({
  program: Schema.Literal("ours", "existing"),
  /** The duration of each disk operation. */
  diskMillis: millis,
  /** Files larger than this are refused. */
  quotaBytes: Schema.optional(count),
  /** When the server begins to drain. It closes afterwards. */
  drainAtMillis: Schema.optional(millis)
})

/** The nth datagram, counted from 0, of a client's link: "up" to the server or "down" to the client. */
const passage = { link: Schema.String.pipe(Schema.pattern(/^\d+(?:up|down)$/)), nth: count }
/** The server, or a client's number. */
const host = Schema.Union(Schema.Literal("server"), count)

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
  /** The first bytes are replaced by the same number of bytes of the previous datagram. */
  Schema.Struct({ ...passage, splice: count })
)
/** A fault of one datagram. */
export type PassageFault = typeof PassageFault.Type

/** Any fault. */
export const Fault = Schema.Union(
  PassageFault,
  /** No datagram passes; without `client`, of no client. */
  Schema.Struct({
    outage: Schema.Literal("both", "up", "down"),
    client: Schema.optional(count),
    from: millis,
    until: millis
  }),
  /** The delay of a client's path increases from then on. */
  Schema.Struct({ slower: millis, client: count, at: millis }),
  /** A third party sends these bytes to the server, or a copy of a recorded datagram. */
  Schema.Struct({ stranger: count, at: millis, bytes: hex }),
  Schema.Struct({ stranger: count, at: millis, overheard: Schema.Struct(passage) }),
  /** A third party sends these bytes to a client. */
  Schema.Struct({ stranger: count, at: millis, to: count, bytes: hex }),
  /** The client's address changes. */
  Schema.Struct({ rebind: count, at: millis }),
  /** The host crashes; a server restarts after `downMillis`. `keeps`: see `Disk`. */
  Schema.Struct({
    crash: host,
    at: millis,
    downMillis: millis,
    keeps: Schema.Literal("synced", "names", "all")
  }),
  /** The program is paused: suspended, or its event loop is blocked. */
  Schema.Struct({ pause: host, at: millis, millis }),
  /** The nth operation of that kind on the server's disk fails, or is slow. */
  Schema.Struct({
    disk: Schema.Literal("create", "write", "sync", "link", "syncDirectory"),
    nth: count,
    error: Schema.String
  }),
  Schema.Struct({ disk: Schema.Literal("create", "write", "sync", "link", "syncDirectory"), nth: count, millis }),
  /** The wall clocks are set to this offset from the virtual time. */
  Schema.Struct({ wallClock: Schema.Number, at: millis })
)
export type Fault = typeof Fault.Type

/** The format of a script. */
export const Script = Schema.Struct({
  /** Why the script is stored. */
  note: Schema.optional(Schema.String),
  world: Schema.Literal(...worldNames),
  /** The seed that it was drawn from. */
  seed: Schema.optional(Schema.Int),
  /** Whether everything must arrive; otherwise a message may fail with a reason. */
  delivers: Schema.Boolean,
  server: Server,
  clients: Schema.Array(Client).pipe(Schema.minItems(1)),
  faults: Schema.Array(Fault)
})
/** A world as data. */
export type Script = typeof Script.Type
export type ClientScript = typeof Client.Type
export type MessageScript = typeof Message.Type
export type ServerScript = typeof Server.Type

const decode = Schema.decodeUnknownEither(Schema.parseJson(Script), { onExcessProperty: "error" })

/** Parses a script. Throws an error with the reason. */
export const parse = (json: string): Script => {
  const script = decode(json)
  if (Either.isRight(script)) return script.right
  throw new Error(`invalid script: ${ParseResult.TreeFormatter.formatErrorSync(script.left)}`)
}

/** A script as JSON text, one fault on each line. */
export const print = (script: { readonly faults: ReadonlyArray<unknown> }): string => {
  const lines = (items: ReadonlyArray<unknown>): string =>
    items.length === 0 ? "[]" : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`
  const fields = Object.entries(script).map(([name, value]) =>
    `  ${JSON.stringify(name)}: ${Array.isArray(value) ? lines(value) : JSON.stringify(value)}`
  )
  return `{\n${fields.join(",\n")}\n}\n`
}

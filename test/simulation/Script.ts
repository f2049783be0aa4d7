/**
 * A world as data: who talks, and every fault that happens. A script is drawn before its world runs, and the same script
 * gives the same run, so that a failure can be kept, cut down and read. Times are virtual milliseconds from the start.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

export const coreWorlds = ["lossy", "harsh", "copies", "hosts", "strangers", "existing"] as const
export const worldNames = [...coreWorlds, "shell"] as const
export type WorldName = (typeof worldNames)[number]

const count = Schema.NonNegativeInt
const millis = Schema.NonNegative
const hex = Schema.String.pipe(Schema.pattern(/^(?:[0-9a-f]{2})*$/))

const Message = Schema.Struct({
  kind: Schema.Literal("text", "file"),
  /** Of the content. */
  bytes: count,
  /** Of a file's name, without the prefix that makes it unique. */
  nameBytes: Schema.optional(count),
  fragmentSize: Schema.Int.pipe(Schema.between(1, 1445)),
  /** Between the end of the message before, or the client's start, and this one. */
  restMillis: millis,
  /** What the source takes for each block. */
  readMillis: Schema.optional(millis)
})

const Client = Schema.Struct({
  program: Schema.Literal("ours", "existing"),
  dialect: Schema.Literal("frame", "payload"),
  startMillis: millis,
  /** One way. */
  delayMillis: millis,
  messages: Schema.Array(Message),
  /** After the last message: FIN at once, FIN after some keep-alives, or not a word. */
  ending: Schema.Literal("leave", "stay", "vanish")
})

const Server = Schema.Struct({
  program: Schema.Literal("ours", "existing"),
  /** What each operation of the disk takes. */
  diskMillis: millis,
  /** Larger files are refused. */
  quotaBytes: Schema.optional(count),
  /** It drains, and closes when that is done. */
  drainAtMillis: Schema.optional(millis)
})

/** The n-th datagram of a client's link, up to the server or down to the client, counted from 0. */
const passage = { link: Schema.String.pipe(Schema.pattern(/^\d+(?:up|down)$/)), nth: count }
/** The server, or the client of that number. */
const host = Schema.Union(Schema.Literal("server"), count)

/** What happens to one datagram; several faults of one datagram add up. */
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
  /** So many bytes of the datagram before, then the rest of this one. */
  Schema.Struct({ ...passage, splice: count })
)
export type PassageFault = typeof PassageFault.Type

export const Fault = Schema.Union(
  PassageFault,
  /** Nothing passes. Without a client: none of all. */
  Schema.Struct({
    outage: Schema.Literal("both", "up", "down"),
    client: Schema.optional(count),
    from: millis,
    until: millis
  }),
  /** Every datagram of a link takes so much longer from then on: the path has changed. */
  Schema.Struct({ slower: millis, client: count, at: millis }),
  /** Somebody else sends this to the server; or a copy of what it overheard. */
  Schema.Struct({ stranger: count, at: millis, bytes: hex }),
  Schema.Struct({ stranger: count, at: millis, overheard: Schema.Struct(passage) }),
  /** Somebody else sends this to a client. */
  Schema.Struct({ stranger: count, at: millis, to: count, bytes: hex }),
  /** The client's address changes. */
  Schema.Struct({ rebind: count, at: millis }),
  /** The host is gone; a server comes back after a while. What its disk keeps: see `Disk`. */
  Schema.Struct({
    crash: host,
    at: millis,
    downMillis: millis,
    keeps: Schema.Literal("synced", "names", "all")
  }),
  /** The program stands still: suspended, or its event loop is busy. */
  Schema.Struct({ pause: host, at: millis, millis }),
  /** The n-th operation of that kind on the server's disk fails, or takes long. */
  Schema.Struct({
    disk: Schema.Literal("create", "write", "sync", "link", "syncDirectory"),
    nth: count,
    error: Schema.String
  }),
  Schema.Struct({ disk: Schema.Literal("create", "write", "sync", "link", "syncDirectory"), nth: count, millis }),
  /** Somebody sets the clock of the wall. */
  Schema.Struct({ wallClock: Schema.Number, at: millis })
)
export type Fault = typeof Fault.Type

export const Script = Schema.Struct({
  /** Why it is kept. */
  note: Schema.optional(Schema.String),
  world: Schema.Literal(...worldNames),
  /** That it was drawn from. */
  seed: Schema.optional(Schema.Int),
  /** Whether everything has to arrive, or may fail with a reason. */
  delivers: Schema.Boolean,
  server: Server,
  clients: Schema.Array(Client).pipe(Schema.minItems(1)),
  faults: Schema.Array(Fault)
})
export type Script = typeof Script.Type
export type ClientScript = typeof Client.Type
export type MessageScript = typeof Message.Type
export type ServerScript = typeof Server.Type

const decode = Schema.decodeUnknownEither(Schema.parseJson(Script), { onExcessProperty: "error" })

/** Reads a script, or tells what is wrong with it. */
export const parse = (json: string): Script => {
  const script = decode(json)
  if (Either.isRight(script)) return script.right
  throw new Error(`this is no script: ${ParseResult.TreeFormatter.formatErrorSync(script.left)}`)
}

/** A script as it is kept: one fault a line. */
export const print = (script: { readonly faults: ReadonlyArray<unknown> }): string => {
  const lines = (items: ReadonlyArray<unknown>): string =>
    items.length === 0 ? "[]" : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`
  const fields = Object.entries(script).map(([name, value]) =>
    `  ${JSON.stringify(name)}: ${Array.isArray(value) ? lines(value) : JSON.stringify(value)}`
  )
  return `{\n${fields.join(",\n")}\n}\n`
}

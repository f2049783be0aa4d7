/**
 * The lines of `--json` and of the log file, as Schemas: one for each type, and {@link Event} for any line. They are exact: a
 * field that is not described here is refused. Sizes are bytes, durations milliseconds, rates bits a second, all of them whole
 * numbers; what does not apply is left out.
 */
import * as Schema from "effect/Schema"
import { kindNames } from "../protocol/classic/ClassicFrame.ts"
import { wireNames } from "../protocol/WireName.ts"

const whole = Schema.NonNegativeInt.pipe(Schema.lessThanOrEqualTo(Number.MAX_SAFE_INTEGER))
const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })
const numbers = Schema.Array(whole)

/** What every line begins with. */
const common = {
  /** The version of these lines. */
  v: Schema.Literal(1),
  /** ISO 8601, UTC, with milliseconds. */
  time: Schema.String.pipe(Schema.pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
}

const line = <Type extends string, Fields extends Schema.Struct.Fields>(type: Type, fields: Fields) =>
  Schema.Struct({ v: common.v, type: Schema.Literal(type), time: common.time, ...fields })
    .annotations({ identifier: type, parseOptions: { onExcessProperty: "error" } })

/** What is known of a message once it has begun. */
const message = {
  /** Distinguishes messages of one run of the program. */
  id: Schema.String,
  /** `host:port`, or `[host]:port`. */
  peer: Schema.String,
  kind: Schema.Literal("text", "file"),
  /** Of a file: as its sender calls it, not safe to open as it is. */
  name: optional(Schema.String),
  /** Fragments, those of the name included; on the classic wire. */
  fragments: optional(whole),
  /** Payload bytes of a full fragment when sending; when receiving, the field as announced, in either dialect. On the classic wire. */
  fragmentSize: optional(whole)
}

/** What is known of a message once it is whole. */
const finished = {
  /** Bytes of the content. */
  size: whole,
  /** Of the content, in lower-case hex. */
  sha256: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/)),
  /** Milliseconds. */
  durationMillis: whole,
  /** Of the content, bits a second. */
  rateBitsPerSecond: whole
}

interface Named {
  readonly kind: "text" | "file"
  readonly name?: string
}

const isNamed = ({ kind, name }: Named): true | string =>
  (kind === "file") === (name !== undefined) || "a file has a name, and a text has none"

/** A server listens. */
export const Listening = line("listening", {
  host: Schema.String,
  port: whole,
  wire: Schema.Literal(...wireNames),
  /** Where files go; absolute. */
  dir: Schema.String
})

/** The other side was heard for the first time. */
export const Connected = line("connected", { peer: Schema.String })

/**
 * The other side is gone: it `ended` the connection, was `lost` (silent for too long), was `refused`, or this side `left`. Only
 * a client tells `unreachable`, `declined` (its message was refused) and `tooLarge` (no way for frames of that size).
 */
export const Disconnected = line("disconnected", {
  peer: Schema.String,
  reason: Schema.Literal("ended", "lost", "refused", "left", "unreachable", "declined", "tooLarge")
})

/** A message has begun, and its name is known. */
export const Started = line("started", {
  ...message,
  /** Bytes of the content; unknown to a receiver on the classic wire. */
  size: optional(whole)
}).pipe(Schema.filter(isNamed))

/** A message under way, once a second. */
export const Progress = line("progress", {
  id: Schema.String,
  /** So far, of the content. */
  bytes: whole,
  /** Of the content, where it is known. */
  size: optional(whole),
  /** Of the last second. */
  rateBitsPerSecond: whole
})

/** A message is whole and safe here. */
export const Received = line("received", {
  ...message,
  /** Where the file lies; absolute. */
  path: optional(Schema.String),
  /** The text itself; the log file leaves it out. */
  text: optional(Schema.String),
  ...finished,
  /** Payload bytes of a full fragment, whichever dialect announced it; on the classic wire. */
  payloadSize: optional(whole),
  /** Fragments that arrived with a wrong CRC. */
  damaged: whole,
  /** Their sequence numbers, the first of them. */
  damagedNumbers: numbers,
  /** Fragments that had arrived before. */
  duplicates: whole
}).pipe(
  Schema.filter(isNamed),
  Schema.filter(({ kind, path, text }) =>
    ((kind === "file") === (path !== undefined) && !(kind === "file" && text !== undefined)) ||
    "a file has a path and a text has none; only a text has a text"
  )
)

/** A message is whole and safe at its receiver. */
export const Sent = line("sent", {
  ...message,
  /** Where the file lay; absolute. What came from a pipe has none. */
  path: optional(Schema.String),
  ...finished,
  /** Frames that were sent again; on the modern wire packets that were lost. */
  retransmissions: whole,
  /** What held the sender back for the most of the time; on the modern wire. */
  limitedBy: optional(Schema.Literal("source", "cpu", "receiver", "congestion", "pacing")),
  /** Sequence numbers of the fragments among them, the first of them. */
  repeatedNumbers: numbers,
  /** Fragments that were damaged on purpose. */
  damaged: whole,
  /** Their sequence numbers, the first of them. */
  damagedNumbers: numbers,
  /** False when everything arrived but the last answer was lost. */
  confirmed: Schema.Boolean
}).pipe(Schema.filter(isNamed))

const partOfPacket = <Type extends string, Fields extends Schema.Struct.Fields>(frameType: Type, fields: Fields) =>
  Schema.Struct({ frameType: Schema.Literal(frameType), ...fields })
    .annotations({ parseOptions: { onExcessProperty: "error" } })

/** What it carries, with `--trace-data`: bytes that are no printable UTF-8 as `\xNN`, `\n`, `\r`, `\t`, and `\\`. */
const carried = optional(Schema.String)

/** A frame in a packet of flock (docs/PROTOCOL.md, flock §4). */
export const PacketFrame = Schema.Union(
  partOfPacket("PING", {}),
  /** First and last packet number of each range, the newest first. */
  partOfPacket("ACK", { delayMicros: whole, ranges: Schema.Array(Schema.Tuple(whole, whole)) }),
  partOfPacket("RESET_STREAM", { streamId: whole, code: whole, finalBytes: whole }),
  partOfPacket("STOP_SENDING", { streamId: whole, code: whole }),
  partOfPacket("STREAM", { streamId: whole, offset: whole, length: whole, fin: Schema.Boolean, payload: carried }),
  partOfPacket("MAX_DATA", { bytes: whole }),
  partOfPacket("MAX_STREAM_DATA", { streamId: whole, bytes: whole }),
  partOfPacket("MAX_STREAMS", { count: whole }),
  partOfPacket("PATH_CHALLENGE", { token: whole }),
  partOfPacket("PATH_RESPONSE", { token: whole }),
  partOfPacket("CLOSE", { code: whole, reason: Schema.String }),
  partOfPacket("DATAGRAM", { length: whole, payload: carried })
)

/**
 * A datagram of the classic wire that went or came, or a packet of flock, with `--trace`. What is neither has only `direction`,
 * `peer`, `valid` and `bytes`.
 */
export const Frame = line("frame", {
  direction: Schema.Literal("sent", "received"),
  /** `host:port` of the other side. */
  peer: Schema.String,
  sequenceNumber: optional(whole),
  fragmentCount: optional(whole),
  /** The field, in either dialect. */
  fragmentSize: optional(whole),
  frameType: optional(Schema.Literal(...kindNames)),
  /** The field, eight hex digits; 0 in kinds that have none. */
  crc: optional(Schema.String.pipe(Schema.pattern(/^[0-9a-f]{8}$/))),
  /** What a packet of flock is. */
  packetType: optional(Schema.Literal("HELLO", "HELLO2", "HELLO3", "VERSION", "DATA")),
  /** Of DATA: the low 32 bits of its number, as they are on the wire. */
  packetNumber: optional(whole),
  /** Of DATA that is valid, but for PADDING. */
  frames: optional(Schema.Array(PacketFrame)),
  /** Whether it is a frame whose CRC holds, if its kind has one, or a packet whose tag holds and whose frames can be read. */
  valid: Schema.Boolean,
  /** Of the whole datagram, or packet. */
  bytes: whole,
  payload: carried
}).pipe(
  Schema.filter((frame) => {
    const fields = [frame.sequenceNumber, frame.fragmentCount, frame.fragmentSize, frame.frameType, frame.crc]
    const missing = fields.filter((field) => field === undefined).length
    return missing === 0 || (missing === fields.length && frame.payload === undefined) ||
      "a frame has all its fields, and what is no frame has none of them"
  }),
  Schema.filter(({ frameType, frames, packetNumber, packetType, valid }) => {
    const isFrame = frameType !== undefined
    const isData = packetType === "DATA"
    const isPacket = packetType !== undefined
    const isWhole = valid ? isFrame !== isPacket : !(isFrame && isPacket)
    return (isWhole && (frames !== undefined) === (isData && valid) && (packetNumber === undefined || isData)) ||
      "a packet is no frame, only DATA has a number, and frames if it is valid; what is valid is one of both"
  })
)

/** Something that was not told, not written, or not understood. */
export const Warning = line("warning", {
  code: Schema.Literal("FramesLeftOut", "LinesLeftOut", "LogNotWritten", "UnknownVariable"),
  message: Schema.String
})

/** Something failed; the program goes on if it can. */
export const Failed = line("error", {
  code: Schema.String,
  /** What the program exits with if nothing else happens. */
  exitCode: whole,
  message: Schema.String,
  /** What to do about it. */
  hint: optional(Schema.String)
})

const part = {
  /** Absolute. */
  path: Schema.String,
  size: whole,
  /** Since it last grew, in milliseconds. */
  ageMillis: whole
}

/** A part that a crash left in an inbox was removed. */
export const Removed = line("removed", part)

/** A part that a crash left in an inbox was found, and left there. */
export const Leftover = line("leftover", part)

/** A setting, and where its value comes from. */
export const Setting = line("setting", {
  name: Schema.String,
  /** As it would be written behind the flag; several for what is repeatable. */
  value: optional(Schema.Union(Schema.String, Schema.Array(Schema.String))),
  origin: Schema.String,
  /** False for a setting that the chosen wire does not use; left out otherwise. */
  used: optional(Schema.Literal(false))
})

/** The completions of a shell were installed. */
export const Installed = line("installed", {
  shell: Schema.String,
  /** Absolute. */
  path: Schema.String
})

/** The program has begun; in the log file only. */
export const Start = line("start", {
  version: Schema.String,
  /** Empty for the communicator. */
  command: Schema.String,
  pid: whole
})

/** The program has come to its end; in the log file only. */
export const Stop = line("stop", { exitCode: whole })

/** Any line. */
export const Event = Schema.Union(
  Listening,
  Connected,
  Disconnected,
  Started,
  Progress,
  Received,
  Sent,
  Frame,
  Warning,
  Failed,
  Removed,
  Leftover,
  Setting,
  Installed,
  Start,
  Stop
).annotations({ identifier: "Event" })
export type Event = typeof Event.Type

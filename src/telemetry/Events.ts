/**
 * The lines of `--json` and of the log file, as Schemas: one for each type, and {@link Event} for any line. They are
 * exact: a field without a description here is rejected. Sizes are bytes, durations milliseconds, rates bits per
 * second, all of them whole numbers; a field that does not apply is omitted.
 */
import * as Schema from "effect/Schema"
import { kindNames } from "../protocol/classic/ClassicFrame.ts"
import { wireNames } from "../protocol/WireName.ts"
import { AccountEvent } from "./AccountEvents.ts"
import { AppEvent } from "./AppEvents.ts"
import { Installed, Leftover, Removed, Setting } from "./CommandEvents.ts"
import { line, optional } from "./EventLine.ts"
import { Forgotten, Key, Known, NotAllowed } from "./KeyEvents.ts"
import { Linked, LinkListed, Unlinked } from "./LinkEvents.ts"
import { PacketFrame, payload, whole } from "./PacketFrame.ts"
import { RoomLineEvent } from "./RoomLineEvents.ts"

const numbers = Schema.Array(whole)

/** The fields of a message from its start on. */
const message = {
  /** Identifies the message within one run of the program. */
  id: Schema.String,
  /** `host:port`, or `[host]:port`. */
  peer: Schema.String,
  kind: Schema.Literal("text", "file"),
  /** The file name that the sender gave; not safe as a path. */
  name: optional(Schema.String),
  /** The number of fragments, including those of the name; on the classic wire. */
  fragments: optional(whole),
  /** Classic, sent: payload bytes of a full fragment. Classic, received: the field as announced, in either dialect. */
  fragmentSize: optional(whole)
}

/** The fields of a complete message. */
const finished = {
  /** Bytes of the content. */
  size: whole,
  /** The SHA-256 of the content, in lower-case hex. */
  sha256: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/)),
  /** Milliseconds. */
  durationMillis: whole,
  /** The rate of the content, in bits per second. */
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
  /** The text of the server's key, `hk1…`, and its eight words; omitted without keys: on classic, and with `--protection crc`. */
  key: optional(Schema.String),
  words: optional(Schema.String),
  /** True if a client needs the shared key too. */
  psk: optional(Schema.Literal(true)),
  /** The absolute path of the inbox. */
  dir: Schema.String
})

/** The first packet of the other side was received. */
export const Connected = line("connected", {
  peer: Schema.String,
  /** The text of the peer's key, `hk1…`; omitted without keys. An anonymous client has another one each time. */
  key: optional(Schema.String),
  /** Whether the key is one of those that this side accepts; omitted without keys. A server without a list accepts all. */
  trusted: optional(Schema.Boolean)
})

/**
 * The connection has ended: the peer `ended` it, was `lost` (idle timeout), was `refused`, this side `left`, or it
 * `failed` because of a violation of the protocol or a defect of the program, on either side. Only a client reports `unreachable`, `declined` (its message was refused) and `tooLarge` (the path carries no frames of that
 * size).
 */
export const Disconnected = line("disconnected", {
  peer: Schema.String,
  reason: Schema.Literal("ended", "lost", "refused", "left", "failed", "unreachable", "declined", "tooLarge")
})

/** A message has started, and its name is known. */
export const Started = line("started", {
  ...message,
  /** Bytes of the content; not known to a receiver on the classic wire. */
  size: optional(whole)
}).pipe(Schema.filter(isNamed))

/** The progress of a message, once a second. */
export const Progress = line("progress", {
  id: Schema.String,
  /** Transferred bytes of the content. */
  bytes: whole,
  /** Bytes of the content, if known. */
  size: optional(whole),
  /** The rate of the last second. */
  rateBitsPerSecond: whole
})

/** A message was received completely and is stored. */
export const Received = line("received", {
  ...message,
  /** The absolute path of the file. */
  path: optional(Schema.String),
  /** The content of a text; omitted in the log file. */
  text: optional(Schema.String),
  ...finished,
  /** Payload bytes of a full fragment, in either dialect of the announcement; on the classic wire. */
  payloadSize: optional(whole),
  /** Fragments that arrived with a wrong CRC. */
  damaged: whole,
  /** Their sequence numbers, the first of them. */
  damagedNumbers: numbers,
  /** Duplicate fragments. */
  duplicates: whole
}).pipe(
  Schema.filter(isNamed),
  Schema.filter(({ kind, path, text }) =>
    ((kind === "file") === (path !== undefined) && !(kind === "file" && text !== undefined)) ||
    "a file has a path and a text has none; only a text has a text"
  )
)

/** A message was delivered: its receiver has stored it. */
export const Sent = line("sent", {
  ...message,
  /** The absolute path of the file; omitted for standard input. */
  path: optional(Schema.String),
  ...finished,
  /** Retransmitted frames; on flock lost packets. */
  retransmissions: whole,
  /** The factor that limited the sender for the longest time; on flock. */
  limitedBy: optional(Schema.Literal("source", "cpu", "receiver", "congestion", "pacing")),
  /** The sequence numbers of the retransmitted fragments, the first of them. The announcement has no number. */
  repeatedNumbers: numbers,
  /** Fragments that were damaged on purpose. */
  damaged: whole,
  /** Their sequence numbers, the first of them. */
  damagedNumbers: numbers,
  /** False if all content has arrived but the last answer was lost. */
  confirmed: Schema.Boolean
}).pipe(Schema.filter(isNamed))

/**
 * A sent or received datagram of the classic wire, or a packet of flock, with `--trace`. A datagram that is neither a
 * frame nor a packet has only `direction`, `peer`, `valid` and `bytes`.
 */
export const Frame = line("frame", {
  direction: Schema.Literal("sent", "received"),
  /** `host:port` of the other side. */
  peer: Schema.String,
  sequenceNumber: optional(whole),
  fragmentCount: optional(whole),
  /** The field fragment_size, in either dialect. */
  fragmentSize: optional(whole),
  frameType: optional(Schema.Literal(...kindNames)),
  /** The field crc, as eight hex digits; 0 for types without a CRC. */
  crc: optional(Schema.String.pipe(Schema.pattern(/^[0-9a-f]{8}$/))),
  /** The type of a packet of flock. */
  packetType: optional(Schema.Literal("HELLO", "HELLO2", "HELLO3", "RETRY", "VERSION", "RESET", "DATA")),
  /** The low 32 bits of the packet number of DATA, as on the wire. */
  packetNumber: optional(whole),
  /** The frames of a valid DATA packet, except PADDING. */
  frames: optional(Schema.Array(PacketFrame)),
  /**
   * Whether it is a frame with a correct CRC (if its type has one), or a packet with a correct tag and readable frames.
   */
  valid: Schema.Boolean,
  /** The length of the datagram or packet. */
  bytes: whole,
  payload
}).pipe(
  Schema.filter((frame) => {
    const fields = [frame.sequenceNumber, frame.fragmentCount, frame.fragmentSize, frame.frameType, frame.crc]
    const missing = fields.filter((field) => field === undefined).length
    return missing === 0 || (missing === fields.length && frame.payload === undefined) ||
      "a frame has all its fields, and a datagram that is no frame has none of them"
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

/**
 * What a server dropped and refused outside of its sessions, in the period before this event; at most one in ten seconds, and
 * none without a drop.
 */
export const Dropped = line("dropped", {
  wire: Schema.Literal(...wireNames),
  /** The length of the period, in milliseconds. */
  durationMillis: whole,
  /** The sum of all reasons. */
  total: whole,
  /** The numbers of datagrams or packets, by reason: the counters of the listener. */
  reasons: Schema.Record({ key: Schema.String, value: whole })
})

/** Output was omitted, the log was not written, a variable is unknown, or a line of `known_hosts` cannot be read. */
export const Warning = line("warning", {
  code: Schema.Literal(
    "DamagedLine",
    "EventsLeftOut",
    "FramesLeftOut",
    "KeyOfServerChanged",
    "KeysLogged",
    "LinesLeftOut",
    "LogNotWritten",
    "MemoryNotWritten",
    "NotLinked",
    "UnknownVariable"
  ),
  message: Schema.String
})

/** A failure; the program continues if possible. */
export const Failed = line("error", {
  code: Schema.String,
  /** The exit code of the program, unless another outcome follows. */
  exitCode: whole,
  message: Schema.String,
  /** The remedy. */
  hint: optional(Schema.String)
})

export * from "./AccountEvents.ts"
export * from "./AppEvents.ts"
export { Installed, Leftover, Removed, Setting } from "./CommandEvents.ts"
export { Forgotten, Key, Known, NotAllowed } from "./KeyEvents.ts"
export { Linked, LinkListed, Unlinked } from "./LinkEvents.ts"
export * from "./RoomLineEvents.ts"

/** The program has started; in the log file only. */
export const Start = line("start", {
  version: Schema.String,
  /** Empty for the interactive mode. */
  command: Schema.String,
  pid: whole
})

/** The program ends; in the log file only. */
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
  Dropped,
  Warning,
  Failed,
  Removed,
  Leftover,
  Setting,
  Installed,
  Key,
  Known,
  Forgotten,
  NotAllowed,
  ...AccountEvent.members,
  ...RoomLineEvent.members,
  Linked,
  Unlinked,
  LinkListed,
  ...AppEvent.members,
  Start,
  Stop
).annotations({ identifier: "Event" })
export type Event = typeof Event.Type

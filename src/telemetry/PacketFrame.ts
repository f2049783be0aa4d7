/** A frame in a packet of flock, as a trace has it: its Schema, and its form in JSON (docs/PROTOCOL.md, flock §4). */
import * as Schema from "effect/Schema"
import type { AckFrame, Frame } from "../protocol/flock/wire/Frame.ts"

/** A count, a size or a number of a protocol. */
export const whole = Schema.NonNegativeInt.pipe(Schema.lessThanOrEqualTo(Number.MAX_SAFE_INTEGER))

/** The payload with `--trace-data`: bytes outside printable UTF-8 are written as `\xNN`, `\n`, `\r`, `\t`, and `\\`. */
export const payload = Schema.optionalWith(Schema.String, { exact: true })

const frame = <Type extends string, Fields extends Schema.Struct.Fields>(frameType: Type, fields: Fields) =>
  Schema.Struct({ frameType: Schema.Literal(frameType), ...fields })
    .annotations({ parseOptions: { onExcessProperty: "error" } })

export const PacketFrame = Schema.Union(
  frame("PING", {}),
  /** First and last packet number of each range, the newest range first. */
  frame("ACK", { delayMicros: whole, ranges: Schema.Array(Schema.Tuple(whole, whole)) }),
  frame("RESET_STREAM", { streamId: whole, code: whole, finalBytes: whole }),
  frame("STOP_SENDING", { streamId: whole, code: whole }),
  frame("STREAM", { streamId: whole, offset: whole, length: whole, fin: Schema.Boolean, payload }),
  frame("MAX_DATA", { bytes: whole }),
  frame("MAX_STREAM_DATA", { streamId: whole, bytes: whole }),
  frame("MAX_STREAMS", { count: whole }),
  frame("PATH_CHALLENGE", { token: whole }),
  frame("PATH_RESPONSE", { token: whole }),
  frame("CLOSE", { code: whole, reason: Schema.String }),
  frame("DATAGRAM", { length: whole, payload })
)
export type PacketFrame = typeof PacketFrame.Type

/** The form of a frame in JSON. `toText` makes the text of a payload; without it the payload is left out. */
export const of = (from: Frame, toText: ((payload: Uint8Array) => string) | undefined): PacketFrame => {
  switch (from._tag) {
    case "Ping":
      return { frameType: "PING" }
    case "Ack":
      return { frameType: "ACK", delayMicros: from.delayMicros, ranges: rangesOf(from) }
    case "ResetStream":
      return { frameType: "RESET_STREAM", streamId: from.id, code: from.code, finalBytes: from.finalBytes }
    case "StopSending":
      return { frameType: "STOP_SENDING", streamId: from.id, code: from.code }
    case "Stream": {
      const { end, id, isLast, offset, start } = from
      const fields = { streamId: id, offset, length: end - start, fin: isLast }
      return { frameType: "STREAM", ...fields, ...(toText === undefined ? {} : { payload: toText(payloadOf(from)) }) }
    }
    case "MaxData":
      return { frameType: "MAX_DATA", bytes: from.bytes }
    case "MaxStreamData":
      return { frameType: "MAX_STREAM_DATA", streamId: from.id, bytes: from.bytes }
    case "MaxStreams":
      return { frameType: "MAX_STREAMS", count: from.count }
    case "PathChallenge":
      return { frameType: "PATH_CHALLENGE", token: from.token }
    case "PathResponse":
      return { frameType: "PATH_RESPONSE", token: from.token }
    case "Close":
      return { frameType: "CLOSE", code: from.code, reason: from.reason }
    case "Datagram": {
      const length = from.end - from.start
      return { frameType: "DATAGRAM", length, ...(toText === undefined ? {} : { payload: toText(payloadOf(from)) }) }
    }
  }
}

const rangesOf = ({ ranges }: AckFrame): ReadonlyArray<readonly [first: number, last: number]> =>
  Array.from({ length: ranges.length / 2 }, (_, index) => [ranges[2 * index] ?? 0, ranges[2 * index + 1] ?? 0])

/** The payload of a frame, a view; empty for a frame without one. */
export const payloadOf = (from: Frame): Uint8Array =>
  from._tag === "Stream" || from._tag === "Datagram" ? from.bytes.subarray(from.start, from.end) : nothing

const nothing = new Uint8Array(0)

/** Formats a traced packet of flock: as a `frame` event, or as a line with fixed columns followed by its frames. */
import * as CloseCode from "../../protocol/flock/CloseCode.ts"
import type { AckFrame, Frame } from "../../protocol/flock/wire/Frame.ts"
import type * as Events from "../../telemetry/Events.ts"
import type { FlockPacket } from "../../telemetry/TransportEvents.ts"
import { harmless } from "../text/Format.ts"
import { escaped } from "../text/Payload.ts"
import * as TextLimits from "../text/TextLimits.ts"
import { shownPayload, startOf } from "./ClassicTrace.ts"
import type { Paint } from "./Colours.ts"
import type { Emitted } from "./JsonLine.ts"

type FrameEvent = Emitted<typeof Events.Frame.Type>
type FrameOfPacket = typeof Events.PacketFrame.Type

/** The `frame` event of a packet. */
export const eventOf = (packet: FlockPacket, showsPayload: boolean): FrameEvent => ({
  type: "frame",
  direction: packet.direction,
  peer: packet.peer,
  packetType: packet.kind,
  packetNumber: packet.packetNumber,
  valid: isValid(packet),
  bytes: packet.bytes.length,
  frames: packet.frames?.map((frame) => partOf(frame, showsPayload))
})

/** Whether a packet is intact; DATA must also have readable frames. */
const isValid = ({ frames, isIntact, kind }: FlockPacket): boolean =>
  isIntact && (kind !== "DATA" || frames !== undefined)

const partOf = (frame: Frame, showsPayload: boolean): FrameOfPacket => {
  switch (frame._tag) {
    case "Ping":
      return { frameType: "PING" }
    case "Ack":
      return { frameType: "ACK", delayMicros: frame.delayMicros, ranges: rangesOf(frame) }
    case "ResetStream":
      return { frameType: "RESET_STREAM", streamId: frame.id, code: frame.code, finalBytes: frame.finalBytes }
    case "StopSending":
      return { frameType: "STOP_SENDING", streamId: frame.id, code: frame.code }
    case "Stream":
      return {
        frameType: "STREAM",
        streamId: frame.id,
        offset: frame.offset,
        length: frame.end - frame.start,
        fin: frame.isLast,
        ...(showsPayload ? { payload: escaped(carried(frame)) } : {})
      }
    case "MaxData":
      return { frameType: "MAX_DATA", bytes: frame.bytes }
    case "MaxStreamData":
      return { frameType: "MAX_STREAM_DATA", streamId: frame.id, bytes: frame.bytes }
    case "MaxStreams":
      return { frameType: "MAX_STREAMS", count: frame.count }
    case "PathChallenge":
      return { frameType: "PATH_CHALLENGE", token: frame.token }
    case "PathResponse":
      return { frameType: "PATH_RESPONSE", token: frame.token }
    case "Close":
      return { frameType: "CLOSE", code: frame.code, reason: frame.reason }
    case "Datagram":
      return {
        frameType: "DATAGRAM",
        length: frame.end - frame.start,
        ...(showsPayload ? { payload: escaped(carried(frame)) } : {})
      }
  }
}

const rangesOf = ({ ranges }: AckFrame): ReadonlyArray<readonly [first: number, last: number]> =>
  Array.from({ length: ranges.length / 2 }, (_, index) => [ranges[2 * index] ?? 0, ranges[2 * index + 1] ?? 0])

const carried = ({ bytes, end, start }: Extract<Frame, { _tag: "Stream" | "Datagram" }>): Uint8Array =>
  bytes.subarray(start, end)

/** Columns for ten million packets and for the largest packet. */
const widths = { kind: 7, number: 7, check: 5, bytes: 5 } as const

/**
 * `→ 192.0.2.7:4040         DATA           3  ok      1200 B  ACK 0-2, STREAM 0 0+1164`, optionally with the payload.
 */
export const lineOf = (packet: FlockPacket, showsPayload: boolean, paint: Paint): string => {
  const { bytes, direction, frames, isIntact, kind, packetNumber, peer } = packet
  const check = (isIntact ? "ok" : "WRONG").padEnd(widths.check)
  const columns = kind === undefined
    ? paint("error", "no packet".padEnd(widths.kind + widths.number + widths.check + 4))
    : [
      kind.padEnd(widths.kind),
      String(packetNumber ?? "").padStart(widths.number),
      isIntact ? check : paint("error", check)
    ].join("  ")
  const start = `${startOf(direction, peer, paint)}  ${columns}  ${String(bytes.length).padStart(widths.bytes)} B`
  if (frames === undefined) return isIntact && !isValid(packet) ? `${start}  ${paint("error", "no frames")}` : start
  const shown = [listed(frames.map(wordsOf), TextLimits.shownFrames, ", "), ...(showsPayload ? payloadOf(frames) : [])]
  return [start, ...shown.filter((part) => part !== "")].join("  ")
}

/** The first `most` parts, and the number of further ones. */
const listed = (parts: ReadonlyArray<string>, most: number, separator: string): string =>
  parts.length <= most
    ? parts.join(separator)
    : [...parts.slice(0, most), `… ${parts.length - most} more`].join(separator)

/** A frame as text: `STREAM 0 1164+20 fin` has 20 bytes of stream 0 from offset 1164 on, and ends the stream. */
const wordsOf = (frame: Frame): string => {
  const part = partOf(frame, false)
  switch (part.frameType) {
    case "PING":
      return part.frameType
    case "ACK":
      return `ACK ${listed(part.ranges.map(wordOfRange), TextLimits.shownRanges, " ")}`
    case "RESET_STREAM":
      return `RESET_STREAM ${part.streamId} code ${part.code} at ${part.finalBytes}`
    case "STOP_SENDING":
      return `STOP_SENDING ${part.streamId} code ${part.code}`
    case "STREAM":
      return `STREAM ${part.streamId} ${part.offset}+${part.length}${part.fin ? " fin" : ""}`
    case "MAX_DATA":
      return `MAX_DATA ${part.bytes}`
    case "MAX_STREAM_DATA":
      return `MAX_STREAM_DATA ${part.streamId} ${part.bytes}`
    case "MAX_STREAMS":
      return `MAX_STREAMS ${part.count}`
    case "PATH_CHALLENGE":
    case "PATH_RESPONSE":
      return `${part.frameType} ${part.token}`
    case "CLOSE": {
      const name = CloseCode.nameOf(part.code) ?? String(part.code)
      return part.reason === "" ? `CLOSE ${name}` : `CLOSE ${name} "${harmless(part.reason)}"`
    }
    case "DATAGRAM":
      return `DATAGRAM ${part.length}`
  }
}

const wordOfRange = ([first, last]: readonly [number, number]): string =>
  first === last ? `${last}` : `${first}-${last}`

/** The payload of all streams in the packet, concatenated. */
const payloadOf = (frames: ReadonlyArray<Frame>): ReadonlyArray<string> => {
  const carriers = frames.filter((frame) => frame._tag === "Stream" || frame._tag === "Datagram")
  const payload = Buffer.concat(carriers.map(carried))
  return payload.length === 0 ? [] : [shownPayload(payload)]
}

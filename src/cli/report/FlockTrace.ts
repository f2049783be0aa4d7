/** Formats a traced packet of flock: as a `frame` event, or as a line with fixed columns followed by its frames. */
import * as CloseCode from "../../protocol/flock/CloseCode.ts"
import type { Frame } from "../../protocol/flock/wire/Frame.ts"
import type * as Events from "../../telemetry/Events.ts"
import * as PacketFrame from "../../telemetry/PacketFrame.ts"
import type { FlockPacket } from "../../telemetry/TransportEvents.ts"
import { harmless } from "../text/Format.ts"
import { escaped } from "../text/Payload.ts"
import * as TextLimits from "../text/TextLimits.ts"
import { shownPayload, startOf } from "./ClassicTrace.ts"
import type { Paint } from "./Colours.ts"
import type { Emitted } from "./JsonLine.ts"

type FrameEvent = Emitted<typeof Events.Frame.Type>

/** The `frame` event of a packet. */
export const eventOf = (packet: FlockPacket, showsPayload: boolean): FrameEvent => ({
  type: "frame",
  direction: packet.direction,
  peer: packet.peer,
  packetType: packet.kind,
  packetNumber: packet.packetNumber,
  valid: isValid(packet),
  bytes: packet.bytes.length,
  frames: packet.frames?.map((frame) => PacketFrame.of(frame, showsPayload ? escaped : undefined))
})

/** Whether a packet is intact; DATA must also have readable frames. */
const isValid = ({ frames, isIntact, kind }: FlockPacket): boolean =>
  isIntact && (kind !== "DATA" || frames !== undefined)

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

/**
 * A frame as text: its type and its numbers, such as `MAX_STREAM_DATA 0 65536`. `STREAM 0 1164+20 fin` has 20 bytes of stream 0 from
 * offset 1164 on, and ends the stream.
 */
const wordsOf = (frame: Frame): string => {
  const part = PacketFrame.of(frame, undefined)
  switch (part.frameType) {
    case "ACK":
      return `ACK ${listed(part.ranges.map(wordOfRange), TextLimits.shownRanges, " ")}`
    case "RESET_STREAM":
      return `RESET_STREAM ${part.streamId} code ${part.code} at ${part.finalBytes}`
    case "STOP_SENDING":
      return `STOP_SENDING ${part.streamId} code ${part.code}`
    case "STREAM":
      return `STREAM ${part.streamId} ${part.offset}+${part.length}${part.fin ? " fin" : ""}`
    case "CLOSE": {
      const name = CloseCode.nameOf(part.code) ?? String(part.code)
      return part.reason === "" ? `CLOSE ${name}` : `CLOSE ${name} "${harmless(part.reason)}"`
    }
    default:
      return Object.values(part).join(" ")
  }
}

const wordOfRange = ([first, last]: readonly [number, number]): string =>
  first === last ? `${last}` : `${first}-${last}`

/** The payload of all streams in the packet, concatenated. */
const payloadOf = (frames: ReadonlyArray<Frame>): ReadonlyArray<string> => {
  const payload = Buffer.concat(frames.map(PacketFrame.payloadOf))
  return payload.length === 0 ? [] : [shownPayload(payload)]
}

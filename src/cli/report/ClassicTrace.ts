/** Formats a traced datagram of the classic wire: as a `frame` event, or as a line with fixed columns. */
import * as Frame from "../../protocol/classic/ClassicFrame.ts"
import type * as Events from "../../telemetry/Events.ts"
import type { ClassicPacket, Direction } from "../../telemetry/TransportEvents.ts"
import { escaped } from "../text/Payload.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { Paint } from "./Colours.ts"
import type { Emitted } from "./JsonLine.ts"

type FrameEvent = Emitted<typeof Events.Frame.Type>

/** The `frame` event of a datagram. */
export const eventOf = (
  { bytes, direction, frame, isIntact: valid, peer }: ClassicPacket,
  showsPayload: boolean
): FrameEvent => ({
  type: "frame",
  direction,
  peer,
  ...(frame === undefined ? {} : {
    sequenceNumber: frame.sequenceNumber,
    fragmentCount: frame.fragmentCount,
    fragmentSize: frame.fragmentSize,
    frameType: Frame.kindNames[frame.kind],
    crc: hex(frame.crc)
  }),
  valid,
  bytes: bytes.length,
  ...(frame === undefined || !showsPayload ? {} : { payload: escaped(frame.payload) })
})

const arrows = { sent: "→", received: "←" } as const

/** Columns for any IPv4 address with its port. */
const peerWidth = 21

/** The beginning of a line, on either wire: direction and peer. */
export const startOf = (direction: Direction, peer: string, paint: Paint): string =>
  `${paint(direction, arrows[direction])} ${peer.padEnd(peerWidth)}`

/** Columns for counts of five digits and for the largest frame. */
const widths = { kind: 4, place: 11, size: 5, check: 18, bytes: 5 } as const

/** `→ 192.0.2.7:4040         DAT          3/10   1458  crc 1a2b3c4d ok     1458 B`, optionally with the payload. */
export const lineOf = (
  { bytes, direction, frame, isIntact, peer }: ClassicPacket,
  showsPayload: boolean,
  paint: Paint
): string => {
  const columns = frame === undefined
    ? paint("error", "no frame".padEnd(widths.kind + widths.place + widths.size + widths.check + 6))
    : [
      Frame.kindNames[frame.kind].padEnd(widths.kind),
      `${frame.sequenceNumber}/${frame.fragmentCount}`.padStart(widths.place),
      String(frame.fragmentSize).padStart(widths.size),
      checkOf(frame, isIntact, paint)
    ].join("  ")
  const start = `${startOf(direction, peer, paint)}  ${columns}`
  const payload = showsPayload && frame !== undefined && frame.payload.length > 0
    ? `  ${shownPayload(frame.payload)}`
    : ""
  return `${start}  ${String(bytes.length).padStart(widths.bytes)} B${payload}`
}

const checkOf = (frame: Frame.Frame, isIntact: boolean, paint: Paint): string => {
  const hasCheck = frame.kind === Frame.Kind.inf || frame.kind === Frame.Kind.dat
  const check = `crc ${hex(frame.crc)} ${!hasCheck ? "-" : isIntact ? "ok" : "WRONG"}`.padEnd(widths.check)
  return isIntact ? check : paint("error", check)
}

/** The payload as a line shows it: escaped, at most `TextLimits.shownPayloadBytes`. */
export const shownPayload = (payload: Uint8Array): string =>
  payload.length <= TextLimits.shownPayloadBytes
    ? escaped(payload)
    : `${escaped(payload.subarray(0, TextLimits.shownPayloadBytes))}…`

const hex = (crc: number): string => crc.toString(16).padStart(8, "0")

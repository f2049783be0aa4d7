/** Decides which datagrams of an unknown peer create connection state at a server (docs/PROTOCOL.md §4.2). */
import * as Frame from "./ClassicFrame.ts"

/** True for an INF with a correct CRC and for a KPA. Every other datagram of an unknown peer leaves no state. */
export const isAdmitted = (datagram: Uint8Array, crc32: Frame.Crc32): boolean => {
  const frame = Frame.decode(datagram)
  if (typeof frame === "string") return false
  return frame.kind === Frame.Kind.kpa || (frame.kind === Frame.Kind.inf && Frame.isIntact(frame, crc32))
}

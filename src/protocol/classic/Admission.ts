/** Which datagrams make a server remember a peer that it does not know (docs/PROTOCOL.md §6). */
import * as Frame from "./ClassicFrame.ts"

/** Whether a datagram of an unknown peer begins a connection: an intact INF or a KPA. All others leave no state. */
export const isAdmitted = (datagram: Uint8Array, crc32: Frame.Crc32): boolean => {
  const frame = Frame.decode(datagram)
  if (typeof frame === "string") return false
  return frame.kind === Frame.Kind.kpa || (frame.kind === Frame.Kind.inf && Frame.isIntact(frame, crc32))
}

/**
 * What keeps a packet whole on its way, and one day secret: an interface, and the one that only keeps it whole. Handshake
 * packets always end in a CRC-32; DATA packets in what their session agreed on.
 */
import { readUint32, writeUint32 } from "../wire/Packet.ts"

/** CRC-32 (ISO-HDLC, as zlib). */
export type Crc32 = (bytes: Uint8Array) => number

/** How the packets of a session are protected; on the wire its number in the first handshake message. */
export type ProtectionName = "crc"

/** A packet is `bytes` from `start`; its frames begin at `framesAt` and end at `framesEnd`, and the tag follows. */
export interface Protection {
  readonly name: ProtectionName
  /** What a packet grows by, at its end. */
  readonly tagBytes: number
  /** Protects a packet in place and writes its tag. */
  readonly seal: (bytes: Uint8Array, start: number, framesAt: number, framesEnd: number, packetNumber: number) => void
  /** Whether the packet is authentic; its frames are readable in place then. */
  readonly open: (
    bytes: Uint8Array,
    start: number,
    framesAt: number,
    framesEnd: number,
    packetNumber: number
  ) => boolean
}

export const crcBytes = 4

/** Integrity only, against accidents: whoever is on the path can forge it. */
export const crcProtection = (crc32: Crc32): Protection => ({
  name: "crc",
  tagBytes: crcBytes,
  seal: (bytes, start, _framesAt, framesEnd) => sealWithCrc(crc32, bytes, start, framesEnd),
  open: (bytes, start, _framesAt, framesEnd) => holdsCrc(crc32, bytes, start, framesEnd)
})

/** Writes the CRC of [start, end) at `end`. */
export const sealWithCrc = (crc32: Crc32, bytes: Uint8Array, start: number, end: number): void => {
  writeUint32(bytes, end, crc32(bytes.subarray(start, end)))
}

/** Whether what stands at `end` is the CRC of [start, end). */
export const holdsCrc = (crc32: Crc32, bytes: Uint8Array, start: number, end: number): boolean =>
  readUint32(bytes, end) === crc32(bytes.subarray(start, end))

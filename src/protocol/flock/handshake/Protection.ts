/**
 * Protection of packets: an interface for encryption and checksums, and the implementation with a CRC-32, which protects against
 * accidental damage only. Handshake packets always end in a CRC-32; DATA packets end in the tag of their session's protection.
 */
import { readUint32, writeUint32 } from "../wire/Packet.ts"

/** Computes CRC-32 (ISO-HDLC, as in zlib). */
export type Crc32 = (bytes: Uint8Array) => number

/** Name of a protection. HELLO carries its number (docs/PROTOCOL.md, flock §2.5). */
export type ProtectionName = "crc" | "aead" | "aead-psk"

/**
 * Protection of the DATA packets of one session. A packet starts at `start` of `bytes`; its frames are [framesAt, framesEnd), and
 * the tag follows.
 */
export interface Protection {
  readonly name: ProtectionName
  /** Length of the tag at the end of a packet. */
  readonly tagBytes: number
  /** Protects a packet in place and writes its tag at `framesEnd`. */
  readonly seal: (bytes: Uint8Array, start: number, framesAt: number, framesEnd: number, packetNumber: number) => void
  /**
   * Whether the packet is authentic; if so, its frames are decrypted in place. The keys of the epoch before the newest authentic
   * one are kept until `oldKeyMillis` after `now` of its first packet. A packet that is not authentic changes nothing.
   */
  readonly open: (
    bytes: Uint8Array,
    start: number,
    framesAt: number,
    framesEnd: number,
    packetNumber: number,
    now: number,
    oldKeyMillis: number
  ) => boolean
  /** Overwrites the keys: nothing is sealed or opened afterwards. May be called again. */
  readonly free: () => void
}

/** Length of a CRC-32. */
export const crcBytes = 4

/** Detects accidental damage only: an attacker on the path can forge packets. */
export const crcProtection = (crc32: Crc32): Protection => ({
  name: "crc",
  tagBytes: crcBytes,
  seal: (bytes, start, _framesAt, framesEnd) => sealWithCrc(crc32, bytes, start, framesEnd),
  open: (bytes, start, _framesAt, framesEnd) => holdsCrc(crc32, bytes, start, framesEnd),
  free: () => undefined
})

/** Writes the CRC of [start, end) at `end`. */
export const sealWithCrc = (crc32: Crc32, bytes: Uint8Array, start: number, end: number): void => {
  writeUint32(bytes, end, crc32(bytes.subarray(start, end)))
}

/** Whether the four bytes at `end` are the CRC of [start, end). */
export const holdsCrc = (crc32: Crc32, bytes: Uint8Array, start: number, end: number): boolean =>
  readUint32(bytes, end) === crc32(bytes.subarray(start, end))

/**
 * The three messages of a handshake, independent of packets and timers: an interface that fits the pattern of Noise XX, and an
 * implementation without keys, which authenticates neither side.
 */
import type { Crc32, Protection } from "./Protection.ts"
import { crcProtection } from "./Protection.ts"

/** One side of one handshake. The client writes the first and the third message, the server the second. */
export interface Handshake {
  /** Writes our next message, with `payload` in it. */
  readonly write: (payload: Uint8Array) => Uint8Array
  /** Reads the peer's next message and returns its payload; undefined when it is not authentic: then nothing has changed. */
  readonly read: (message: Uint8Array) => Uint8Array | undefined
  /** The protection of DATA packets, available when all messages were exchanged. */
  readonly protection: () => Protection
}

/** Creates one side of a handshake. The connection ids bind it to its session: both sides must use the same ones. */
export type MakeHandshake = (role: "client" | "server", clientId: number, serverId: number) => Handshake

/** The handshake without keys: a message is its payload, and the protection is CRC-32 (docs/PROTOCOL.md, flock §3.3). */
export const clearHandshake = (crc32: Crc32): MakeHandshake => () => ({
  write: (payload) => payload,
  read: (message) => message,
  protection: () => crcProtection(crc32)
})

/**
 * The three messages that open a session, as each side sees them: an interface for the pattern of Noise XX, and the clear one,
 * which proves nothing. It knows no packet and no time.
 */
import type { Crc32, Protection } from "./Protection.ts"
import { crcProtection } from "./Protection.ts"

/** One side of one handshake. The client writes the first and third message, the server the second. */
export interface Handshake {
  /** Our next message, carrying `payload`. */
  readonly write: (payload: Uint8Array) => Uint8Array
  /** The payload of the peer's next message; undefined when it is not authentic: then nothing has changed. */
  readonly read: (message: Uint8Array) => Uint8Array | undefined
  /** How DATA packets are protected, once both sides' messages are through. */
  readonly protection: () => Protection
}

/** Makes one side's handshake. The ids are those of the session: both sides must mean the same one. */
export type MakeHandshake = (role: "client" | "server", clientId: number, serverId: number) => Handshake

/** No secrets: a message is its payload, and packets are kept whole by CRC-32. */
export const clearHandshake = (crc32: Crc32): MakeHandshake => () => ({
  write: (payload) => payload,
  read: (message) => message,
  protection: () => crcProtection(crc32)
})

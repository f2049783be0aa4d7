/**
 * The three messages of a handshake, independent of packets and timers: an interface that fits the pattern of Noise XX, and an
 * implementation without keys, which authenticates neither side.
 */
import type { Crc32, Protection } from "./Protection.ts"
import { crcProtection } from "./Protection.ts"

/**
 * A state of one side of one handshake. A state is a value: each step returns the next state and leaves this one as it was, so
 * that a message that is not authentic changes nothing. The client writes the first and the third message, the server the second.
 * A state writes once: the same message written twice with other payloads would use one key and nonce for two texts.
 */
export interface Handshake {
  /** The peer's static public key (X25519, 32 bytes) once it was read; undefined before, and without keys. */
  readonly peerKey: Uint8Array | undefined
  /** Writes our next message, with `payload` in it. */
  readonly write: (payload: Uint8Array) => { readonly message: Uint8Array; readonly next: Handshake }
  /** Reads the peer's next message; undefined when it is malformed or not authentic. */
  readonly read: (message: Uint8Array) => { readonly payload: Uint8Array; readonly next: Handshake } | undefined
  /** What the session gets when all messages were exchanged. The secrets of the handshake are overwritten. */
  readonly finish: () => Secured
  /** Overwrites the secrets of a handshake that is given up here; nothing is called afterwards. */
  readonly free: () => void
}

/** The result of a handshake. */
export interface Secured {
  readonly protection: Protection
  /** The peer's static public key; undefined without keys. */
  readonly peerKey: Uint8Array | undefined
  /** A value of this handshake that both sides know, for authentication above it (Noise §11.2, h): 32 bytes; empty without keys. */
  readonly channelBinding: Uint8Array
}

/**
 * Creates the first state of one side. The prologue is what both sides must agree on beside the messages (docs/PROTOCOL.md,
 * flock §3.3).
 */
export type MakeHandshake = (role: "client" | "server", prologue: Uint8Array) => Handshake

/** The handshake without keys: a message is its payload, and the protection is CRC-32 (docs/PROTOCOL.md, flock §3.3). */
export const clearHandshake = (crc32: Crc32): MakeHandshake => () => {
  const state: Handshake = {
    peerKey: undefined,
    write: (message) => ({ message, next: state }),
    read: (payload) => ({ payload, next: state }),
    finish: () => ({ protection: crcProtection(crc32), peerKey: undefined, channelBinding: new Uint8Array(0) }),
    free: () => undefined
  }
  return state
}

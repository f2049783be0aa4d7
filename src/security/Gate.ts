/**
 * The gate of a server with a pre-shared key (docs/PROTOCOL.md, flock §3.3): HELLO shows that its sender has the key, before the server
 * computes anything with public keys. A copied HELLO passes it.
 */
import { gateBytes } from "../protocol/flock/handshake/HandshakePacket.ts"
import type * as Crypto from "./Crypto.ts"
import { hashBytes, hkdf } from "./Hkdf.ts"

export interface Gate {
  /** The gate of a HELLO: `fields` are its bytes 11–23 (version, client's id, protection), `message` is message 1. */
  readonly of: (fields: Uint8Array, message: Uint8Array) => Uint8Array
  /** Whether a HELLO has the gate of its fields and message. Takes a time that depends on lengths only. */
  readonly admits: (fields: Uint8Array, message: Uint8Array, gate: Uint8Array) => boolean
}

/** The gate of a pre-shared key of 32 bytes. The key is not kept. */
export const gateOf = (crypto: Pick<Crypto.Shape, "hmac" | "isEqual">, psk: Uint8Array): Gate => {
  const key = hkdf(crypto, new Uint8Array(0), psk, new TextEncoder().encode("holub gate"), hashBytes)
  const of = (fields: Uint8Array, message: Uint8Array): Uint8Array =>
    new Uint8Array(crypto.hmac(key, fields, message).subarray(0, gateBytes))
  return { of, admits: (fields, message, gate) => crypto.isEqual(of(fields, message), gate) }
}

/**
 * Tokens of RESET (docs/PROTOCOL.md, flock): a server that was restarted makes the token of a session from its host key alone, and only
 * for the address and port at which it listens, so that another server with the same host key gives away none of its tokens.
 */
import { resetTokenBytes, writeId } from "../protocol/flock/wire/Packet.ts"
import type * as Crypto from "./Crypto.ts"

/** Makes the token of a session from the server's connection id. */
export type ResetTokens = (serverId: number) => Uint8Array

/**
 * The tokens of a server at one local address, that HELLO reached, as the socket reports it. The key is HKDF of the private host key with
 * "holub reset", the address as text in UTF-8, and the port in 2 bytes.
 */
export const resetTokens = (
  crypto: Pick<Crypto.Shape, "hmac">,
  host: Crypto.KeyPair,
  address: string,
  port: number
): ResetTokens => {
  const text = new TextEncoder().encode(`holub reset${address}`)
  const key = host.derive(Uint8Array.of(...text, port >>> 8, port & 0xff))
  return (serverId) => {
    const id = new Uint8Array(8)
    writeId(id, 0, serverId)
    return new Uint8Array(crypto.hmac(key, id).subarray(0, resetTokenBytes))
  }
}

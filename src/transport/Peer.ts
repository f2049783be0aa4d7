/** The other side of a session: its address, and the key that it has proved to have. */
import type { Address } from "../net/Address.ts"

export interface Peer extends Address {
  /**
   * Its public key (X25519, 32 bytes), which it has proved to have. Undefined without keys, and on a server for an anonymous client, whose
   * key is another one in each session.
   */
  readonly publicKey: Uint8Array | undefined
  /**
   * On a client, whether the key is pinned or known, or was accepted as the first one of its server. On a server, whether it is one of
   * the allowed keys, if the Keyring restricts them.
   */
  readonly isTrusted: boolean
}

/** A peer of a wire or a protection without keys: only its address is known, and it may be forged. */
export const unauthenticated = ({ host, port }: Address): Peer => ({
  host,
  port,
  publicKey: undefined,
  isTrusted: false
})

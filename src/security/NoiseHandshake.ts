/**
 * The handshake of flock with keys (docs/PROTOCOL.md, flock §3.3): Noise XX, or XXpsk3 with a pre-shared key. The client is the
 * initiator.
 */
import type { Handshake, MakeHandshake } from "../protocol/flock/handshake/Handshake.ts"
import type { Protection } from "../protocol/flock/handshake/Protection.ts"
import type * as Crypto from "./Crypto.ts"
import { noise, type NoiseState } from "./Noise.ts"

/** The keys of the first epoch of both directions, 32 bytes each. */
export interface FirstKeys {
  readonly clientToServer: Uint8Array
  readonly serverToClient: Uint8Array
}

export interface NoiseHandshakeOptions {
  readonly crypto: Crypto.Shape
  /** The static key pair of this side. */
  readonly local: Crypto.KeyPair
  /** A secret of 32 bytes that both sides have; it belongs to the caller and is read in each handshake. */
  readonly psk?: Uint8Array | undefined
  /** Makes the protection of a session. The keys of the first epoch belong to it: it overwrites them when it needs them no longer. */
  readonly makeProtection: (keys: { readonly send: Uint8Array; readonly receive: Uint8Array }) => Protection
  /** Receives the keys of each session, for `--keylog`, before its protection is made. They are valid until it returns. */
  readonly onSecrets?: ((keys: FirstKeys) => void) | undefined
}

/**
 * Handshakes that authenticate both sides. `finish` may be called once. The first message is not authenticated without a
 * pre-shared key: if somebody changed it, the client cannot read the second one.
 */
export const noiseHandshake =
  ({ crypto, local, makeProtection, onSecrets, psk }: NoiseHandshakeOptions): MakeHandshake => (role, prologue) => {
    const isClient = role === "client"
    const handshakeOf = (state: NoiseState): Handshake => ({
      peerKey: state.peerKey,
      write: (payload) => {
        const { message, next } = state.write(payload)
        return { message, next: handshakeOf(next) }
      },
      read: (message) => {
        const read = state.read(message)
        return read === undefined ? undefined : { payload: read.payload, next: handshakeOf(read.next) }
      },
      finish: () => {
        const { initiator, responder } = state.split()
        onSecrets?.({ clientToServer: initiator, serverToClient: responder })
        const [send, receive] = isClient ? [initiator, responder] : [responder, initiator]
        return {
          protection: makeProtection({ send, receive }),
          peerKey: state.peerKey,
          channelBinding: state.handshakeHash
        }
      },
      free: state.free
    })
    return handshakeOf(noise({ crypto, role: isClient ? "initiator" : "responder", prologue, local, psk }))
  }

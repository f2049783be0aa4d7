/**
 * Handshakes of Noise_XX_25519_AESGCM_SHA256 and Noise_XXpsk3_25519_AESGCM_SHA256 (Noise revision 34) as values: each step returns the
 * next state, and a message that is not authentic changes nothing. It knows no wire: a wire chooses the prologue, the payloads
 * and the use of the keys.
 */
import { HandshakeState, type NoiseOptions } from "./HandshakeState.ts"

/**
 * A state of one side. The initiator writes the first and the third message, the responder the second; a call out of turn
 * throws. Reading leaves the state as it was, and it may read again. A state writes once and is spent then, because the same key and
 * nonce would be used for two texts.
 */
export interface NoiseState {
  /** What comes next on this side. */
  readonly turn: "write" | "read" | "split"
  /** The peer's static public key of 32 bytes once it was read. It is authenticated when the message that has it was. */
  readonly peerKey: Uint8Array | undefined
  /** The hash of everything exchanged so far, 32 bytes. At the end it is the channel binding (Noise §11.2). */
  readonly handshakeHash: Uint8Array
  /** Writes our next message. Throws a RangeError when it would be longer than 65,535 bytes; then the state is not spent. */
  readonly write: (payload: Uint8Array) => { readonly message: Uint8Array; readonly next: NoiseState }
  /** Reads the peer's next message. Undefined when it is malformed or not authentic, or has a public key of low order. */
  readonly read: (message: Uint8Array) => { readonly payload: Uint8Array; readonly next: NoiseState } | undefined
  /**
   * The first keys of both directions, 32 bytes each; they belong to the caller. Overwrites the secrets of this state and of the
   * one that it was read from: both are spent.
   */
  readonly split: () => { readonly initiator: Uint8Array; readonly responder: Uint8Array }
  /** Overwrites the secrets of this state, which is spent then. */
  readonly free: () => void
}

/** The first state of one side of one attempt. Throws a RangeError when the pre-shared key does not have 32 bytes. */
export const noise = (options: NoiseOptions): NoiseState => stateOf(HandshakeState.of(options), () => undefined)

/** `freeEarlier` ends the state that this one was read from. */
const stateOf = (handshake: HandshakeState, freeEarlier: () => void): NoiseState => {
  const { hash: handshakeHash, peerStatic: peerKey, turn } = handshake
  let isSpent = false
  const expect = (action: NoiseState["turn"]): void => {
    if (isSpent) throw new Error("this state of the handshake is spent: each writes or splits once")
    if (turn !== action) throw new Error(`the next step of this handshake is to ${turn}, not to ${action}`)
  }
  const spend = (): void => {
    isSpent = true
    handshake.free()
  }
  return {
    turn,
    peerKey,
    handshakeHash,
    write: (payload) => {
      expect("write")
      if (payload.length > handshake.payloadBytes) {
        throw new RangeError(`a payload has at most ${handshake.payloadBytes} bytes here, not ${payload.length}`)
      }
      const after = handshake.copy()
      spend()
      const message = after.writeMessage(payload)
      return { message, next: stateOf(after, () => undefined) }
    },
    read: (message) => {
      expect("read")
      const after = handshake.copy()
      const payload = after.readMessage(message)
      if (payload !== undefined) return { payload, next: stateOf(after, spend) }
      after.free()
      return undefined
    },
    split: () => {
      expect("split")
      const [initiator, responder] = handshake.split()
      spend()
      freeEarlier()
      return { initiator, responder }
    },
    free: spend
  }
}

/**
 * The handshake state of Noise XX and XXpsk3 (Noise revision 34, §5.3, §7.5 and §9). It is mutable, and undefined after a message
 * that is not authentic: `Noise` works on a copy.
 */
import type * as Crypto from "./Crypto.ts"
import { keyBytes, tagBytes } from "./Crypto.ts"
import { SymmetricState } from "./SymmetricState.ts"

/** The longest message (Noise §3). */
export const messageBytes = 65_535

type Token = "e" | "s" | "ee" | "es" | "se" | "psk"

const patterns = {
  XX: [["e"], ["e", "ee", "s", "es"], ["s", "se"]],
  XXpsk3: [["e"], ["e", "ee", "s", "es"], ["s", "se", "psk"]]
} as const satisfies Record<string, ReadonlyArray<ReadonlyArray<Token>>>

export interface NoiseOptions {
  readonly crypto: Crypto.Shape
  /** The initiator writes the first and the third message, the responder the second. */
  readonly role: "initiator" | "responder"
  /** What both sides must agree on beside the messages. */
  readonly prologue: Uint8Array
  /** The static key pair of this side. */
  readonly local: Crypto.KeyPair
  /** A secret of 32 bytes that both sides have: the pattern is XXpsk3 with it, and XX without. */
  readonly psk?: Uint8Array | undefined
}

/** One side of one handshake. */
export class HandshakeState {
  readonly #options: NoiseOptions
  readonly #symmetric: SymmetricState
  readonly #isInitiator: boolean
  /** Messages that were exchanged. */
  #exchanged = 0
  #ephemeral: Crypto.KeyPair | undefined
  /** The shared secret of both ephemeral keys, when it was computed before it is mixed. */
  #agreed: Uint8Array | undefined
  #peerEphemeral: Uint8Array | undefined
  #peerStatic: Uint8Array | undefined

  private constructor(options: NoiseOptions, symmetric: SymmetricState) {
    this.#options = options
    this.#symmetric = symmetric
    this.#isInitiator = options.role === "initiator"
  }

  static of(options: NoiseOptions): HandshakeState {
    const { crypto, prologue, psk } = options
    if (psk !== undefined && psk.length !== keyBytes) {
      throw new RangeError(`a pre-shared key has ${keyBytes} bytes, not ${psk.length}`)
    }
    const symmetric = SymmetricState.of(crypto, `Noise_${psk === undefined ? "XX" : "XXpsk3"}_25519_AESGCM_SHA256`)
    symmetric.mixHash(prologue)
    return new HandshakeState(options, symmetric)
  }

  copy(): HandshakeState {
    const copy = new HandshakeState(this.#options, this.#symmetric.copy())
    copy.#exchanged = this.#exchanged
    copy.#ephemeral = this.#ephemeral
    copy.#agreed = this.#agreed === undefined ? undefined : new Uint8Array(this.#agreed)
    copy.#peerEphemeral = this.#peerEphemeral
    copy.#peerStatic = this.#peerStatic
    return copy
  }

  /** What comes next on this side. */
  get turn(): "write" | "read" | "split" {
    if (this.#exchanged === 3) return "split"
    return this.#isInitiator === (this.#exchanged !== 1) ? "write" : "read"
  }

  get peerStatic(): Uint8Array | undefined {
    return this.#peerStatic
  }

  get hash(): Uint8Array {
    return this.#symmetric.hash
  }

  /** The longest payload of our next message, in bytes. */
  get payloadBytes(): number {
    const e = this.#options.psk === undefined ? 0 : tagBytes
    return messageBytes - ([keyBytes + e, 2 * keyBytes + 2 * tagBytes, keyBytes + 2 * tagBytes][this.#exchanged] ?? 0)
  }

  writeMessage(payload: Uint8Array): Uint8Array {
    const parts = this.#tokens().map((token) => this.#write(token))
    this.#exchanged++
    return concatenated([...parts, this.#symmetric.encryptAndHash(payload)])
  }

  /** The payload. Undefined when the message is malformed or not authentic. */
  readMessage(message: Uint8Array): Uint8Array | undefined {
    if (message.length > messageBytes) return undefined
    let at = 0
    for (const token of this.#tokens()) {
      const length = token === "e" ? keyBytes : token === "s" ? keyBytes + tagBytes : 0
      if (at + length > message.length) return undefined
      // One after the other, so that the tag of `s` is checked before anything is computed with the key.
      if (!this.#read(token, message.subarray(at, at + length))) return undefined
      at += length
    }
    const payload = this.#symmetric.decryptAndHash(message.subarray(at))
    if (payload === undefined) return undefined
    this.#exchanged++
    // A write cannot fail, so a first key of low order must fail here.
    return this.#exchanged > 1 || this.#prepare() ? payload : undefined
  }

  /** The first keys of the initiator and of the responder. */
  split(): readonly [Uint8Array, Uint8Array] {
    return this.#symmetric.split()
  }

  /** Overwrites the secrets, and drops the ephemeral key pair. */
  free(): void {
    this.#symmetric.free()
    this.#agreed?.fill(0)
    this.#agreed = undefined
    this.#ephemeral = undefined
  }

  #tokens(): ReadonlyArray<Token> {
    return patterns[this.#options.psk === undefined ? "XX" : "XXpsk3"][this.#exchanged] ?? []
  }

  /** Processes a token of our message, and returns its part of the message. */
  #write(token: Token): Uint8Array {
    if (token === "s") return this.#symmetric.encryptAndHash(this.#options.local.publicKey)
    if (token === "e") {
      this.#ephemeral ??= this.#generate()
      this.#mixEphemeral(this.#ephemeral.publicKey)
      return this.#ephemeral.publicKey
    }
    if (!this.#mix(token)) throw new Error("a key that agreed once agrees no longer")
    return new Uint8Array(0)
  }

  /** Processes a token of the peer's message. False when the message is not acceptable. */
  #read(token: Token, part: Uint8Array): boolean {
    if (token === "e") {
      this.#peerEphemeral = new Uint8Array(part)
      this.#mixEphemeral(this.#peerEphemeral)
      return true
    }
    if (token !== "s") return this.#mix(token)
    this.#peerStatic = this.#symmetric.decryptAndHash(part)
    return this.#peerStatic !== undefined
  }

  /** A pre-shared key requires that ephemeral keys are mixed into the key too (Noise §9.2). */
  #mixEphemeral(publicKey: Uint8Array): void {
    this.#symmetric.mixHash(publicKey)
    if (this.#options.psk !== undefined) this.#symmetric.mixKey(publicKey)
  }

  /** Mixes the secret of a token. False when the peer's key is of low order. */
  #mix(token: "ee" | "es" | "se" | "psk"): boolean {
    if (token === "psk") {
      const { psk } = this.#options
      if (psk !== undefined) this.#symmetric.mixKeyAndHash(psk)
      return psk !== undefined
    }
    const secret = token === "ee" && this.#agreed !== undefined ? this.#agreed : this.#agree(token)
    this.#agreed = undefined
    if (secret === undefined) return false
    this.#symmetric.mixKey(secret)
    secret.fill(0)
    return true
  }

  /** The first letter of a token is the initiator's key, the second the responder's. */
  #agree(token: "ee" | "es" | "se"): Uint8Array | undefined {
    const [own, other] = this.#isInitiator ? [token[0], token[1]] : [token[1], token[0]]
    const pair = own === "e" ? this.#ephemeral : this.#options.local
    const peer = other === "e" ? this.#peerEphemeral : this.#peerStatic
    return peer === undefined ? undefined : pair?.agree(peer)
  }

  /** Computes the first shared secret of the second message. False when the peer's key is of low order. */
  #prepare(): boolean {
    this.#ephemeral = this.#generate()
    this.#agreed = this.#agree("ee")
    return this.#agreed !== undefined
  }

  #generate(): Crypto.KeyPair {
    const { keyPair, privateKey } = this.#options.crypto.generate()
    privateKey.fill(0)
    return keyPair
  }
}

const concatenated = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/**
 * The symmetric state of a Noise handshake (Noise revision 34, §5.1 and §5.2) with AES-256-GCM and SHA-256. It is mutable: `Noise`
 * works on a copy, and drops the copy when a message is not authentic.
 */
import type * as Crypto from "./Crypto.ts"
import { hashBytes, hkdf } from "./Hkdf.ts"

const empty = new Uint8Array(0)

/** Chaining key, hash, and the key of the cipher once there is one. */
export class SymmetricState {
  readonly #crypto: Crypto.Shape
  readonly #chainingKey: Uint8Array
  readonly #key = new Uint8Array(hashBytes)
  #hash: Uint8Array
  #hasKey = false
  #nonce = 0

  private constructor(crypto: Crypto.Shape, chainingKey: Uint8Array, hash: Uint8Array) {
    this.#crypto = crypto
    this.#chainingKey = chainingKey
    this.#hash = hash
  }

  /** InitializeSymmetric. The name of the protocol has 32 bytes at most as it is, and is hashed when it is longer. */
  static of(crypto: Crypto.Shape, protocolName: string): SymmetricState {
    const name = new TextEncoder().encode(protocolName)
    const hash = new Uint8Array(hashBytes)
    hash.set(name.length <= hashBytes ? name : crypto.sha256(name))
    return new SymmetricState(crypto, new Uint8Array(hash), hash)
  }

  /** A state that changes independently. */
  copy(): SymmetricState {
    const copy = new SymmetricState(this.#crypto, new Uint8Array(this.#chainingKey), this.#hash)
    copy.#key.set(this.#key)
    copy.#hasKey = this.#hasKey
    copy.#nonce = this.#nonce
    return copy
  }

  /** The hash of everything so far: 32 bytes, no secret. */
  get hash(): Uint8Array {
    return new Uint8Array(this.#hash)
  }

  /** Whether texts are encrypted: then they are 16 bytes longer than their plaintexts. */
  get hasKey(): boolean {
    return this.#hasKey
  }

  mixHash(data: Uint8Array): void {
    this.#hash = this.#crypto.sha256(this.#hash, data)
  }

  /** MixKey. */
  mixKey(secret: Uint8Array): void {
    const derived = this.#derive(secret, 2)
    this.#setKey(derived.subarray(hashBytes))
    derived.fill(0)
  }

  /** MixKeyAndHash, for a pre-shared key. */
  mixKeyAndHash(secret: Uint8Array): void {
    const derived = this.#derive(secret, 3)
    this.mixHash(derived.subarray(hashBytes, 2 * hashBytes))
    this.#setKey(derived.subarray(2 * hashBytes))
    derived.fill(0)
  }

  /** EncryptAndHash. Without a key the text is the plaintext. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const text = this.#hasKey
      ? this.#crypto.encrypt(this.#key, this.#nonce++, this.#hash, plaintext)
      : new Uint8Array(plaintext)
    this.mixHash(text)
    return text
  }

  /** DecryptAndHash. Undefined when the text is not authentic: then the state has not changed. */
  decryptAndHash(text: Uint8Array): Uint8Array | undefined {
    const plaintext = this.#hasKey
      ? this.#crypto.decrypt(this.#key, this.#nonce, this.#hash, text)
      : new Uint8Array(text)
    if (plaintext === undefined) return undefined
    if (this.#hasKey) this.#nonce++
    this.mixHash(text)
    return plaintext
  }

  /** Split: the first keys of the initiator and of the responder. */
  split(): readonly [Uint8Array, Uint8Array] {
    const derived = hkdf(this.#crypto, this.#chainingKey, empty, empty, 2 * hashBytes)
    const keys = [derived.slice(0, hashBytes), derived.slice(hashBytes)] as const
    derived.fill(0)
    return keys
  }

  /** Overwrites the secrets. */
  free(): void {
    this.#chainingKey.fill(0)
    this.#key.fill(0)
  }

  /** Noise's HKDF is that of RFC 5869 without info, and the chaining key is its salt (Noise §4.3). Replaces the chaining key. */
  #derive(secret: Uint8Array, outputs: 2 | 3): Uint8Array {
    const derived = hkdf(this.#crypto, this.#chainingKey, secret, empty, outputs * hashBytes)
    this.#chainingKey.set(derived.subarray(0, hashBytes))
    return derived
  }

  #setKey(key: Uint8Array): void {
    this.#key.set(key)
    this.#hasKey = true
    this.#nonce = 0
  }
}

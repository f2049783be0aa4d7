/**
 * The cryptographic functions of a platform as a service: synchronous, because a handshake takes few of them. Packets are
 * encrypted by the service Aead. `node/security/NodeCrypto` is the layer for Node.
 */
import * as Context from "effect/Context"

/** Bytes of a public key of X25519, of a shared secret, and of a key of AES-256. */
export const keyBytes = 32

/** Bytes of a tag of AES-256-GCM. */
export const tagBytes = 16

/** An X25519 key pair (RFC 7748). The private key stays inside. */
export interface KeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** The shared secret of 32 bytes with a public key; undefined for one of low order (RFC 7748 §6.1), and for other lengths. */
  readonly agree: (peerKey: Uint8Array) => Uint8Array | undefined
  /** A secret of 32 bytes derived from the private key: HKDF-SHA-256 without salt (RFC 5869), with `info`. */
  readonly derive: (info: Uint8Array) => Uint8Array
}

/** The largest nonce, 2⁶⁴ − 1: only REKEY uses it (Noise §4.2). */
export const rekeyNonce = "rekey"

export interface Shape {
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array
  /** SHA-256 of the concatenated parts. */
  readonly sha256: (...parts: ReadonlyArray<Uint8Array>) => Uint8Array
  /** HMAC-SHA-256 of the concatenated parts (RFC 2104). */
  readonly hmac: (key: Uint8Array, ...parts: ReadonlyArray<Uint8Array>) => Uint8Array
  /** Compares in a time that depends on the lengths only. */
  readonly isEqual: (one: Uint8Array, other: Uint8Array) => boolean
  /** A new key pair, and a copy of its private key of 32 bytes for storage. The caller overwrites the copy. */
  readonly generate: () => { readonly privateKey: Uint8Array; readonly keyPair: KeyPair }
  /** The key pair of a private key of 32 bytes, of which it keeps a copy. Throws a RangeError for other lengths. */
  readonly keyPair: (privateKey: Uint8Array) => KeyPair
  /** AES-256-GCM as a cipher of Noise (§12.4): the nonce is four zero bytes and `nonce` as 64 bits. The tag of 16 bytes is appended. */
  readonly encrypt: (
    key: Uint8Array,
    nonce: number | typeof rekeyNonce,
    associated: Uint8Array,
    plaintext: Uint8Array
  ) => Uint8Array
  /** The plaintext; undefined when the text is not authentic or shorter than a tag. */
  readonly decrypt: (
    key: Uint8Array,
    nonce: number | typeof rekeyNonce,
    associated: Uint8Array,
    text: Uint8Array
  ) => Uint8Array | undefined
}

export class Crypto extends Context.Tag("holub/Crypto")<Crypto, Shape>() {}

/**
 * Signatures of Ed25519 (RFC 8032) as a service, for what a server says to others through third ones. `node/security/NodeSignatures` is
 * the layer for Node.
 */
import * as Context from "effect/Context"

/** A key pair that signs. The private key stays inside. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** The signature of a message: 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array
}

export interface Shape {
  /** The signer of a secret seed of 32 bytes, which the caller may overwrite afterwards. Throws a RangeError for other lengths. */
  readonly signer: (seed: Uint8Array) => Signer
  /** Whether `signature` is one of `message` by the public key. False for what is no key or no signature. */
  readonly isSigned: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

export class Signatures extends Context.Tag("holub/Signatures")<Signatures, Shape>() {}

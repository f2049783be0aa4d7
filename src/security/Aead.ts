/**
 * Encryption of packets as a service: AES-256-GCM in place (docs/PROTOCOL.md, flock §2.5), by the fastest route that the platform has. The
 * core calls it for every packet, so it is synchronous. `node/security/NodeAead` is the layer for Node.
 */
import * as Context from "effect/Context"

/** Length of a tag. */
export const aeadTagBytes = 16

/**
 * One key of 32 bytes. A packet begins at `start`; its header has 11 bytes and is associated data together with the length of the
 * plaintext (2 bytes); its frames are [framesAt, framesEnd), with 4 bytes of number before them, and its tag follows. The nonce is four
 * zero bytes and the packet number in 64 bits.
 */
export interface PacketKey {
  /** Encrypts the frames in place and writes the tag. */
  readonly seal: (bytes: Uint8Array, start: number, framesAt: number, framesEnd: number, packetNumber: number) => void
  /** Decrypts the frames in place. False when the packet is not authentic: then the bytes of the frames are undefined. */
  readonly open: (
    bytes: Uint8Array,
    start: number,
    framesAt: number,
    framesEnd: number,
    packetNumber: number
  ) => boolean
  /** Overwrites the key and what was derived from it; nothing is called afterwards. May be called again. */
  readonly free: () => void
}

export interface Shape {
  /** The route, for `holub --version --verbose`: `OpenSSL, two calls`, `OpenSSL, five calls` or `node:crypto`, with the reason. */
  readonly route: string
  readonly packetKey: (key: Uint8Array) => PacketKey
}

export class Aead extends Context.Tag("holub/Aead")<Aead, Shape>() {}

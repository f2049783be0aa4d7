/**
 * Every use of a key in a world, at all ends of all sessions: no key encrypts two texts under one number, no key of packets outlives
 * its epoch, and no two attempts show the same ephemeral key.
 */
import { Violation } from "../Ledger.ts"

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")

export class KeyUses {
  readonly #numbers = new Set<string>()
  readonly #epochs = new Map<string, number>()
  /** By key and number, the plaintext of a message of a handshake. */
  readonly #messages = new Map<string, string>()
  /** By ephemeral key, who has shown it. */
  readonly #ephemerals = new Map<string, string>()

  /** A packet is encrypted. */
  onSeal(key: string, packetNumber: number, epochPackets: number): void {
    const use = `${key} ${packetNumber}`
    if (this.#numbers.has(use)) throw new Violation("no key has a number twice", `packet ${packetNumber}`)
    this.#numbers.add(use)
    const epoch = Math.floor(packetNumber / epochPackets)
    if ((this.#epochs.get(key) ?? epoch) !== epoch) {
      throw new Violation("a key is of one epoch", `packet ${packetNumber} of epoch ${epoch}`)
    }
    this.#epochs.set(key, epoch)
  }

  /** A message of a handshake is encrypted. */
  onEncrypt(key: Uint8Array, nonce: number, associated: Uint8Array, plaintext: Uint8Array): void {
    const use = `${textOf(key)} ${nonce}`
    const text = `${textOf(associated)}|${textOf(plaintext)}`
    if ((this.#messages.get(use) ?? text) !== text) {
      throw new Violation("no key has a number twice", `number ${nonce} of a handshake`)
    }
    this.#messages.set(use, text)
  }

  /** Somebody has shown the ephemeral key at the start of a handshake message. */
  onEphemeral(message: Uint8Array, by: string): void {
    const key = textOf(message.subarray(0, 32))
    if ((this.#ephemerals.get(key) ?? by) !== by) {
      throw new Violation("each attempt has an ephemeral key of its own", `${by} and ${this.#ephemerals.get(key)}`)
    }
    this.#ephemerals.set(key, by)
  }
}

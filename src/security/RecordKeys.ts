/**
 * Protection of records by the transport messages of Noise (§5.1): AES-256-GCM without associated data, the number of the record as nonce,
 * one key for each direction. After `epochRecords` records the key is replaced by REKEY (Noise §4.2); the numbers go on.
 */
import type { RecordProtection } from "../protocol/tcp/Records.ts"
import { epochPackets } from "./AeadLimits.ts"
import { rekey } from "./AeadProtection.ts"
import type * as Crypto from "./Crypto.ts"
import { tagBytes } from "./Crypto.ts"

export interface Options {
  readonly crypto: Pick<Crypto.Shape, "encrypt" | "decrypt">
  /** The first keys of both directions, 32 bytes each. They belong to the protection from now on, which overwrites them. */
  readonly sealKey: Uint8Array
  readonly openKey: Uint8Array
  /** Records of one key. For tests. */
  readonly epochRecords?: number | undefined
}

const none = new Uint8Array(0)

export const recordKeys = ({ crypto, epochRecords = epochPackets, openKey, sealKey }: Options): RecordProtection => {
  const sealing = new Direction(crypto, sealKey, epochRecords)
  const opening = new Direction(crypto, openKey, epochRecords)
  return {
    tagBytes,
    seal: (plaintext) => crypto.encrypt(sealing.key, sealing.next(), none, plaintext),
    open: (record) => crypto.decrypt(opening.key, opening.next(), none, record),
    free: () => {
      sealing.free()
      opening.free()
    }
  }
}

/** The key of one direction, and the number of its next record. */
class Direction {
  readonly #crypto: Options["crypto"]
  readonly #epochRecords: number
  #key: Uint8Array
  #number = 0
  #isFreed = false

  constructor(crypto: Options["crypto"], key: Uint8Array, epochRecords: number) {
    this.#crypto = crypto
    this.#key = key
    this.#epochRecords = epochRecords
  }

  /** The key of the next record. */
  get key(): Uint8Array {
    if (this.#isFreed) throw new Error("the keys of this session were overwritten")
    if (this.#number > 0 && this.#number % this.#epochRecords === 0) {
      const next = rekey(this.#crypto.encrypt, this.#key)
      this.#key.fill(0)
      this.#key = next
    }
    return this.#key
  }

  /** The number of the next record. It counts as used even if the encryption fails: no key has one number twice. */
  next(): number {
    return this.#number++
  }

  free(): void {
    this.#isFreed = true
    this.#key.fill(0)
  }
}

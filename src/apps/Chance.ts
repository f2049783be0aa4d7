/**
 * Chance as a value: numbers that follow from a seed by HMAC-SHA-256 in counter mode. They cannot be predicted without the
 * seed, and can be checked with it.
 */
import type * as Crypto from "../security/Crypto.ts"

export interface Chance {
  readonly hmac: Crypto.Shape["hmac"]
  /** The seed, or a key derived from it. */
  readonly key: Uint8Array
  /** The number of blocks drawn so far. */
  readonly counter: number
}

export const of = (crypto: Pick<Crypto.Shape, "hmac">, key: Uint8Array): Chance => ({
  hmac: crypto.hmac,
  key,
  counter: 0
})

/** 32 bytes, and the chance after them. */
export const block = ({ counter, hmac, key }: Chance): readonly [bytes: Uint8Array, rest: Chance] => {
  const text = new Uint8Array(8)
  new DataView(text.buffer).setBigUint64(0, BigInt(counter))
  return [hmac(key, text), { hmac, key, counter: counter + 1 }]
}

/** A whole number from 0 to `bound` - 1, each equally likely (by rejection); `bound` is 1 to 2³². */
export const below = (chance: Chance, bound: number): readonly [value: number, rest: Chance] => {
  const accepted = 2 ** 32 - (2 ** 32 % bound)
  for (let rest = chance;;) {
    const [bytes, after] = block(rest)
    const value = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    if (value < accepted) return [value % bound, after]
    rest = after
  }
}

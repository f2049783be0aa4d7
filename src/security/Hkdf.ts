/** HKDF-SHA-256 (RFC 5869) over the HMAC of the service Crypto. */
import type * as Crypto from "./Crypto.ts"

/** Bytes of a SHA-256. */
export const hashBytes = 32

/** The longest output: 255 hashes (RFC 5869 §2.3). */
export const longestOutput = 255 * hashBytes

/**
 * `length` bytes derived from a secret: extract and expand (RFC 5869 §2). An empty salt is the same as one of zeros. The pseudorandom
 * key is overwritten.
 */
export const hkdf = (
  crypto: Pick<Crypto.Shape, "hmac">,
  salt: Uint8Array,
  secret: Uint8Array,
  info: Uint8Array,
  length: number
): Uint8Array => {
  if (length > longestOutput) {
    throw new RangeError(`HKDF-SHA-256 derives at most ${longestOutput} bytes, not ${length}`)
  }
  const key = crypto.hmac(salt, secret)
  const output = new Uint8Array(length)
  let block: Uint8Array = new Uint8Array(0)
  for (let at = 0; at < length; at += hashBytes) {
    const next = crypto.hmac(key, block, info, Uint8Array.of(at / hashBytes + 1))
    output.set(next.subarray(0, length - at), at)
    block.fill(0)
    block = next
  }
  block.fill(0)
  key.fill(0)
  return output
}

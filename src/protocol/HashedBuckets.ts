/**
 * Limits how often something may happen for each source, in bounded memory: sources share a fixed number of buckets by a keyed hash,
 * so that no peer can choose addresses that share the bucket of another. Times are milliseconds.
 */
import * as Limits from "./ProtocolLimits.ts"
import { TokenBucket } from "./TokenBucket.ts"

export class HashedBuckets {
  readonly #buckets: Array<TokenBucket | undefined> = Array.from(
    { length: Limits.sourceBuckets },
    () => undefined
  )
  readonly #make: () => TokenBucket
  readonly #key: number

  /** `random` returns an unpredictable number in [0, 1): the key of the hash. */
  constructor(burst: number, perSecond: number, random: () => number) {
    this.#make = () => new TokenBucket(burst, perSecond)
    this.#key = Math.floor(random() * 2 ** 32)
  }

  /** Takes the token of one event of `source`, where there is one. */
  take(source: string, now: number): boolean {
    const bucket = this.#buckets[this.#indexOf(source)] ??= this.#make()
    return bucket.take(now)
  }

  /** A multiplicative hash (FNV-1a) that begins with the key, mixed at the end so that all bits of it matter (MurmurHash3). */
  #indexOf(source: string): number {
    let hash = this.#key
    for (let at = 0; at < source.length; at++) hash = Math.imul(hash ^ source.charCodeAt(at), 0x01_00_01_93)
    hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35)
    return ((hash ^ (hash >>> 16)) >>> 0) % Limits.sourceBuckets
  }
}

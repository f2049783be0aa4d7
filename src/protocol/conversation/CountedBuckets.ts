/**
 * A token bucket for each of many holders, in bounded memory. A bucket at rest is as good as none, so those at rest are forgotten when
 * the table is full. While none is at rest, further holders share buckets by a keyed hash: a flood of holders slows down the unknown
 * ones, and none that is in the table. Times are milliseconds.
 */
import { HashedBuckets } from "../HashedBuckets.ts"
import { TokenBucket } from "../TokenBucket.ts"
import * as Limits from "./PeopleLimits.ts"

export class CountedBuckets {
  readonly #burst: number
  readonly #perSecond: number
  readonly #most: number
  readonly #buckets = new Map<string, TokenBucket>()
  readonly #others: HashedBuckets
  #sweptAt = -Infinity

  /** `random` returns an unpredictable number in [0, 1): the key of the hash. */
  constructor(burst: number, perSecond: number, random: () => number, most = Limits.countedHolders) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#most = most
    this.#others = new HashedBuckets(burst, perSecond, random)
  }

  /** Takes the token of one event of `holder`. Returns 0, or the milliseconds after which there is one. */
  take(holder: string, now: number): number {
    const bucket = this.#bucketOf(holder, now)
    if (bucket === undefined) return this.#others.take(holder, now) ? 0 : Math.ceil(millisOfSecond / this.#perSecond)
    return bucket.take(now) ? 0 : Math.max(1, bucket.readyAt(now) - now)
  }

  /** Holders that have a bucket of their own. */
  get size(): number {
    return this.#buckets.size
  }

  #bucketOf(holder: string, now: number): TokenBucket | undefined {
    const known = this.#buckets.get(holder)
    if (known !== undefined) return known
    if (this.#buckets.size >= this.#most) this.#sweep(now)
    if (this.#buckets.size >= this.#most) return undefined
    const bucket = new TokenBucket(this.#burst, this.#perSecond)
    this.#buckets.set(holder, bucket)
    return bucket
  }

  /** Forgets the buckets at rest: once in the time in which an empty bucket comes to rest, so that a flood does not cause it each time. */
  #sweep(now: number): void {
    if (now < this.#sweptAt + (this.#burst / this.#perSecond) * millisOfSecond) return
    this.#sweptAt = now
    for (const [holder, bucket] of this.#buckets) {
      if (bucket.readyAt(now, this.#burst) <= now) this.#buckets.delete(holder)
    }
  }
}

const millisOfSecond = 1000

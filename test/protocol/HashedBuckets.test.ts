import { describe, expect, it } from "@effect/vitest"
import { HashedBuckets } from "../../src/protocol/HashedBuckets.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"

describe("buckets by a keyed hash", () => {
  it("limit each source on its own", () => {
    const buckets = new HashedBuckets(3, 1, () => 0.25)
    const taken = (source: string, now: number) => Array.from({ length: 5 }, () => buckets.take(source, now))
    expect(taken("192.0.2.1", 0)).toEqual([true, true, true, false, false])
    expect(taken("192.0.2.2", 0)).toEqual([true, true, true, false, false])
    expect(taken("192.0.2.1", 2000)).toEqual([true, true, false, false, false])
  })

  it("are as many as the limit, and spread sources over all of them", () => {
    const buckets = new HashedBuckets(1, 1, () => 0.75)
    const sources = Array.from(
      { length: 10 * Limits.sourceBuckets },
      (_, index) => `10.${index >> 16}.${index >> 8 & 255}.${index & 255}`
    )
    const taken = sources.filter((source) => buckets.take(source, 0)).length
    expect(taken).toBeLessThanOrEqual(Limits.sourceBuckets)
    expect(taken).toBeGreaterThan(0.99 * Limits.sourceBuckets)
  })

  it("share a bucket under one key, and have two under another", () => {
    const sources = Array.from({ length: 3000 }, (_, index) => `source ${index}`)
    const sharing = (key: number) => {
      const buckets = new HashedBuckets(1, 1, () => key)
      return new Set(sources.filter((source) => !buckets.take(source, 0)))
    }
    const [one, other] = [sharing(0.1), sharing(0.9)]
    expect([...one].some((source) => !other.has(source))).toBe(true)
  })
})

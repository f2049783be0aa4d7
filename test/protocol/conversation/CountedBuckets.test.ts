import { describe, expect, it } from "vitest"
import { CountedBuckets } from "../../../src/protocol/conversation/CountedBuckets.ts"

describe("buckets of many holders", () => {
  it("give each holder its burst, and tell when the next event may be", () => {
    const buckets = new CountedBuckets(2, 10, () => 0.5)
    expect([buckets.take("a", 0), buckets.take("a", 0), buckets.take("a", 0), buckets.take("b", 0)]).toEqual([
      0,
      0,
      100,
      0
    ])
    expect([buckets.take("a", 50), buckets.take("a", 100), buckets.take("a", 100)]).toEqual([50, 0, 100])
  })

  it("forget those at rest when the table is full, and no others", () => {
    const buckets = new CountedBuckets(2, 10, () => 0.5, 4)
    for (const holder of ["a", "b", "c", "d"]) buckets.take(holder, 0)
    buckets.take("a", 900)
    expect(buckets.take("e", 900)).toBe(0)
    expect(buckets.size).toBe(2)
    expect([buckets.take("a", 900), buckets.take("a", 900)]).toEqual([0, 100])
  })

  it("stay bounded in a flood, which slows down unknown holders alone", () => {
    const buckets = new CountedBuckets(2, 1, () => 0.5, 100)
    for (let at = 0; at < 100_000; at++) buckets.take(String(at), 0)
    expect(buckets.size).toBe(100)
    expect([buckets.take("0", 0), buckets.take("0", 0)]).toEqual([0, 1000])
    expect(buckets.take("late", 0)).toBe(1000)
    expect(buckets.take("late", 2000)).toBe(0)
  })
})

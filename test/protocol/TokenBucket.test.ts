import { describe, expect, it } from "vitest"
import { TokenBucket } from "../../src/protocol/TokenBucket.ts"

describe("a token bucket", () => {
  it("allows a burst, then a rate, and never more than a burst after a pause", () => {
    const bucket = new TokenBucket(2, 10)
    const takenAt = (now: number): number => {
      let taken = 0
      while (bucket.take(now)) taken++
      return taken
    }
    expect([takenAt(0), bucket.readyAt(0), takenAt(99), takenAt(100)]).toEqual([2, 100, 0, 1])
    expect([takenAt(350), bucket.readyAt(350), takenAt(100_000)]).toEqual([2, 450, 2])
    expect([bucket.isReady(100_100), bucket.readyAt(100_100)]).toEqual([true, 100_100])
  })

  it("takes several tokens together, or none", () => {
    const bucket = new TokenBucket(10, 10)
    expect([bucket.take(0, 7), bucket.take(0, 4), bucket.take(0, 3), bucket.take(99, 1)]).toEqual([
      true,
      false,
      true,
      false
    ])
    expect([bucket.take(1000, 10), bucket.take(1000, 9)]).toEqual([true, false])
  })

  it("tells when several may happen", () => {
    const bucket = new TokenBucket(10, 10)
    expect([bucket.readyAt(0, 10), bucket.take(0, 8), bucket.readyAt(0, 2), bucket.readyAt(0, 5)]).toEqual([
      0,
      true,
      0,
      300
    ])
  })

  it("ignores a clock that goes back", () => {
    const bucket = new TokenBucket(1, 10)
    expect([bucket.take(1000), bucket.take(500), bucket.take(1099), bucket.take(1100)]).toEqual([
      true,
      false,
      false,
      true
    ])
  })
})

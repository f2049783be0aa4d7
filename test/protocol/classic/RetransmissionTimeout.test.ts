import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { RetransmissionTimeout } from "../../../src/protocol/classic/RetransmissionTimeout.ts"
import * as Timing from "../../../src/transport/Timing.ts"

const after = (...samples: ReadonlyArray<number>): RetransmissionTimeout => {
  const roundTrip = new RetransmissionTimeout(Timing.classic)
  for (const millis of samples) roundTrip.sample(millis)
  return roundTrip
}

const timeoutsWhileBackingOff = (roundTrip: RetransmissionTimeout, times: number): ReadonlyArray<number> =>
  Array.from({ length: times }, () => {
    roundTrip.backOff()
    return roundTrip.timeoutMillis
  })

describe("the timeout", () => {
  it("is 1 s before the first sample", () => {
    expect([after().timeoutMillis, after().smoothedMillis]).toEqual([1000, undefined])
  })

  it("is three times the first sample (R + 4·R/2)", () => {
    expect([after(100).timeoutMillis, after(100).smoothedMillis]).toEqual([300, 100])
  })

  it("follows RFC 6298 over three samples, calculated by hand", () => {
    // 100: SRTT 100, RTTVAR 50. 140: RTTVAR ¾·50 + ¼·40 = 47.5, SRTT ⅞·100 + ⅛·140 = 105.
    expect([after(100, 140).smoothedMillis, after(100, 140).timeoutMillis]).toEqual([105, 295])
    // 25: RTTVAR ¾·47.5 + ¼·80 = 55.625, SRTT ⅞·105 + ⅛·25 = 95.
    expect([after(100, 140, 25).smoothedMillis, after(100, 140, 25).timeoutMillis]).toEqual([95, 317.5])
  })

  it("uses the smoothed round trip before the sample for the variation", () => {
    // With the new SRTT (75) the variation would be ¾·25 + ¼·125 = 50 and the timeout 275.
    expect(after(50, 250).timeoutMillis).toBe(75 + 4 * (0.75 * 25 + 0.25 * 200))
  })

  it("is at least 20 ms for any round trip", () => {
    expect([after(0).timeoutMillis, after(1).timeoutMillis, after(0, 0, 0).timeoutMillis]).toEqual([20, 20, 20])
  })

  it("is at most 1 s for any round trip", () => {
    expect([after(334).timeoutMillis, after(10_000).timeoutMillis]).toEqual([1000, 1000])
  })

  it("adapts from 20 ms to a longer path and back (R13)", () => {
    const roundTrip = after(...Array.from({ length: 50 }, () => 20))
    expect(roundTrip.timeoutMillis).toBeCloseTo(20, 3)
    for (let n = 0; n < 60; n++) roundTrip.sample(300)
    expect(Math.round(roundTrip.timeoutMillis)).toBe(301)
    for (let n = 0; n < 100; n++) roundTrip.sample(20)
    expect(roundTrip.timeoutMillis).toBeCloseTo(20, 0)
  })
})

describe("a back-off", () => {
  it("doubles the timeout up to the maximum", () => {
    expect(timeoutsWhileBackingOff(after(100), 5)).toEqual([600, 1000, 1000, 1000, 1000])
  })

  it("doubles the minimum", () => {
    expect(timeoutsWhileBackingOff(after(1), 7)).toEqual([40, 80, 160, 320, 640, 1000, 1000])
  })

  it("changes nothing before the first sample, because the timeout has its maximum", () => {
    const roundTrip = after()
    expect(timeoutsWhileBackingOff(roundTrip, 2)).toEqual([1000, 1000])
    roundTrip.sample(100)
    expect(roundTrip.timeoutMillis).toBe(300)
  })

  it("does not change the smoothed round trip", () => {
    const roundTrip = after(100)
    roundTrip.backOff()
    expect(roundTrip.smoothedMillis).toBe(100)
  })

  it("remains after a sample, until it is reset", () => {
    const roundTrip = after(100)
    roundTrip.backOff()
    roundTrip.sample(100)
    expect(roundTrip.timeoutMillis).toBe(2 * (100 + 4 * 37.5))
    roundTrip.resetBackoff()
    expect(roundTrip.timeoutMillis).toBe(100 + 4 * 37.5)
  })

  it("of any number of steps is reset at once", () => {
    const roundTrip = after(100)
    timeoutsWhileBackingOff(roundTrip, 5000)
    roundTrip.resetBackoff()
    expect(roundTrip.timeoutMillis).toBe(300)
  })
})

describe("any path", () => {
  const steps = FastCheck.array(
    FastCheck.oneof(
      FastCheck.double({ min: 0, max: 60_000, noNaN: true }),
      FastCheck.constantFrom("backOff" as const, "reset" as const)
    ),
    { maxLength: 200 }
  )

  it("has a timeout between the minimum and the maximum", () => {
    FastCheck.assert(
      FastCheck.property(steps, (path) => {
        const roundTrip = after()
        for (const step of path) {
          if (step === "backOff") roundTrip.backOff()
          else if (step === "reset") roundTrip.resetBackoff()
          else roundTrip.sample(step)
          if (!(roundTrip.timeoutMillis >= 20 && roundTrip.timeoutMillis <= 1000)) {
            throw new Error(`${roundTrip.timeoutMillis} ms`)
          }
        }
      }),
      { seed: 20_250_801 }
    )
  })

  it("has a smoothed round trip within its samples", () => {
    const samples = FastCheck.array(FastCheck.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 100 })
    FastCheck.assert(
      FastCheck.property(samples, (path) => {
        const smoothed = after(...path).smoothedMillis ?? NaN
        expect(smoothed).toBeGreaterThanOrEqual(Math.min(...path) - 1e-6)
        expect(smoothed).toBeLessThanOrEqual(Math.max(...path) + 1e-6)
      }),
      { seed: 20_250_801 }
    )
  })
})

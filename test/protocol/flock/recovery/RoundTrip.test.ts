import { expect, it } from "vitest"
import { RoundTrip } from "../../../../src/protocol/flock/recovery/RoundTrip.ts"

const of = (...samples: ReadonlyArray<readonly [millis: number, ackDelayMillis: number]>): RoundTrip => {
  const roundTrip = new RoundTrip()
  for (const [millis, ackDelayMillis] of samples) roundTrip.sample(millis, ackDelayMillis)
  return roundTrip
}

it("assumes a third of a second before the first sample (RFC 9002 §6.2.2)", () => {
  const roundTrip = of()
  expect([roundTrip.isMeasured, roundTrip.minMillis, roundTrip.smoothedMillis]).toEqual([false, Infinity, 333])
  expect(roundTrip.probeTimeoutMillis(0, 0)).toBe(999)
})

it("smooths samples without what the peer waited (§5.3)", () => {
  expect(of([100, 20])).toMatchObject({ isMeasured: true, minMillis: 100, smoothedMillis: 100, variationMillis: 50 })
  expect(of([100, 0], [140, 24])).toMatchObject({
    latestMillis: 140,
    minMillis: 100,
    smoothedMillis: 102,
    variationMillis: 50 + (16 - 50) / 4
  })
})

it("does not believe a wait that makes the path shorter than it was ever seen", () => {
  expect(of([100, 0], [108, 9]).smoothedMillis).toBe(101)
})

it("takes a packet for lost after nine eighths of the longer of the smoothed and the latest, a millisecond at least", () => {
  expect(of([80, 0]).lossDelayMillis).toBe(90)
  expect(of([80, 0], [160, 0]).lossDelayMillis).toBe(180)
  expect(of([0.1, 0]).lossDelayMillis).toBe(1)
})

it("waits for an acknowledgement twice as long each time, half a second at most where the path is shorter", () => {
  const roundTrip = of([40, 0])
  expect([0, 1, 2, 3, 30].map((timeouts) => roundTrip.probeTimeoutMillis(5, timeouts))).toEqual([
    125,
    250,
    500,
    500,
    500
  ])
  expect([0, 9].map((timeouts) => of([400, 0]).probeTimeoutMillis(5, timeouts))).toEqual([1205, 1205])
  expect(of([0.1, 0]).probeTimeoutMillis(0, 0)).toBeCloseTo(1.1)
})

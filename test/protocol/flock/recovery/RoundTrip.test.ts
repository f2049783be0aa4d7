import { expect, it } from "vitest"
import { RoundTrip } from "../../../../src/protocol/flock/recovery/RoundTrip.ts"

const roundTripOf = (...samples: ReadonlyArray<readonly [millis: number, ackDelayMillis: number]>): RoundTrip => {
  const roundTrip = new RoundTrip()
  for (const [millis, ackDelayMillis] of samples) roundTrip.sample(millis, ackDelayMillis)
  return roundTrip
}

it("assumes a third of a second before the first sample (RFC 9002 §6.2.2)", () => {
  const roundTrip = roundTripOf()
  expect([roundTrip.isMeasured, roundTrip.minMillis, roundTrip.smoothedMillis]).toEqual([false, Infinity, 333])
  expect(roundTrip.probeTimeoutMillis(0, 0)).toBe(999)
})

it("smooths samples without the peer's ACK delay (RFC 9002 §5.3)", () => {
  expect(roundTripOf([100, 20])).toMatchObject({
    isMeasured: true,
    minMillis: 100,
    smoothedMillis: 100,
    variationMillis: 50
  })
  expect(roundTripOf([100, 0], [140, 24])).toMatchObject({
    latestMillis: 140,
    minMillis: 100,
    smoothedMillis: 102,
    variationMillis: 50 + (16 - 50) / 4
  })
})

it("ignores an ACK delay that makes the sample less than the minimum", () => {
  expect(roundTripOf([100, 0], [108, 9]).smoothedMillis).toBe(101)
})

it("declares a loss after 9/8 of the larger of the smoothed and the latest sample, at least a millisecond", () => {
  expect(roundTripOf([80, 0]).lossDelayMillis).toBe(90)
  expect(roundTripOf([80, 0], [160, 0]).lossDelayMillis).toBe(180)
  expect(roundTripOf([0.1, 0]).lossDelayMillis).toBe(1)
})

it("doubles the probe timeout each time, up to half a second where the path is shorter", () => {
  const roundTrip = roundTripOf([40, 0])
  expect([0, 1, 2, 3, 30].map((timeouts) => roundTrip.probeTimeoutMillis(5, timeouts))).toEqual([
    125,
    250,
    500,
    500,
    500
  ])
  expect([0, 9].map((timeouts) => roundTripOf([400, 0]).probeTimeoutMillis(5, timeouts))).toEqual([1205, 1205])
  expect(roundTripOf([0.1, 0]).probeTimeoutMillis(0, 0)).toBeCloseTo(1.1)
})

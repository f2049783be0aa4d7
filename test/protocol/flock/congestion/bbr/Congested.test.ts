import { describe, expect, it } from "vitest"
import { Congested } from "../../../../../src/protocol/flock/congestion/bbr/Congested.ts"
import { Flights } from "../../controllerInputs.ts"

const minMillis = 100

/** The state after `rounds` of 100 kB with that round trip and loss. */
const after = (rounds: number, roundTripMillis: number, lostSinceSendBytes = 0, congested = new Congested()) => {
  const flights = new Flights()
  for (let round = 0; round < rounds; round++) {
    congested.update(flights.next(100_000, { roundTripMillis, lostSinceSendBytes }), minMillis, true, 0)
  }
  return congested
}

it("detects a queue by a round trip a fifth above the minimum, for that round and the next", () => {
  expect(after(1, 120).isQueueing).toBe(false)
  const congested = after(1, 121)
  expect(congested.isQueueing).toBe(true)
  const flights = new Flights()
  const seen = [1, 2].map(() => {
    congested.update(flights.next(1000, { roundTripMillis: 100 }), minMillis, true, 0)
    return congested.isQueueing
  })
  expect(seen).toEqual([true, false])
})

it("detects a deep queue when all round trips are above twice the minimum, by 20 ms, for a minimum round trip", () => {
  const isDeep = (
    leastMillis: number,
    ...roundTrips: ReadonlyArray<readonly [at: number, millis: number]>
  ): boolean => {
    const congested = new Congested()
    const flights = new Flights()
    congested.update(flights.next(1000, { roundTripMillis: leastMillis }), leastMillis, false, 0)
    for (const [at, roundTripMillis] of roundTrips) {
      congested.update(flights.next(1000, { roundTripMillis }), leastMillis, false, at)
    }
    return congested.isDeep
  }
  expect(isDeep(100, [50, 201], [101, 201])).toBe(true)
  expect(isDeep(100, [50, 201], [100, 201])).toBe(false)
  expect(isDeep(100, [50, 200], [101, 201])).toBe(false)
  expect([isDeep(1, [5, 21]), isDeep(1, [5, 21.1])]).toEqual([false, true])
})

it("does not take a millisecond for a queue on a very short path", () => {
  const congested = new Congested()
  congested.update(new Flights().next(1000, { roundTripMillis: 1 }), 0.1, true, 0)
  expect(congested.isQueueing).toBe(false)
})

describe("loss exceeds a threshold", () => {
  it("when there is a queue", () => {
    expect(after(2, 150).exceeds(30, 1000, 0.02)).toBe(true)
    expect(after(2, 150).exceeds(20, 1000, 0.02)).toBe(false)
    expect(after(2, 100).exceeds(30, 1000, 0.02)).toBe(false)
  })

  it("without a queue when almost nothing arrives", () => {
    expect(after(2, 100).exceeds(800, 1000, 0.02)).toBe(false)
    expect(after(2, 100).exceeds(801, 1000, 0.02)).toBe(true)
  })

  it("by more than the background loss", () => {
    const congested = after(2, 150, 0, after(60, 100, 3000))
    expect(congested.backgroundLoss).toBeCloseTo(0.03, 2)
    expect(congested.exceeds(45, 1000, 0.02)).toBe(false)
    expect(congested.exceeds(55, 1000, 0.02)).toBe(true)
  })
})

it("estimates background loss faster without a queue", () => {
  expect(after(9, 100, 8000).backgroundLoss).toBeGreaterThan(0.05)
  expect(after(9, 150, 8000).backgroundLoss).toBeLessThan(0.03)
})

it("compensates for most of the background loss, but not while there is a queue", () => {
  expect(after(60, 100, 3000).lossCompensation).toBe(1)
  const lossy = after(60, 100, 30_000)
  expect(lossy.backgroundLoss).toBeCloseTo(0.3, 2)
  expect(lossy.lossCompensation).toBeCloseTo(1 / 0.75, 1)
  expect(after(60, 100, 75_000).lossCompensation).toBe(2.5)
  expect(after(1, 150, 0, lossy).lossCompensation).toBe(1)
})

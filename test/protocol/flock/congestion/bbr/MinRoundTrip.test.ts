import { expect, it } from "vitest"
import { MinRoundTrip } from "../../../../../src/protocol/flock/congestion/bbr/MinRoundTrip.ts"

it("is the minimum of the samples", () => {
  const min = new MinRoundTrip(0)
  expect(min.millis).toBe(Infinity)
  for (const [at, millis] of [[10, 60], [20, 50], [30, 70]] as const) min.update(millis, at)
  expect(min.millis).toBe(50)
})

it("requires a probe five seconds after it was last measured or probed", () => {
  const min = new MinRoundTrip(0)
  const isDue = (millis: number, now: number): boolean => {
    min.update(millis, now)
    return min.isProbeDue
  }
  expect([isDue(50, 100), isDue(49, 4000), isDue(60, 9000), isDue(60, 9001)]).toEqual([false, false, false, true])
  min.probed(9300)
  expect([isDue(61, 14_300), isDue(61, 14_301)]).toEqual([false, true])
})

it("requires one every twenty round trips where those are longer", () => {
  const min = new MinRoundTrip(0)
  min.update(1500, 0)
  min.update(1600, 30_000)
  expect(min.isProbeDue).toBe(false)
  min.update(1600, 30_001)
  expect(min.isProbeDue).toBe(true)
})

it("increases when two intervals had no shorter sample", () => {
  const min = new MinRoundTrip(0)
  for (const [millis, now] of [[50, 0], [80, 5001], [80, 10_000]] as const) min.update(millis, now)
  expect(min.millis).toBe(50)
  min.update(90, 10_001)
  expect(min.millis).toBe(80)
})

it("requires none while samples are as short as the minimum", () => {
  const min = new MinRoundTrip(0)
  for (let now = 0; now < 60_000; now += 1000) {
    min.update(50, now)
    expect(min.isProbeDue).toBe(false)
  }
  min.update(51, 64_001)
  expect([min.millis, min.isProbeDue]).toEqual([50, true])
})

/** How the controllers do where flows meet: what docs/PERFORMANCE.md promises, over 100 Mbit/s and 100 ms. */
import { describe, expect, it } from "vitest"
import { bdpBytes, beside, bytesPerMilli, oneFlow, otherPath, twoFlows } from "./scenarios.ts"

const seeds = [1, 2, 3, 4]
const mean = (values: ReadonlyArray<number>): number => values.reduce((a, b) => a + b, 0) / values.length

describe("BBR alone", () => {
  it.each([[0, 93], [1, 92], [3, 90]])(
    "with %i %% of its packets lost by chance has %i %% of the path",
    (loss, least) => {
      expect(oneFlow("bbr", 0.4 * bdpBytes, loss / 100).share).toBeGreaterThan(least / 100)
      const deep = oneFlow("bbr", 4096 * 1024, loss / 100)
      expect(deep.share).toBeGreaterThan(least / 100)
      expect(deep.queueHighBytes).toBeLessThanOrEqual(0.5 * bdpBytes)
      expect(deep.spuriousShare).toBe(0)
    }
  )
})

it("BBR makes up for 30 % of random loss, and not for what is lost where there is no queue to wait in", () => {
  expect(oneFlow("bbr", bdpBytes, 0.3).share).toBeGreaterThan(0.5)
  const policed = otherPath("bbr", { bytesPerMilli, queueBytes: bdpBytes / 50, roundTripMillis: 100 }, 23_000)
  expect(policed.share).toBeGreaterThan(0.8)
  expect(policed.lostShare).toBeLessThan(0.1)
})

it("two flows of BBR are equal in the fifth second after the later one came", () => {
  const meetings = seeds.map((seed) => twoFlows("bbr", bdpBytes, 0, seed))
  expect(mean(meetings.map(({ fifthSecond }) => fifthSecond))).toBeGreaterThanOrEqual(0.95)
  expect(Math.min(...meetings.map(({ share }) => share))).toBeGreaterThan(0.95)
})

/** The mean of four meetings: beside TCP BBR a single one may fall below (docs/PERFORMANCE.md). */
it.each(["cubic", "bbr"] as const)("BBR leaves TCP %s its part, and keeps its own", (other) => {
  const shares = seeds.map((seed) => beside("bbr", other, bdpBytes, seed))
  const ours = mean(shares.map((share) => share.ours))
  expect(ours).toBeGreaterThanOrEqual(0.3)
  expect(ours).toBeLessThanOrEqual(0.7)
  for (const share of shares) expect(share.ours + share.theirs).toBeGreaterThan(0.95)
})

it("CUBIC and NewReno fill a path that loses nothing, and HyStart++ spares its queue the overflow", () => {
  for (const name of ["cubic", "newreno"] as const) {
    const one = oneFlow(name, bdpBytes, 0)
    expect(one.share).toBeGreaterThan(0.95)
    expect(one.lostShare).toBeLessThan(0.01)
  }
})

it("CUBIC shares with TCP CUBIC", () => {
  expect(Math.abs(beside("cubic", "cubic", bdpBytes).ours - 0.5)).toBeLessThan(0.15)
})

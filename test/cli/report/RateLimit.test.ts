import { describe, expect, it } from "vitest"
import { Flood } from "../../../src/cli/report/RateLimit.ts"
import { logLinesPerSecond } from "../../../src/cli/text/TextLimits.ts"

/** The times at which a line was admitted. */
const admitted = (flood: Flood, times: ReadonlyArray<number>, reason = "noise"): ReadonlyArray<number> =>
  times.filter((millis) => flood.admits(reason, millis))

const upTo = (millis: number): ReadonlyArray<number> => Array.from({ length: millis }, (_, at) => at)

describe("a flood of lines", () => {
  it("has no second with more than its limit (S16)", () => {
    const times = admitted(new Flood(), upTo(5000))
    expect(times.length).toBe(5 * logLinesPerSecond)
    for (const start of times) {
      expect(times.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(logLinesPerSecond)
    }
  })

  it("is counted, a second after it began, each reason on its own", () => {
    const flood = new Flood()
    admitted(flood, upTo(500))
    expect(admitted(flood, [500], "else")).toEqual([500])
    expect([flood.hasLeftOut, flood.take(1009)]).toEqual([true, []])
    expect(flood.take(1010)).toEqual([{ reason: "noise", number: 490 }])
    expect([flood.hasLeftOut, flood.take(9000), flood.takeAll()]).toEqual([false, [], []])
  })

  it("is counted at the end however short it was", () => {
    const flood = new Flood()
    admitted(flood, upTo(12))
    expect(flood.takeAll()).toEqual([{ reason: "noise", number: 2 }])
  })

  it("ends when the clock is set back, too", () => {
    const flood = new Flood()
    admitted(flood, upTo(12).map((at) => at + 1_000_000))
    expect(flood.take(5)).toEqual([{ reason: "noise", number: 2 }])
    expect(flood.admits("noise", 5)).toBe(true)
  })
})

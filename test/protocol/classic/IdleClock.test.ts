import { describe, expect, it } from "@effect/vitest"
import { IdleClock } from "../../../src/protocol/classic/IdleClock.ts"
import * as Timing from "../../../src/transport/Timing.ts"

describe("silence", () => {
  it("counts from the beginning before anything was heard", () => {
    expect(new IdleClock(Timing.classic, 500).expiresAt(20_000)).toBe(20_500)
  })

  it("counts from what was heard last", () => {
    const silence = new IdleClock(Timing.classic, 0)
    silence.restart(100)
    silence.restart(7000.25)
    expect(silence.expiresAt(20_000)).toBe(27_000.25)
  })

  it("has an end for each limit", () => {
    const silence = new IdleClock(Timing.classic, 10)
    expect([silence.expiresAt(20_000), silence.expiresAt(45_000)]).toEqual([20_010, 45_010])
  })
})

describe("a timer", () => {
  const endAfter = (deadline: number, now: number): number => {
    const silence = new IdleClock(Timing.classic, 0)
    silence.onTimeout(deadline, now)
    return silence.expiresAt(20_000)
  }

  it.each([5000, 5001, 5999, 6000])("due at 5000 that fires at %i changes nothing", (now) => {
    expect(endAfter(5000, now)).toBe(20_000)
  })

  it("more than a second late gives its whole lateness back, and a second to read what waits (S17)", () => {
    expect(endAfter(5000, 6000.5)).toBe(22_000.5)
  })

  it("of the end of the silence itself does not end it before what waits was read (S17)", () => {
    expect(endAfter(20_000, 30_000)).toBe(31_000)
  })

  it("after an hour's suspension leaves the silence that was left (K2)", () => {
    expect(endAfter(5000, 3_605_000)).toBe(3_621_000)
  })

  it("that is late twice gives both back", () => {
    const silence = new IdleClock(Timing.classic, 0)
    expect([silence.onTimeout(1000, 4000), silence.onTimeout(6000, 8000)]).toEqual([4000, 3000])
    expect(silence.expiresAt(20_000)).toBe(27_000)
  })

  it("that is late does not outlast what is heard afterwards", () => {
    const silence = new IdleClock(Timing.classic, 0)
    silence.onTimeout(1000, 9000)
    silence.restart(9001)
    expect(silence.expiresAt(20_000)).toBe(29_001)
  })
})

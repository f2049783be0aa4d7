import { describe, expect, it } from "@effect/vitest"
import { IdleClock } from "../../../src/protocol/classic/IdleClock.ts"
import * as Timing from "../../../src/transport/Timing.ts"

describe("idle time", () => {
  it("counts from the creation before the first restart", () => {
    expect(new IdleClock(Timing.classic, 500).expiresAt(20_000)).toBe(20_500)
  })

  it("counts from the last restart", () => {
    const idleClock = new IdleClock(Timing.classic, 0)
    idleClock.restart(100)
    idleClock.restart(7000.25)
    expect(idleClock.expiresAt(20_000)).toBe(27_000.25)
  })

  it("expires at a time for each limit", () => {
    const idleClock = new IdleClock(Timing.classic, 10)
    expect([idleClock.expiresAt(20_000), idleClock.expiresAt(45_000)]).toEqual([20_010, 45_010])
  })
})

describe("a timer", () => {
  const endAfter = (deadline: number, now: number): number => {
    const idleClock = new IdleClock(Timing.classic, 0)
    idleClock.onTimeout(deadline, now)
    return idleClock.expiresAt(20_000)
  }

  it.each([5000, 5001, 5999, 6000])("due at 5000 that fires at %i changes no deadline", (now) => {
    expect(endAfter(5000, now)).toBe(20_000)
  })

  it("more than a second late extends the deadline by its delay and a second to read unread datagrams (S17)", () => {
    expect(endAfter(5000, 6000.5)).toBe(22_000.5)
  })

  it("of the idle timeout itself does not expire before unread datagrams were read (S17)", () => {
    expect(endAfter(20_000, 30_000)).toBe(31_000)
  })

  it("after a suspension of an hour keeps the remaining idle time (K2)", () => {
    expect(endAfter(5000, 3_605_000)).toBe(3_621_000)
  })

  it("that is late twice extends the deadline twice", () => {
    const idleClock = new IdleClock(Timing.classic, 0)
    expect([idleClock.onTimeout(1000, 4000), idleClock.onTimeout(6000, 8000)]).toEqual([4000, 3000])
    expect(idleClock.expiresAt(20_000)).toBe(27_000)
  })

  it("that is late has no effect after a restart", () => {
    const idleClock = new IdleClock(Timing.classic, 0)
    idleClock.onTimeout(1000, 9000)
    idleClock.restart(9001)
    expect(idleClock.expiresAt(20_000)).toBe(29_001)
  })
})

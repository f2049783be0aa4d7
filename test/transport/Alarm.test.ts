import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as Alarm from "../../src/transport/Alarm.ts"
import * as Timing from "../../src/transport/Timing.ts"

/** An alarm of this fiber's Clock, and the times at which it rang. */
const watched = (onRing: (set: (at: number) => void, now: number) => void = () => undefined) =>
  Effect.gen(function*() {
    const clock = yield* Effect.clock
    const read = () => Timing.nanosToMillis(clock.unsafeCurrentTimeNanos())
    const rung: Array<number> = []
    const alarm = (yield* Alarm.make)(read, () => {
      rung.push(read())
      onRing((at) => alarm.set(at), read())
    })
    return { alarm, read, rung }
  })

describe("under another Clock than the system's", () => {
  it.effect("rings once, at the time on that Clock", () =>
    Effect.gen(function*() {
      const { alarm, rung } = yield* watched()
      alarm.set(10)
      yield* TestClock.adjust("9 millis")
      expect(rung).toEqual([])
      yield* TestClock.adjust("50 millis")
      expect(rung).toEqual([10])
    }))

  it.effect("replaces an earlier time", () =>
    Effect.gen(function*() {
      const { alarm, rung } = yield* watched()
      alarm.set(10)
      alarm.set(5)
      alarm.set(20)
      yield* TestClock.adjust("15 millis")
      alarm.set(30)
      alarm.set(Infinity)
      yield* TestClock.adjust("50 millis")
      expect(rung).toEqual([])
    }))

  it.effect("may be set again while it rings, and never rings too early", () =>
    Effect.gen(function*() {
      // 2 / 3 ms is not a whole number of nanoseconds.
      const step = 2 / 3
      const { alarm, rung } = yield* watched((set, now) => now < 3 && set((rung.length + 1) * step))
      alarm.set(step)
      yield* TestClock.adjust("50 millis")
      expect(rung).toHaveLength(5)
      for (const [index, at] of rung.entries()) expect(at).toBeGreaterThanOrEqual((index + 1) * step)
    }))
})

it.live("under the system's Clock rings at its time, replaces an earlier time, and rings at once if it is late", () =>
  Effect.gen(function*() {
    const { alarm, read, rung } = yield* watched()
    const next = (at: number) =>
      Effect.async<void>((resume) => {
        const count = rung.length
        const look = (): void => rung.length > count ? resume(Effect.void) : void setTimeout(look, 1)
        alarm.set(at)
        look()
      })
    alarm.set(read() + 60_000)
    yield* next(read() + 5)
    expect(rung).toHaveLength(1)
    yield* next(read() - 5)
    expect(rung).toHaveLength(2)
    alarm.set(read() + 1)
    alarm.set(Infinity)
    yield* Effect.sleep(10)
    expect(rung).toHaveLength(2)
  }))

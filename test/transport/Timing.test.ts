import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Timing from "../../src/transport/Timing.ts"

/** Repeats an effect whose runs return these deadlines, then Infinity; returns the times of the runs. */
const runsOf = (deadlines: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    const clock = yield* Effect.clock
    const times: Array<number> = []
    const run = Effect.sync(() => deadlines[times.push(clock.unsafeCurrentTimeMillis()) - 1] ?? Infinity)
    const fiber = yield* Effect.fork(Effect.repeat(run, Timing.untilDeadline))
    yield* Effect.yieldNow()
    return { times, fiber }
  })

describe("untilDeadline", () => {
  it.effect("runs at once and then sleeps exactly until each deadline", () =>
    Effect.gen(function*() {
      const { times } = yield* runsOf([100, 250, 1000])
      yield* TestClock.adjust(5000)
      expect(times).toEqual([0, 100, 250, 1000])
    }))

  it.effect("never runs before its deadline", () =>
    Effect.gen(function*() {
      const { times } = yield* runsOf([100])
      yield* TestClock.adjust(99)
      expect(times).toEqual([0])
      yield* TestClock.adjust(1)
      expect(times).toEqual([0, 100])
    }))

  it.effect("counts deadlines on the clock, not from the last run", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_000)
      const { times } = yield* runsOf([1_000_100, 1_000_150])
      yield* TestClock.adjust(1000)
      expect(times).toEqual([1_000_000, 1_000_100, 1_000_150])
    }))

  it.effect("keeps fractions of a millisecond", () =>
    Effect.gen(function*() {
      const { times } = yield* runsOf([36.875, 110.625])
      yield* TestClock.adjust(1000)
      expect(times).toEqual([0, 36.875, 110.625])
    }))

  it.effect("wakes for deadlines that no clock can hit exactly", () =>
    Effect.gen(function*() {
      const { times } = yield* runsOf([100 / 3, 0.1 + 0.2 + 1000, 1_400.700_000_3])
      yield* TestClock.adjust(5000)
      expect(times.map(Math.round)).toEqual([0, 33, 1000, 1401])
    }))

  it.effect("does not sleep for a deadline that has passed", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(500)
      const { times } = yield* runsOf([100, -Infinity, 500])
      yield* TestClock.adjust(0)
      expect(times).toEqual([500, 500, 500, 500])
    }))

  it.effect("sleeps for ever without a deadline", () =>
    Effect.gen(function*() {
      const { fiber, times } = yield* runsOf([Infinity])
      yield* TestClock.adjust("36500 days")
      expect([times, fiber.unsafePoll()]).toEqual([[0], null])
    }))

  it.effect("can be interrupted in its sleep", () =>
    Effect.gen(function*() {
      const { fiber, times } = yield* runsOf([100])
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust(1000)
      expect(times).toEqual([0])
    }))
})

describe("the classic timing", () => {
  const {
    firstTimeoutMillis,
    idleTimeoutMillis,
    keepAliveMillis,
    lateMillis,
    maxTimeoutMillis,
    minTimeoutMillis,
    unfinishedMillis
  } = Timing.classic

  it("has a minimum timeout below its first timeout, which is below its maximum", () => {
    expect(minTimeoutMillis).toBeLessThan(firstTimeoutMillis)
    expect(firstTimeoutMillis).toBeLessThanOrEqual(maxTimeoutMillis)
  })

  it("leaves time for twenty attempts before a peer is lost", () => {
    expect(idleTimeoutMillis / maxTimeoutMillis).toBeGreaterThanOrEqual(20)
  })

  it("sends at least three keep-alives before a peer is lost", () => {
    expect(idleTimeoutMillis / keepAliveMillis).toBeGreaterThan(3)
  })

  it("waits for an unfinished message longer than two repeats of an existing client take", () => {
    expect(unfinishedMillis).toBeGreaterThan(2 * idleTimeoutMillis)
  })

  it("forgets late copies long before a peer is lost", () => {
    expect(lateMillis + maxTimeoutMillis).toBeLessThan(idleTimeoutMillis)
  })
})

describe("a reading of the clock", () => {
  it.each([[0n, 0], [1n, 1e-6], [1_500_000n, 1.5], [36_875_000n, 36.875]])("of %d ns is %d ms", (nanos, millis) => {
    expect(Timing.nanosToMillis(nanos)).toBe(millis)
  })
})

it.effect("a stopwatch uses the clock of its fiber", () =>
  Effect.gen(function*() {
    const millis = yield* Timing.stopwatch
    yield* TestClock.adjust(1500)
    expect(millis()).toBe(1500)
  }))

/**
 * A timer on Effect's Clock that is cheap to reset, because each packet resets it. Under the system's Clock it uses
 * setTimeout: a sleeping fiber costs fifty times as much. Under another Clock, such as TestClock, it is a sleeping
 * fiber.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import { liveServices } from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Timing from "./Timing.ts"

export interface Alarm {
  /** Sets the alarm to `at`, in milliseconds of the monotonic clock; Infinity disables it. Replaces the time before. */
  readonly set: (at: number) => void
}

/** Makes an alarm that calls `ring`. `read` returns the milliseconds of the Clock. */
export type MakeAlarm = (read: () => number, ring: () => void) => Alarm

/** The constructor of alarms for the Clock of this fiber. */
export const make: Effect.Effect<MakeAlarm> = Effect.gen(function*() {
  const clock = yield* Effect.clock
  if (clock === Context.get(liveServices, Clock.Clock)) return ofPlatform
  const runtime = yield* Effect.runtime<never>()
  return (read, ring) => ofFiber((effect) => Runtime.runCallback(runtime)(effect), read, ring)
})

const ofPlatform: MakeAlarm = (read, ring) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    set: (at) => {
      clearTimeout(timer)
      timer = undefined
      if (at !== Infinity) timer = setTimeout(ring, Math.min(longestMillis, Math.max(0, Math.ceil(at - read()))))
    }
  }
}

/** The longest delay of setTimeout, in milliseconds. An owner whose alarm rings too early sets it again. */
const longestMillis = 2 ** 31 - 1

const ofFiber = (
  run: (effect: Effect.Effect<void>) => Runtime.Cancel<void>,
  read: () => number,
  ring: () => void
): Alarm => {
  let cancel: Runtime.Cancel<void> | undefined
  return {
    set: (at) => {
      cancel?.()
      cancel = undefined
      if (at === Infinity) return
      const rung = Effect.sync(() => {
        // From here on the fiber must not be interrupted, as a timer that has fired cannot be cleared.
        cancel = undefined
        ring()
      })
      cancel = run(Effect.zipRight(Effect.sleep(Timing.waitOf(at - read())), rung))
    }
  }
}

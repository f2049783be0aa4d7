/**
 * Rings at a moment of the Clock, and is set anew for little, as every packet does. Under the system's Clock it is one of the
 * platform's timers, for a fiber that sleeps and is woken costs fifty times as much; under another Clock it is such a fiber.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import { liveServices } from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Timing from "../Timing.ts"

export interface Alarm {
  /** Sets it for `at`, in milliseconds of the monotonic clock; Infinity: it does not ring. The moment before is forgotten. */
  readonly set: (at: number) => void
}

/** Gives the alarm that calls `ring`. `read` gives milliseconds of the Clock. */
export type MakeAlarm = (read: () => number, ring: () => void) => Alarm

/** For the Clock of this fiber. */
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

/** What setTimeout takes. Who is rung too early sets the alarm again. */
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
        // From here on the fiber is no more to be interrupted than a timer that has fired.
        cancel = undefined
        ring()
      })
      cancel = run(Effect.zipRight(Effect.sleep(Timing.waitOf(at - read())), rung))
    }
  }
}

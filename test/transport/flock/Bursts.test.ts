import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { Gate } from "../../../src/transport/flock/Bursts.ts"
import { closedAtOnce } from "../../suites/sessionsAtOnce.ts"

/** Runs `body` with a clock whose sleeps end when the test says so. */
const withPauses = <A, E, R>(body: (resume: () => void) => Effect.Effect<A, E, R>) => {
  const pauses: Array<() => void> = []
  const sleep = () => Effect.async<void>((resume) => void pauses.push(() => resume(Effect.void)))
  return Effect.withClock(body(() => pauses.shift()?.()), { ...Clock.make(), sleep })
}

/** Lets every fiber run that can. */
const settle = Effect.repeatN(Effect.yieldNow(), 50)

describe("a gate", () => {
  it.effect("lets a batch through, and the next one after a turn of the event loop, in the order of the calls", () =>
    withPauses((resume) =>
      Effect.gen(function*() {
        const gate = new Gate(3)
        const passed: Array<number> = []
        const effects = Array.from({ length: 8 }, (_, number) => gate.through(Effect.sync(() => passed.push(number))))
        const fiber = yield* Effect.fork(Effect.all(effects, { concurrency: "unbounded" }))
        yield* settle
        expect(passed).toEqual([0, 1, 2])
        resume()
        yield* settle
        expect(passed).toEqual([0, 1, 2, 3, 4, 5])
        resume()
        yield* Fiber.join(fiber)
        expect(passed).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      })
    ))

  it.effect("stays open when an effect fails, or is interrupted before or while it passes", () =>
    Effect.gen(function*() {
      const gate = new Gate(100)
      const go = yield* Deferred.make<void>()
      expect(yield* Effect.flip(gate.through(Effect.fail("no")))).toBe("no")
      const first = yield* Effect.fork(gate.through(Deferred.await(go)))
      const second = yield* Effect.fork(gate.through(Effect.void))
      const third = yield* Effect.fork(gate.through(Effect.succeed("passed")))
      yield* TestClock.adjust("1 millis")
      yield* Fiber.interrupt(second)
      yield* Fiber.interrupt(first)
      expect(yield* Fiber.join(third)).toBe("passed")
      expect(yield* gate.through(Effect.succeed("too"))).toBe("too")
    }))
})

describe("sessions that close at once", () => {
  it.effect("are all forgotten by their server, although it has room for few datagrams in a turn (L5)", () =>
    closedAtOnce(100))
})

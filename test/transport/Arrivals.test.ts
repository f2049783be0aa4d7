import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Arrivals from "../../src/transport/Arrivals.ts"
import { SessionError } from "../../src/transport/SessionError.ts"
import * as TransportLimits from "../../src/transport/TransportLimits.ts"

/** Arrivals that are numbers, and those that were given up. */
const numbered = ({ capacity = 3, concurrency = 2 } = {}) =>
  Effect.gen(function*() {
    const givenUp: Array<number> = []
    const giveUp = (arrival: number) => Effect.sync(() => void givenUp.push(arrival))
    return { givenUp, arrivals: yield* Arrivals.make<number>({ capacity, concurrency, giveUp }) }
  })

const gone = new SessionError({ reason: "Reset", peer: "192.0.2.1:4040", message: "gone" })

describe("an arrival", () => {
  it.scoped("reaches one handler, in the order of the arrivals, of all that serve", () =>
    Effect.gen(function*() {
      const { arrivals } = yield* numbered()
      const seen: Array<number> = []
      const serving = arrivals.serve((arrival) => Effect.sync(() => seen.push(arrival)))
      expect([arrivals.offer(1), arrivals.offer(2)]).toEqual([true, true])
      const servers = [yield* Effect.fork(serving), yield* Effect.fork(serving)]
      yield* Effect.yieldNow()
      for (const arrival of [3, 4, 5]) {
        arrivals.offer(arrival)
        yield* TestClock.adjust("1 millis")
      }
      arrivals.end()
      yield* Fiber.joinAll(servers)
      expect(seen).toEqual([1, 2, 3, 4, 5])
    }))

  it.scoped("is given up when its handler ends, fails, has a defect or is interrupted: no other is concerned", () =>
    Effect.gen(function*() {
      const { arrivals, givenUp } = yield* numbered()
      const handlers = [Effect.void, Effect.fail(gone), Effect.die("a defect"), Effect.interrupt]
      yield* Effect.fork(arrivals.serve((arrival) => handlers[arrival] ?? Effect.never))
      for (const [arrival] of handlers.entries()) {
        arrivals.offer(arrival)
        yield* TestClock.adjust("1 millis")
      }
      expect(givenUp).toEqual([0, 1, 2, 3])
    }))

  it.scoped("has a scope of its own, which closes before the arrival is given up", () =>
    Effect.gen(function*() {
      const { arrivals, givenUp } = yield* numbered()
      const before: Array<ReadonlyArray<number>> = []
      yield* Effect.fork(arrivals.serve(() => Effect.addFinalizer(() => Effect.sync(() => before.push([...givenUp])))))
      arrivals.offer(1)
      yield* TestClock.adjust("1 millis")
      expect([before, givenUp]).toEqual([[[]], [1]])
    }))

  it.scoped("waits for a free handler, for ever, while another one serves", () =>
    Effect.gen(function*() {
      const { arrivals, givenUp } = yield* numbered({ concurrency: 1 })
      const go = yield* Deferred.make<void>()
      const seen: Array<number> = []
      yield* Effect.fork(arrivals.serve((arrival) => Effect.zipRight(Effect.sync(() => seen.push(arrival)), go)))
      arrivals.offer(1)
      arrivals.offer(2)
      yield* TestClock.adjust("1 hour")
      expect([seen, givenUp]).toEqual([[1], []])
      yield* Deferred.succeed(go, undefined)
      yield* TestClock.adjust("1 millis")
      expect([seen, givenUp]).toEqual([[1, 2], [1, 2]])
    }))

  it.scoped("is refused where as many wait as there is room for, and after the end", () =>
    Effect.gen(function*() {
      const { arrivals } = yield* numbered()
      expect([1, 2, 3, 4].map((arrival) => arrivals.offer(arrival))).toEqual([true, true, true, false])
      arrivals.end()
      expect(arrivals.offer(5)).toBe(false)
      yield* arrivals.serve(() => Effect.dieMessage("nothing is left after the end"))
    }))

  it.scoped("that nothing serves is given up after its time, each after its own", () =>
    Effect.gen(function*() {
      const { arrivals, givenUp } = yield* numbered()
      arrivals.offer(1)
      yield* TestClock.adjust(1000)
      arrivals.offer(2)
      yield* TestClock.adjust(TransportLimits.untakenMillis - 1001)
      expect(givenUp).toEqual([])
      yield* TestClock.adjust(1)
      expect(givenUp).toEqual([1])
      yield* TestClock.adjust(1000)
      expect(givenUp).toEqual([1, 2])
      arrivals.offer(3)
      yield* TestClock.adjust(TransportLimits.untakenMillis)
      expect(givenUp).toEqual([1, 2, 3])
    }))

  it.scoped("that an interrupted server leaves is given up: at once where its handler ran, after its time where it waited", () =>
    Effect.gen(function*() {
      const { arrivals, givenUp } = yield* numbered({ concurrency: 1 })
      const server = yield* Effect.fork(arrivals.serve(() => Effect.never))
      arrivals.offer(1)
      arrivals.offer(2)
      yield* TestClock.adjust("1 hour")
      yield* Fiber.interrupt(server)
      expect(givenUp).toEqual([1])
      yield* TestClock.adjust(TransportLimits.untakenMillis)
      expect(givenUp).toEqual([1, 2])
    }))

  it.scoped("whose handler is publishing is not given up by an interruption, which waits", () =>
    Effect.gen(function*() {
      const { arrivals, givenUp } = yield* numbered()
      const published = yield* Deferred.make<void>()
      const server = yield* Effect.fork(arrivals.serve(() => Effect.uninterruptible(Deferred.await(published))))
      arrivals.offer(1)
      yield* TestClock.adjust("1 millis")
      const interrupting = yield* Effect.fork(Fiber.interrupt(server))
      yield* TestClock.adjust("1 second")
      expect([(yield* Fiber.poll(interrupting))._tag, givenUp]).toEqual(["None", []])
      yield* Deferred.succeed(published, undefined)
      yield* Fiber.join(interrupting)
      expect(givenUp).toEqual([1])
    }))
})

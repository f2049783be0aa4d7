import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { firstSuccess, interleaved } from "../../src/transport/HappyEyeballs.ts"

/** An attempt that records its start and its release, both with the virtual time, and ends after `millis`. */
const attempting = (log: Array<string>) => (name: string, millis: number, end: Effect.Effect<string, string>) =>
  Effect.gen(function*() {
    const note = (what: string) =>
      Effect.clockWith((clock) =>
        Effect.map(clock.currentTimeMillis, (now) => void log.push(`${what} ${name} @${now}`))
      )
    yield* Effect.acquireRelease(note("open"), () => note("close"))
    yield* Effect.sleep(millis)
    return yield* end
  })

describe("the order of addresses", () => {
  it("has the families in turn, beginning with that of the first (RFC 8305 §4)", () => {
    expect(interleaved(["::1", "::2", "::3", "192.0.2.1", "192.0.2.2"])).toEqual([
      "::1",
      "192.0.2.1",
      "::2",
      "192.0.2.2",
      "::3"
    ])
    expect(interleaved(["192.0.2.1", "192.0.2.2", "::1"])).toEqual(["192.0.2.1", "::1", "192.0.2.2"])
    expect(interleaved(["::ffff:192.0.2.1", "::1", "192.0.2.2"])).toEqual(["::ffff:192.0.2.1", "::1", "192.0.2.2"])
    expect([interleaved(["::1"]), interleaved([])]).toEqual([["::1"], []])
  })
})

describe("attempts", () => {
  it.scoped("start 250 ms apart, and the first success ends the others and closes what they have opened", () => {
    const log: Array<string> = []
    const attempt = attempting(log)
    const attempts = [
      attempt("a", 700, Effect.succeed("a")),
      attempt("b", 100_000, Effect.succeed("b")),
      attempt("c", 10_000, Effect.succeed("c")),
      attempt("d", 1, Effect.succeed("d"))
    ]
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.scoped(Effect.zipLeft(firstSuccess(attempts, 250), Effect.sleep(9300))))
      yield* TestClock.adjust("10 seconds")
      expect(yield* Fiber.join(fiber)).toBe("a")
      expect(log).toEqual([
        "open a @0",
        "open b @250",
        "open c @500",
        expect.stringMatching(/^close [bc] @700$/),
        expect.stringMatching(/^close [bc] @700$/),
        "close a @10000"
      ])
    })
  })

  it.scoped("start at once when the one before has failed", () => {
    const log: Array<string> = []
    const attempt = attempting(log)
    const attempts = [
      attempt("a", 0, Effect.fail("no route")),
      attempt("b", 100, Effect.fail("refused")),
      attempt("c", 50, Effect.succeed("c"))
    ]
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(firstSuccess(attempts, 250))
      yield* TestClock.adjust("150 millis")
      expect(yield* Fiber.join(fiber)).toBe("c")
      expect(log).toEqual(["open a @0", "close a @0", "open b @0", "close b @100", "open c @100"])
    })
  })

  it.scoped("that all fail give all errors, in the order of the attempts, each after its full time", () => {
    const log: Array<string> = []
    const attempt = attempting(log)
    const attempts = [attempt("a", 5000, Effect.fail("silent a")), attempt("b", 10, Effect.fail("refused b"))]
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.flip(firstSuccess(attempts, 250)))
      yield* TestClock.adjust("4999 millis")
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(fiber)).toEqual(["silent a", "refused b"])
      expect(log).toEqual(["open a @0", "open b @250", "close b @260", "close a @5000"])
    })
  })

  it.scoped("that succeed in the same turn have one result, and the other one is closed", () => {
    const log: Array<string> = []
    const attempt = attempting(log)
    return Effect.gen(function*() {
      const answered = yield* Deferred.make<string>()
      const attempts = ["a", "b"].map((name) => attempt(name, 0, Effect.as(Deferred.await(answered), name)))
      const fiber = yield* Effect.fork(firstSuccess(attempts, 250))
      yield* TestClock.adjust("1 seconds")
      yield* Deferred.succeed(answered, "both")
      expect(yield* Fiber.join(fiber)).toBe("a")
      yield* Effect.yieldNow()
      expect(log).toEqual(["open a @0", "open b @250", "close b @1000"])
    })
  })

  it.scoped("that are interrupted close everything", () => {
    const log: Array<string> = []
    const attempt = attempting(log)
    const attempts = [attempt("a", 9000, Effect.succeed("a")), attempt("b", 9000, Effect.succeed("b"))]
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.scoped(firstSuccess(attempts, 250)))
      yield* TestClock.adjust("300 millis")
      yield* Fiber.interrupt(fiber)
      expect(log.slice(2).toSorted()).toEqual(["close a @300", "close b @300"])
      yield* TestClock.adjust("10 seconds")
      expect(log).toHaveLength(4)
    })
  })

  it.scoped("of which one has a defect end with it", () =>
    Effect.gen(function*() {
      const defect = new Error("a defect")
      const exit = yield* Effect.exit(firstSuccess([Effect.die(defect), Effect.never], 250))
      expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe(defect)
    }))
})

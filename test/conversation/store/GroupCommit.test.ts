import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as GroupCommit from "../../../src/conversation/store/GroupCommit.ts"
import { StoreError } from "../../../src/conversation/store/Store.ts"
import * as Limits from "../../../src/conversation/store/StoreLimits.ts"
import type { Turn } from "../../../src/conversation/store/StoreWrites.ts"

const turn = (key: string, bytes = 1): Turn => [{ _tag: "PutMeta", key, value: "x".repeat(bytes) }]
const keyOf = ([write]: Turn): string => write?._tag === "PutMeta" ? write.key : ""
const failure = (reason: StoreError["reason"]) => new StoreError({ reason, message: "it failed" })

/** Commits whose writes take 10 ms; `groups` has what was written together. */
const slow = (fails: (keys: ReadonlyArray<string>) => StoreError | undefined = () => undefined) =>
  Effect.gen(function*() {
    const groups: Array<ReadonlyArray<string>> = []
    const commit = yield* GroupCommit.make((turns) =>
      Effect.gen(function*() {
        const keys = turns.map(keyOf)
        yield* Effect.sleep(10)
        const error = fails(keys)
        if (error !== undefined) return yield* error
        groups.push(keys)
      })
    )
    return { commit, groups }
  })

describe("turns that wait for the disk", () => {
  it.scoped("are written together, in their order", () =>
    Effect.gen(function*() {
      const { commit, groups } = yield* slow()
      const all = yield* Effect.fork(Effect.forEach("abcdef", (key) => commit(turn(key)), { concurrency: "unbounded" }))
      yield* TestClock.adjust(20)
      yield* Fiber.join(all)
      expect(groups.flat()).toEqual(["a", "b", "c", "d", "e", "f"])
      expect(groups.length).toBeLessThanOrEqual(2)
    }))

  it.scoped("are written with those that come while they are gathered", () =>
    Effect.gen(function*() {
      const groups: Array<ReadonlyArray<string>> = []
      const commit = yield* GroupCommit.make(
        (turns) => Effect.sync(() => void groups.push(turns.map(keyOf))),
        Effect.sleep(10)
      )
      const first = yield* Effect.fork(commit(turn("a")))
      yield* TestClock.adjust(5)
      const second = yield* Effect.fork(commit(turn("b")))
      yield* TestClock.adjust(5)
      yield* Fiber.join(Fiber.zip(first, second))
      expect(groups).toEqual([["a", "b"]])
    }))

  it.scoped("complete after the write, not before", () =>
    Effect.gen(function*() {
      const { commit } = yield* slow()
      const one = yield* Effect.fork(commit(turn("a")))
      yield* TestClock.adjust(9)
      expect(yield* Fiber.poll(one)).toEqual(expect.objectContaining({ _tag: "None" }))
      yield* TestClock.adjust(1)
      yield* Fiber.join(one)
    }))

  it.scoped("fail alone where they conflict, and together where the disk fails", () =>
    Effect.gen(function*() {
      const conflicts = yield* slow((keys) => keys.includes("c") ? failure("Conflict") : undefined)
      const mixed = yield* Effect.fork(
        Effect.forEach("abcd", (key) => Effect.exit(conflicts.commit(turn(key))), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust(100)
      expect((yield* Fiber.join(mixed)).map(Exit.isSuccess)).toEqual([true, true, false, true])
      expect(conflicts.groups.flat()).toEqual(["a", "b", "d"])

      const full = yield* slow(() => failure("NoSpace"))
      const none = yield* Effect.fork(
        Effect.forEach("abcd", (key) => Effect.exit(full.commit(turn(key))), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust(100)
      expect((yield* Fiber.join(none)).map(Exit.isSuccess)).toEqual([false, false, false, false])
    }))

  it.scoped("are bounded: a large one waits, and may be given up, until there is room", () =>
    Effect.gen(function*() {
      const { commit, groups } = yield* slow()
      const bytes = Math.floor(Limits.turnBytes / 3) - 100
      const large = yield* Effect.forEach("abcd", (key) => Effect.fork(commit(turn(key, bytes))))
      yield* Effect.yieldNow()
      const fifth = yield* Effect.fork(commit(turn("e", bytes)))
      const given = yield* Effect.fork(commit(turn("f", bytes)))
      yield* TestClock.adjust(1)
      yield* Fiber.interrupt(given)
      yield* TestClock.adjust(100)
      yield* Fiber.joinAll([...large, fifth])
      expect(groups.flat()).toEqual(["a", "b", "c", "d", "e"])
    }))

  it.effect("are all written before their scope has closed, and none is accepted later", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { commit, groups } = yield* Scope.extend(slow(), scope)
      const both = yield* Effect.fork(Effect.forEach("ab", (key) => commit(turn(key)), { concurrency: 2 }))
      yield* TestClock.adjust(1)
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* TestClock.adjust(5)
      expect(yield* Effect.flip(commit(turn("c")))).toMatchObject({ reason: "Closed" })
      yield* TestClock.adjust(100)
      yield* Fiber.join(both)
      yield* Fiber.join(closing)
      expect(groups.flat()).toEqual(["a", "b"])
    }))

  it.scoped("go on after a defect of the write, which fails those that were in it", () =>
    Effect.gen(function*() {
      const written: Array<string> = []
      const commit = yield* GroupCommit.make((turns) =>
        Effect.sync(() => {
          const keys = turns.map(keyOf)
          if (keys.includes("a")) throw new RangeError("a bug")
          written.push(...keys)
        })
      )
      expect(yield* Effect.flip(commit(turn("a")))).toMatchObject({ reason: "Io" })
      yield* commit(turn("b"))
      expect(written).toEqual(["b"])
    }))
})

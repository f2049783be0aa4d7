import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { rmSync } from "node:fs"
import * as FileLock from "../../../src/node/security/FileLock.ts"
import * as Files from "../../../src/node/storage/Files.ts"
import { KeyLimits } from "../../../src/security/KeyLimits.ts"
import { aTurn, keyFolder } from "./keyFolder.ts"

const files = Files.make()

/** Runs a program whose sleeps end at once; returns how long it slept, in milliseconds. */
const slept = <A, E>(program: Effect.Effect<A, E>) =>
  Effect.suspend(() => {
    let millis = 0
    const base = Clock.make()
    const clock: Clock.Clock = Object.assign(Object.create(base), {
      sleep: (duration: Duration.Duration) =>
        Effect.sync(() => {
          millis += Duration.toMillis(duration)
        })
    })
    return Effect.map(Effect.withClock(program, clock), (value) => ({ value, millis }))
  })

describe("a lock", () => {
  it.live("lets one at a time work, and leaves nothing", () =>
    Effect.scoped(Effect.gen(function*() {
      const { at, names } = yield* keyFolder
      let working = 0
      let most = 0
      const work = Effect.gen(function*() {
        most = Math.max(most, ++working)
        yield* aTurn
        working--
      })
      const all = Array.from({ length: 8 }, () => FileLock.locked(files, at("file"), () => work))
      yield* Effect.all(all, { concurrency: "unbounded" })
      expect([most, names()]).toEqual([1, []])
    })))

  it.scoped("that a crash left is broken after it was seen for five seconds", () =>
    Effect.gen(function*() {
      const { at, names, write } = yield* keyFolder
      for (const content of ["0123456789abcdef0123456789abcdef", ""]) {
        write("file.lock", content)
        const { millis, value } = yield* slept(FileLock.locked(files, at("file"), () => Effect.succeed(names())))
        expect([value, millis]).toEqual([["file.lock"], KeyLimits.staleLockMillis])
        expect(names()).toEqual([])
      }
    }))

  it.scoped("that changes hands is waited for, up to a limit", () =>
    Effect.gen(function*() {
      const { at, write } = yield* keyFolder
      let holder = 0
      const busy: Files.Files = {
        ...files,
        open: (path, flags, mode) => {
          if (path.endsWith(".lock")) write("file.lock", `holder ${holder++}`)
          return files.open(path, flags, mode)
        }
      }
      const { millis, value } = yield* slept(Effect.flip(FileLock.locked(busy, at("file"), () => Effect.void)))
      expect(millis).toBe(KeyLimits.lockWaitMillis + KeyLimits.lockRetryMillis)
      expect(value.message).toBe(
        `${at("file.lock")} is held by another process; try again, or remove it if no holub runs`
      )
    }))

  it.live("is not waited for any longer by a program that is interrupted", () =>
    Effect.scoped(Effect.gen(function*() {
      const { at, text, write } = yield* keyFolder
      write("file.lock", "another holder")
      const fiber = yield* Effect.fork(FileLock.locked(files, at("file"), () => Effect.void))
      yield* aTurn
      const exit = yield* Fiber.interrupt(fiber)
      expect([Exit.isInterrupted(exit), text("file.lock")]).toEqual([true, "another holder"])
    })))

  it.scoped("that was taken away stops its holder before a change, and is not removed by it", () =>
    Effect.gen(function*() {
      const { at, text, write } = yield* keyFolder
      const error = yield* Effect.flip(FileLock.locked(files, at("file"), (stillHeld) => {
        rmSync(at("file.lock"))
        write("file.lock", "another holder")
        return stillHeld
      }))
      expect(error.message).toBe(`another process changed ${at("file")} in the meantime; try again`)
      expect(text("file.lock")).toBe("another holder")
    }))

  it.scoped("that another waiter has taken in the meantime is put back", () =>
    Effect.gen(function*() {
      const { at, text, write } = yield* keyFolder
      write("file.lock", "left by a crash")
      const late: Files.Files = {
        ...files,
        rename: (from, to) => {
          if (from.endsWith(".lock")) write("file.lock", "taken anew")
          return files.rename(from, to)
        }
      }
      yield* slept(Effect.flip(FileLock.locked(late, at("file"), () => Effect.void)))
      expect(text("file.lock")).toBe("taken anew")
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { closedUnlessItSucceeds } from "../src/Scoped.ts"

const opening = (log: Array<string>) =>
  Effect.acquireRelease(Effect.sync(() => log.push("opened")), () => Effect.sync(() => log.push("closed")))

describe("what is tried", () => {
  it.effect("stays open until the scope around it closes", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      yield* Effect.scoped(Effect.zipRight(closedUnlessItSucceeds(opening(log)), Effect.sync(() => log.push("used"))))
      expect(log).toEqual(["opened", "used", "closed"])
    }))

  it.effect("is closed at once when it fails", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      yield* Effect.scoped(Effect.gen(function*() {
        yield* Effect.either(closedUnlessItSucceeds(Effect.zipRight(opening(log), Effect.fail("no"))))
        log.push("went on")
      }))
      expect(log).toEqual(["opened", "closed", "went on"])
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { closedUnlessItSucceeds } from "../../src/transport/Scoped.ts"

const opening = (closed: Array<string>, name: string) => Effect.addFinalizer(() => Effect.sync(() => closed.push(name)))

describe("a resource", () => {
  it.effect("lives until the surrounding scope closes, or until its acquisition fails", () =>
    Effect.gen(function*() {
      const closed: Array<string> = []
      yield* Effect.scoped(Effect.gen(function*() {
        yield* closedUnlessItSucceeds(opening(closed, "kept"))
        yield* Effect.ignore(closedUnlessItSucceeds(Effect.zipRight(opening(closed, "given up"), Effect.fail("no"))))
        expect(closed).toEqual(["given up"])
      }))
      expect(closed).toEqual(["given up", "kept"])
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RememberedWriter from "../../src/conversation/RememberedWriter.ts"

describe("a writer of what a room remembers", () => {
  it.effect("writes one at a time, the latest, and the last one before its scope closes", () =>
    Effect.gen(function*() {
      const written: Array<string> = []
      const disk = Effect.unsafeMakeLatch(false)
      yield* Effect.scoped(Effect.gen(function*() {
        const write = yield* RememberedWriter.make((remembered) =>
          Effect.zipRight(disk.await, Effect.sync(() => written.push(String(remembered["name"]))))
        )
        write({ name: "first" })
        yield* Effect.yieldNow()
        yield* Effect.yieldNow()
        write({ name: "second" })
        write({ name: "third" })
        expect(written).toEqual([])
        yield* disk.open
        while (written.length < 2) yield* Effect.yieldNow()
        write({ name: "last" })
      }))
      expect(written).toEqual(["first", "third", "last"])
    }))
})

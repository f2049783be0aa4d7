import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { stopwatch, textOf, unexpected } from "../src/Taking.ts"

describe("what both wires take", () => {
  it("is read as UTF-8, a mark of the byte order too, and what is none of it shows", () => {
    expect(textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff))).toBe("\ufeffa\ufffd")
  })

  it.effect("is timed by the clock that there is", () =>
    Effect.gen(function*() {
      const millis = yield* stopwatch
      yield* TestClock.adjust(1500)
      expect(millis()).toBe(1500)
    }))

  it("fails in one line when this program is at fault", () => {
    const defect = new Error("no\nmore")
    expect(unexpected("a.txt", defect)).toMatchObject({ reason: "Io", path: "a.txt", cause: defect })
    expect(unexpected("a.txt", defect).message).toBe("it could not be taken: Error: no")
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/conversation/store/StoreLimits.ts"
import type { Write } from "../../../src/conversation/store/StoreWrites.ts"
import * as TurnSize from "../../../src/conversation/store/TurnSize.ts"
import { alpha, appended, post } from "./events.ts"

describe("the size of a turn", () => {
  it("is at least the bytes of its texts in UTF-8", () => {
    for (const text of ["", "x".repeat(5000), "ž".repeat(5000), "🕊".repeat(5000)]) {
      const size = TurnSize.of([{ _tag: "PutMeta", key: "k", value: text }])
      expect(size).toBeGreaterThanOrEqual(new TextEncoder().encode(text).length)
      expect(size).toBeLessThan(4 * new TextEncoder().encode(text).length + 1000)
    }
  })

  it("is that of the texts of a body, too, which may have any character: it is stored as JSON", () => {
    const [small, large] = ["", "x".repeat(9000)].map((text) =>
      TurnSize.of(appended([post(alpha, 1, { body: { text: `\0\ud800${text}`, deep: [{ text }] } })]))
    )
    expect(Number(large) - Number(small)).toBeGreaterThanOrEqual(18_000)
  })

  it("is bounded; the rest of a larger one is not read", () => {
    const value = "x".repeat(Limits.turnBytes / 3)
    expect(TurnSize.of([{ _tag: "PutMeta", key: "k", value }])).toMatch(/larger than 4194304 bytes$/)
    let reads = 0
    const rows = Array.from({ length: 2 ** 16 }, (): Write => ({
      get _tag() {
        reads++
        return "PutMeta" as const
      },
      key: "k",
      value: "v"
    }))
    expect(TurnSize.of(rows)).toMatch(/larger than/)
    expect(reads).toBeLessThan(2 ** 16)
  })

  it("is none for what databases do not keep", () => {
    for (const value of ["\0", "a\ud800b", "\udc00"]) {
      expect(TurnSize.of([{ _tag: "PutMeta", key: "k", value }])).toMatch(/^a text has U\+0000/)
      expect(TurnSize.of(appended([post(alpha, 1, { author: value })]))).toMatch(/^a text has U\+0000/)
    }
    for (const floor of [0.5, Number.NaN, Infinity, 2 ** 53]) {
      expect(TurnSize.of([{ _tag: "Purge", room: "hall", origin: alpha, floor }])).toMatch(/^\S+ is not a whole number/)
    }
  })
})

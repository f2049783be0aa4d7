import { describe, expect, it } from "@effect/vitest"
import { filled } from "../../src/apps/Wording.ts"

describe("a text with values", () => {
  it("has each value wherever its key stands", () => {
    expect(filled("{a} and {b}, {a}", { a: "x", b: 2 })).toBe("x and 2, x")
  })

  it("keeps keys without a value, and does not search the values for keys", () => {
    expect(filled("{a} {c}", { a: "{b}", b: "$&" })).toBe("{b} {c}")
  })
})

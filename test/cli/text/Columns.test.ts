import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { broken, filled } from "../../../src/cli/text/Columns.ts"
import { widthOf } from "../../../src/cli/text/Width.ts"

describe("a line in rows", () => {
  it.each<[string, number, ReadonlyArray<string>]>([
    ["", 5, [""]],
    ["one two three", 7, ["one two", "three"]],
    ["one two three", 8, ["one two", "three"]],
    ["abcdefgh ij", 3, ["abc", "def", "gh", "ij"]],
    ["日本語", 4, ["日本", "語"]],
    ["日", 1, ["…"]],
    ["a日b", 1, ["a", "…", "b"]],
    ["  indented text", 8, ["  indent", "ed text"]],
    ["a\tb", 3, ["a", "b"]],
    ["👩‍👩‍👧 ok", 3, ["…", " ok"]]
  ])("%j in %i columns", (line, columns, rows) => {
    expect(broken(line, columns)).toEqual(rows)
  })

  it("fits, and loses nothing but spaces where every character fits", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 8, max: 40 }), (text, columns) => {
      const rows = broken(text, columns)
      expect(rows.every((row) => widthOf(row) <= columns)).toBe(true)
      const bare = (shown: string) => shown.replaceAll(/[ \t]/g, "")
      if (!rows.includes("…")) expect(bare(rows.join(""))).toBe(bare(text))
    }))
  })
})

describe("a text in columns", () => {
  it.each([["ab", 4, "ab  "], ["abcdef", 4, "abc…"], ["日本", 3, "日…"], ["日本語", 4, "日… "], ["x", 0, ""]] as const)(
    "%j in %i",
    (text, columns, result) => {
      expect(filled(text, columns)).toBe(result)
    }
  )
})

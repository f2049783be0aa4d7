import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { oneLineOf, postOf } from "../../../src/protocol/conversation/PostText.ts"

describe("the text of a post", () => {
  it.each([
    ["ala\r\n", "ala", "ala"],
    ["one\r\ntwo\rthree\n\n", "one\ntwo\nthree", "one two three"],
    ["one\u2028two\u0085three", "one\ntwo\nthree", "one two three"],
    ["a\tb", "a\tb", "a\tb"],
    ["\u001b[31mred\u009b2J\u0007", "[31mred2J", "[31mred2J"],
    ["ala\u202eob\u2066x", "alaobx", "alaobx"],
    ["lone \ud800.", "lone .", "lone ."],
    ["\u{1f468}\u200d\u{1f469}", "\u{1f468}\u200d\u{1f469}", "\u{1f468}\u200d\u{1f469}"]
  ])("of %j is %j, and as one line %j", (text, post, line) => {
    expect([postOf(text), oneLineOf(text)]).toEqual([post, line])
  })

  it("has nothing that acts on a terminal, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        expect(postOf(text)).not.toMatch(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/u)
        expect(oneLineOf(text)).not.toContain("\n")
        expect(postOf(postOf(text))).toBe(postOf(text))
      }),
      { seed: 1, numRuns: 1000, examples: [["a\n\u202e"]] }
    )
  })
})

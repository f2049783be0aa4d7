import { describe, expect, it } from "vitest"
import { cut, shortened, widthOf } from "../../../src/cli/text/Width.ts"

describe("the width of a text", () => {
  it.each([
    ["", 0],
    ["abc", 3],
    ["žluť", 4],
    ["z\u030clut", 4],
    ["日本語", 6],
    ["ｆｕｌｌ", 8],
    ["ﾊﾝｶｸ", 4],
    ["한국", 4],
    ["🐴", 2],
    ["❤\ufe0f", 2],
    ["👍🏽", 4],
    ["🇸🇰", 2],
    ["می\u200cخ", 3],
    ["क्\u200dष", 2],
    ["👨\u200d👩\u200d👧", 6],
    ["🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", 2],
    ["葛\u{e0100}", 2],
    ["→…█", 3]
  ])("%j is %d columns, or what a terminal may need at most", (text, columns) => {
    expect(widthOf(text)).toBe(columns)
  })
})

describe("a text that is cut", () => {
  it.each([
    ["abc", 3, "abc"],
    ["abc", 2, "ab"],
    ["日本語", 5, "日本"],
    ["🐴🐴", 3, "🐴"],
    ["z\u030cz\u030c", 1, "z\u030c"],
    ["می\u200cخ", 2, "می\u200c"],
    ["a👨\u200d👩", 4, "a"],
    ["a👍🏽", 4, "a"],
    ["abc", 0, ""],
    ["abc", -1, ""]
  ])("%j to %d columns is %j", (text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected)
  })

  it.each([
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["日本語", 5, "日本…"],
    ["日本語", 4, "日…"],
    ["abc", 0, ""]
  ])("%j to %d columns with a mark is %j", (text, columns, expected) => {
    expect(shortened(text, columns)).toBe(expected)
  })
})

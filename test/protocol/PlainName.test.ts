import { describe, expect, it } from "@effect/vitest"
import { foldOf, graphemesOf, mostGraphemes, nameOf } from "../../src/protocol/PlainName.ts"

describe("a plain name", () => {
  it.each([
    ["ala", "ala"],
    ["  ala \r\n", "ala"],
    ["ala  von\u00a0\u3000bo", "ala von bo"],
    ["Zoe\u0308", "Zo\u00eb"],
    ["Ђорђе", "Ђорђе"],
    ["Żółć-7", "Żółć-7"],
    ["\u{1f468}\u200d\u{1f469}\u200d\u{1f467}", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}"],
    ["\u06a9\u0648\u0647\u200c\u0647\u0627", "\u06a9\u0648\u0647\u200c\u0647\u0627"],
    ["'); DROP TABLE names;", "'); DROP TABLE names;"],
    ["__proto__", "__proto__"]
  ])("of %j is %j", (text, name) => {
    expect(nameOf(text)).toBe(name)
    expect(nameOf(name)).toBe(name)
  })

  it.each([
    ["empty", ""],
    ["spaces", " \t\r\n\u3000"],
    ["not UTF-8", undefined],
    ["two lines", "ala\nbo"],
    ["a tab", "ala\tbo"],
    ["a terminal's escape", "\u001b[31mala"],
    ["a C1 control", "ala\u009b2J"],
    ["NUL", "ala\u0000"],
    ["DEL", "al\u007fa"],
    ["a bidi override", "ala\u202eob"],
    ["a bidi isolate", "\u2066ala"],
    ["a mark of direction", "ala\u200f"],
    ["a zero-width space", "a\u200bla"],
    ["a joiner that joins nothing", "al\u200da"],
    ["a byte order mark inside", "al\ufeffa"],
    ["a line separator", "ala\u2028bo"],
    ["a soft hyphen", "al\u00ada"],
    ["a filler without a glyph", "\u3164"],
    ["an empty Braille pattern", "\u2800"],
    ["a tag character", "ala\u{e0041}"],
    ["a lone surrogate", "ala\ud800"],
    ["an accent alone", "\u0301"],
    ["an accent first", "\u0301ala"]
  ])("cannot be %s", (_, text) => {
    expect(nameOf(text)).toBeUndefined()
  })

  it("has 32 graphemes at most, however many code units each has", () => {
    const flag = "\u{1f1f8}\u{1f1f0}"
    expect(nameOf("x".repeat(mostGraphemes))).toBe("x".repeat(mostGraphemes))
    expect(nameOf("x".repeat(mostGraphemes + 1))).toBeUndefined()
    expect(nameOf(flag.repeat(mostGraphemes))).toBe(flag.repeat(mostGraphemes))
    expect(nameOf(flag.repeat(mostGraphemes + 1))).toBeUndefined()
    expect(nameOf(`${"e\u0301".repeat(mostGraphemes)}`)).toBe("\u00e9".repeat(mostGraphemes))
  })

  it("is no pile of accents, and no megabyte is read to find that", () => {
    expect(nameOf(`a${"\u0316".repeat(300)}`)).toBeUndefined()
    expect(nameOf("\u0130".repeat(1_000_000))).toBeUndefined()
  })

  it("counts as a reader counts", () => {
    expect(graphemesOf("Zoe\u0308\u{1f1f8}\u{1f1f0}!")).toEqual(["Z", "o", "e\u0308", "\u{1f1f8}\u{1f1f0}", "!"])
  })
})

describe("the fold of a name", () => {
  it.each([["ALA", "ala"], ["Ђорђе", "ђОРЂЕ"], ["Straße", "STRASSE"], ["ΟΔΟΣ", "οδος"], ["Zo\u00eb", "ZO\u00cb"]])(
    "is the same for %s and %s",
    (one, other) => {
      expect(foldOf(one)).toBe(foldOf(other))
    }
  )

  it("differs for other names", () => {
    expect(foldOf("ala")).not.toBe(foldOf("äla"))
  })
})

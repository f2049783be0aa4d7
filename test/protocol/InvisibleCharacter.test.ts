import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as InvisibleCharacter from "../../src/protocol/InvisibleCharacter.ts"

const replaced = (text: string): string => InvisibleCharacter.replace(text, () => "#")

describe("a character without a glyph", () => {
  it.each([
    ["Persian, between letters", "می\u200cخواهم"],
    ["Persian, after a vowel mark", "رُ\u200cب"],
    ["Persian, after the tatweel", "ـ\u200cب"],
    ["Persian, between a number and letters, on both sides", "۸\u200cساله فصل\u200c۱"],
    ["Hindi, between a virama and a letter", "क्\u200dष"],
    ["Hindi, the eyelash form", "र\u200d्य"],
    ["Malayalam, at the end of a word", "അവന്\u200d.txt"],
    ["Sinhala", "ශ්\u200dරී"],
    ["Bengali, before a virama", "র\u200d্যা"],
    ["Mongolian, with a variation selector", "ᠠ\u180bᠭ"],
    ["Japanese, the variant of an ideograph", "葛\u{e0100}城"],
    ["a heart as an emoji", "❤\ufe0f"],
    ["a heart as a text", "❤\ufe0e"],
    ["a letter-like emoji", "ℹ\ufe0f"],
    ["a keycap", "1\ufe0f\u20e3 #\ufe0f\u20e3"],
    ["a family", "👨\u200d👩\u200d👧"],
    ["a person with a skin colour", "👩🏽\u200d🚀"],
    ["a rainbow flag", "🏳\ufe0f\u200d🌈"],
    ["the flag of England", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
    ["a number sign and the end of a verse, which have glyphs", "\u0600۱ \u06dd"]
  ])("belongs to %s (F19)", (_, text) => {
    expect(InvisibleCharacter.first(text)).toBeUndefined()
    expect(replaced(text)).toBe(text)
  })

  it.each([
    ["a joiner between letters with case", "a\u200cb", "a#b"],
    ["a joiner after an accent", "e\u0301\u200db", "e\u0301#b"],
    ["a joiner between numbers", "1\u200c2", "1#2"],
    ["a joiner at either end", "\u200dक\u200c", "#क#"],
    ["two joiners", "म\u200c\u200cख", "म##ख"],
    ["a joiner behind an invisible mark", "म\u034f\u200cख", "म##ख"],
    ["a non-joiner between emoji", "😀\u200c😀", "😀#😀"],
    ["a joiner after the last emoji", "😀\u200d.png", "😀#.png"],
    ["a selector of a letter with case", "a\ufe0f", "a#"],
    ["a selector of an ASCII symbol or number", "$\ufe0f1\ufe0f", "$#1#"],
    ["two selectors", "❤\ufe0f\ufe0f", "❤\ufe0f#"],
    ["a selector of a filler", "\u1160\ufe0f", "##"],
    ["a joiner between fillers", "\u3164\u200c\u3164", "###"],
    ["a selector at the beginning", "\ufe0fa", "#a"],
    ["tags without a flag", "a\u{e0067}\u{e007f}", "a##"],
    ["tags without an end", "🏴\u{e0067}\u{e0062}\u{e0065}", "🏴###"],
    ["more tags than a region has", `🏴${"\u{e0061}".repeat(8)}\u{e007f}`, `🏴${"#".repeat(9)}`],
    ["bidi controls", "م\u202eم\u2066م\u200f\u061c", "م#م#م##"],
    ["separators", "a\u2028b\u2029c\u200bd\u180e", "a#b#c#d#"],
    ["invisible operators", "2\u2062x\u2061\u2064", "2#x##"],
    ["fillers and blanks", "\u3164\u115f\uffa0\u00ad\u034f\u2060\ufeff", "#######"],
    ["controls", "a\u0000\u001b\u007f\u009b\n", "a#####"],
    ["half a surrogate pair, and no character", "\ud800a\udc00\uffff", "#a##"],
    ["annotations and hieroglyph controls", "\ufff9\ufffb\u{13430}", "###"]
  ])("that belongs to nothing is found: %s (F19)", (_, text, expected) => {
    expect(replaced(text)).toBe(expected)
    expect(text[expected.indexOf("#")]).toBe(InvisibleCharacter.first(text)?.[0])
  })

  it("is found in the same places again after those that are found are replaced", () => {
    const pieces = fc.constantFrom(
      "a",
      "1",
      "म",
      "ب",
      "्",
      "\u0301",
      "\u034f",
      "😀",
      "🏽",
      "🏴",
      "\u{e0067}",
      "\u{e007f}",
      "❤",
      "\u200c",
      "\u200d",
      "\ufe0f",
      "\u180b",
      "\u20e3"
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (some) => {
        const once = replaced(some.join(""))
        expect(InvisibleCharacter.first(once)).toBeUndefined()
        expect(replaced(once)).toBe(once)
      }),
      { numRuns: 5_000 }
    )
  })

  it("is absent once all of them are removed", () => {
    expect(InvisibleCharacter.removed("م\u200cا👨\u200d👩 ❤\ufe0f\u202e\u3164x")).toBe("ما👨👩 ❤x")
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import {
  hidden,
  hiddenPlaces,
  letterOf,
  lettersOf,
  mostNamed,
  placesOf,
  shown,
  withNamed,
  wordsOf
} from "../../../src/apps/games/HiddenWord.ts"

const letters = (text: string): ReadonlyArray<string> => lettersOf(text) ?? []

describe("a word", () => {
  it.each([
    ["Pigeon", "p i g e o n"],
    ["  ŽIRAFA\r\n", "ž i r a f a"],
    ["Zo\u0308e", "z ö e"],
    ["П\u2019ЯТЬ", "п ' я т ь"],
    ["rock-n-roll", "r o c k - n - r o l l"],
    ["İ", "i\u0307"],
    ["а\u0301б", "а\u0301 б"],
    ["\u0928\u092e\u0938\u094d\u0924\u0947", "\u0928 \u092e \u0938\u094d\u0924\u0947"]
  ])("of %j has the letters %s", (text, expected) => {
    expect(letters(text).join(" ").normalize("NFC")).toBe(expected)
  })

  it.each([
    "",
    " ",
    "*",
    "a*b",
    "two words",
    "a\tb",
    "a\u0000",
    "\u0301a",
    "a\u202eb",
    "\u200da",
    "a\ud800",
    "a\u00adb",
    "x".repeat(65)
  ])(
    "is not %j",
    (text) => {
      expect(lettersOf(text)).toBeUndefined()
    }
  )

  it("has no letter that is a pile of accents", () => {
    expect(lettersOf(`a${"\u0316".repeat(15)}`)).toHaveLength(1)
    expect(lettersOf(`a${"\u0316".repeat(16)}`)).toBeUndefined()
    expect(lettersOf("a".repeat(1_000_000))).toBeUndefined()
  })

  it("is a letter if it has one only", () => {
    expect(letterOf(" É ")).toBe("é")
    expect(letterOf("ab")).toBeUndefined()
    expect(letterOf("")).toBeUndefined()
  })
})

describe("a hidden word", () => {
  it("shows the letters that were named", () => {
    const word = hidden(letters("banana"))
    expect(shown(word)).toBe("******")
    const named = withNamed(withNamed(word, "a"), "x")
    expect(shown(named)).toBe("*a*a*a")
    expect([placesOf(word, "a"), placesOf(word, "x"), hiddenPlaces(word), hiddenPlaces(named)]).toEqual([3, 0, 6, 3])
    expect(shown(word)).toBe("******")
  })

  it("remembers a bounded number of letters, and always those that it shows", () => {
    let word = hidden(letters("ab"))
    for (let code = 0; code < 2 * mostNamed; code++) word = withNamed(word, String.fromCodePoint(0x4e00 + code))
    expect(word.named.size).toBe(mostNamed)
    expect(shown(withNamed(word, "a"))).toBe("a*")
  })
})

describe("a list of words", () => {
  it("has a word a line or between bars, each once, in one spelling", () => {
    const list = wordsOf("\ufeffPigeon\r\n\n dove |PIGEON\rowl\n")
    expect(Either.map(list, (words) => words.map((word) => word.join("")))).toEqual(
      Either.right(["pigeon", "dove", "owl"])
    )
  })

  it.each([
    ["", "there is no word"],
    ["\n | \r\n", "there is no word"],
    ["owl\nd*ve", "line 2 is no word of at most 64 letters, without spaces and without *"],
    ["two words", "line 1 is no word of at most 64 letters, without spaces and without *"]
  ])("is refused as %j", (text, message) => {
    expect(wordsOf(text)).toEqual(Either.left(message))
  })

  it("has at most 100,000 words", () => {
    const text = Array.from(
      { length: 100_001 },
      (_, at) => at.toString(26).replaceAll(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] ?? "")
    ).join("\n")
    expect(wordsOf(text)).toEqual(Either.left("there are more than 100000 words"))
  })
})

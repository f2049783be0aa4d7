import { describe, expect, it } from "@effect/vitest"
import { wordsTexts } from "../../../src/apps/games/WordsTexts.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"

describe("the texts of words", () => {
  it("are there in all languages, with the same values", () => {
    expectSameInAllLanguages(wordsTexts)
  })

  it("are one line each and no commands", () => {
    const all = Object.values(wordsTexts).flatMap((texts) => Object.values(texts))
    expect(all.filter((text) => text.startsWith("/") || /\p{Cc}/u.test(text))).toEqual([])
  })
})

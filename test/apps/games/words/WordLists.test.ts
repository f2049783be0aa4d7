import { describe, expect, it } from "@effect/vitest"
import { lettersOf } from "../../../../src/apps/games/HiddenWord.ts"
import { wordLists } from "../../../../src/apps/games/words/WordLists.ts"
import { languages } from "../../../../src/apps/Language.ts"

describe("the list of words", () => {
  it.each(languages)(
    "in %s has 60 to 100 different words of at least five letters, in their one spelling",
    (language) => {
      const list = wordLists[language]
      expect(list.length).toBeGreaterThanOrEqual(60)
      expect(list.length).toBeLessThanOrEqual(100)
      expect(new Set(list).size).toBe(list.length)
      expect(list.filter((word) => lettersOf(word)?.join("") !== word)).toEqual([])
      expect(list.filter((word) => (lettersOf(word) ?? []).length < 5)).toEqual([])
    }
  )

  it.each(
    [
      ["en", "abcdefghijklmnopqrstuvwxyz"],
      ["sk", "aáäbcčdďeéfghiíjklĺľmnňoóôpqrŕsštťuúvwxyýzž"],
      ["sr", "абвгдђежзијклљмнњопрстћуфхцчџш"],
      ["pl", "aąbcćdeęfghijklłmnńoóprsśtuwyzźż"],
      ["uk", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'"],
      ["ru", "абвгдежзийклмнопрстуфхцчшщъыьэюя"]
    ] as const
  )("in %s has only letters of its alphabet", (language, alphabet) => {
    const letters = new Set(wordLists[language].flatMap((word) => lettersOf(word) ?? []))
    expect(Array.from(letters).filter((letter) => !alphabet.includes(letter))).toEqual([])
  })
})

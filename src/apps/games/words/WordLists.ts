/** The lists of words that the app `words` has, by language. */
import type { Language } from "../../Language.ts"
import { englishWords } from "./EnglishWords.ts"
import { polishWords } from "./PolishWords.ts"
import { russianWords } from "./RussianWords.ts"
import { serbianWords } from "./SerbianWords.ts"
import { slovakWords } from "./SlovakWords.ts"
import { ukrainianWords } from "./UkrainianWords.ts"

const listOf = (text: string): ReadonlyArray<string> => text.trim().split(/\s+/)

export const wordLists: Readonly<Record<Language, ReadonlyArray<string>>> = {
  en: listOf(englishWords),
  sk: listOf(slovakWords),
  sr: listOf(serbianWords),
  pl: listOf(polishWords),
  uk: listOf(ukrainianWords),
  ru: listOf(russianWords)
}

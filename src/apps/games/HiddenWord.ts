/**
 * The words of the game `words`, and the letters that players name. A letter is a grapheme. Case, the form of marks and the shape of
 * an apostrophe do not matter.
 */
import * as Either from "effect/Either"
import { graphemesOf } from "../../protocol/PlainName.ts"

/** Letters of a word, at most: longer than any word that people guess, and on one line of a terminal. */
export const mostLetters = 64

/** UTF-16 code units of a letter, at most: an emoji of a family; no pile of accents. */
export const mostLetterUnits = 16

/** Words of a list, at most: a dictionary. */
export const mostWords = 100_000

/** The letters of a word; undefined for a text that is none: empty, too long, with spaces, controls, invisible characters or `*`. */
export const lettersOf = (text: string): ReadonlyArray<string> | undefined => {
  if (text.length > mostLetters * mostLetterUnits) return undefined
  const trimmed = text.trim()
  if (isSimple.test(trimmed)) return bounded(Array.from(trimmed.toLowerCase()))
  const letters = bounded(graphemesOf(normalized(trimmed)))
  return letters?.every((letter) => letter.length <= mostLetterUnits && isLetter.test(letter)) ? letters : undefined
}

const bounded = (letters: ReadonlyArray<string>): ReadonlyArray<string> | undefined =>
  letters.length === 0 || letters.length > mostLetters ? undefined : letters

const normalized = (text: string): string =>
  text.normalize("NFC").toLowerCase().normalize("NFC").replaceAll(/[‘’ʼ`´]/gu, "'")

/** The letter that a text is; undefined unless it is exactly one. */
export const letterOf = (text: string): string | undefined => {
  const letters = lettersOf(text)
  return letters?.length === 1 ? letters[0] : undefined
}

/** A letter, number, sign or symbol first; joiners within, as Indic scripts and emoji need. */
const isLetter = /^(?![\p{M}\u200c\u200d])(?:(?!\*)[\p{L}\p{M}\p{N}\p{P}\p{S}\u200c\u200d])+$/u

/** Latin and Cyrillic in the one spelling but for case, each code point a grapheme. The other way takes seconds for a dictionary. */
const isSimple = /^[a-zA-Z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u012f\u0131-\u017f\u0400-\u0481\u048a-\u052f]+$/

/** The words of a text, one a line or between `|`; or what is wrong with it, as a sentence without a full stop. */
export const wordsOf = (text: string): Either.Either<ReadonlyArray<ReadonlyArray<string>>, string> => {
  const words = new Map<string, ReadonlyArray<string>>()
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|[\r\n|]/)
  for (const [at, line] of lines.entries()) {
    if (line.trim() === "") continue
    const letters = lettersOf(line)
    if (letters === undefined) {
      return Either.left(`line ${at + 1} is no word of at most ${mostLetters} letters, without spaces and without *`)
    }
    words.set(letters.join(""), letters)
    if (words.size > mostWords) return Either.left(`there are more than ${mostWords} words`)
  }
  return words.size === 0 ? Either.left("there is no word") : Either.right(Array.from(words.values()))
}

/** A word of which letters are hidden. */
export interface HiddenWord {
  readonly letters: ReadonlyArray<string>
  /** The letters that were named, whether they occur or not. */
  readonly named: ReadonlySet<string>
}

/** Letters that are remembered as named, at most: more than any alphabet of a word list. Later ones that do not occur are not. */
export const mostNamed = 512

export const hidden = (letters: ReadonlyArray<string>): HiddenWord => ({ letters, named: new Set() })

/** The word with each letter that was not named as `*`. */
export const shown = ({ letters, named }: HiddenWord): string =>
  letters.map((letter) => named.has(letter) ? letter : "*").join("")

/** The places of a letter in the word, as a number. */
export const placesOf = ({ letters }: HiddenWord, letter: string): number =>
  letters.filter((one) => one === letter).length

/** The letters that are still hidden, as a number. */
export const hiddenPlaces = ({ letters, named }: HiddenWord): number =>
  letters.filter((letter) => !named.has(letter)).length

/** The word after a letter was named. */
export const withNamed = (word: HiddenWord, letter: string): HiddenWord =>
  word.named.size >= mostNamed && placesOf(word, letter) === 0
    ? word
    : { letters: word.letters, named: new Set([...word.named, letter]) }

/** Whether two words are the same. */
export const isSame = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): boolean =>
  one.join("") === other.join("")

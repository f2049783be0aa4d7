/**
 * The names that people give themselves in an app: what one may contain, and its one spelling. A name is shown in lines of other
 * people, so it has nothing that hides, reorders or joins text around it.
 */
import * as InvisibleCharacter from "./InvisibleCharacter.ts"

/** Graphemes of a name, at most: it stands before each text of its owner. */
export const mostGraphemes = 32

/** UTF-16 code units of a name, at most: eight for each grapheme, as families of emoji need; a pile of accents does not fit. */
export const mostUnits = 256

/**
 * A name in its one spelling (NFC, no spaces around it, single spaces in it), or undefined for a text that is no name: empty, too long,
 * with line ends, controls, bidi controls or invisible characters in it, or without anything visible at its beginning.
 */
export const nameOf = (text: string | undefined): string | undefined => {
  if (text === undefined || text.length > mostGivenUnits) return undefined
  const name = text.trim().normalize("NFC").replaceAll(/\p{Zs}+/gu, " ")
  if (name.length > mostUnits || !visible.test(name)) return undefined
  if (InvisibleCharacter.first(name) !== undefined) return undefined
  return graphemesOf(name).length > mostGraphemes ? undefined : name
}

/** Equal for names that differ in case only: two people must not bear them at the same time. */
export const foldOf = (name: string): string => name.toUpperCase().toLowerCase().normalize("NFC")

/** The characters of a text as a reader counts them. Its cost is linear, and large for each: bound the text. */
export const graphemesOf = (text: string): ReadonlyArray<string> =>
  Array.from(segmenter.segment(text), ({ segment }) => segment)

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" })

/** Before normalization, which shortens a text to a third at most; more is refused unread. */
const mostGivenUnits = 4 * mostUnits

/** A letter, number, sign or symbol first: a mark would join the text before it. U+2800 is a symbol without dots. */
const visible = /^(?!\u2800)[\p{L}\p{N}\p{P}\p{S}]/u

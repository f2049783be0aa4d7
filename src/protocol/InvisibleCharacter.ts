/**
 * Finds characters without a glyph in names and texts, and distinguishes those that a script or an emoji needs from
 * those that only hide or reorder text. The rules are contexts of Unicode (UAX #31 §2.3, UTS #51), stricter where a
 * character would change nothing that a reader sees.
 */

/**
 * The first control or invisible character that belongs to nothing around it; undefined if there is none. These are
 * controls, line separators, bidi controls, zero-width spaces, invisible operators, lone surrogates, noncharacters, and
 * joiners and selectors out of place.
 */
export const first = (text: string): string | undefined => {
  for (const { 0: found, index } of text.matchAll(suspects)) {
    if (!isNeeded(found, index, text)) return found
  }
  return undefined
}

/** The text with each character that `first` would find replaced. */
export const replace = (text: string, replacement: (character: string) => string): string =>
  text.replace(suspects, (found: string, index: number) => isNeeded(found, index, text) ? found : replacement(found))

/** The text without all characters that may have no glyph, needed ones included: what is left is visible. */
export const removed = (text: string): string => text.replace(/\p{Default_Ignorable_Code_Point}/gu, "")

// DI is Default_Ignorable_Code_Point, NChar is Noncharacter_Code_Point, ExtPict is Extended_Pictographic.

/** Number signs and verse marks, which are format characters by name only: they have a glyph. */
const visible = String.raw`\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}`

/** The flag of a region: a black flag, the tags of the region's code, the final tag. */
const flag = String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,7}\u{e007f}`

/** A whole flag, or one character without a glyph. */
const suspects = new RegExp(
  String.raw`${flag}|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{NChar}\p{DI}]|(?![${visible}])\p{Cf}`,
  "gu"
)

/** A letter of a script without case: only these change their shape beside a joiner. U+0640 extends an Arabic letter. */
const letter = String.raw`(?!\p{DI})[\p{Lo}\u0640]`

const mark = String.raw`(?!\p{DI})\p{M}`

/** A vowel sign or a virama of such a script, in contrast to accents, which all scripts share. */
const sign = String.raw`(?!\p{Script=Inherited})${mark}`

/** The places of joiners and variation selectors; each begins with the character, so that another one fails at once. */
const places = new RegExp(
  [
    // Between letters, as in Persian. A number may stand on one side.
    String.raw`[\u200c\u200d](?<=${letter}\p{Variation_Selector}?(?:${mark})*.)(?=${letter}|\p{Nd}|${sign})`,
    String.raw`[\u200c\u200d](?<=\p{Nd}.)(?=${letter})`,
    // After a virama, as in Indic scripts, also at the end of a word.
    String.raw`[\u200c\u200d](?<=${sign}.)`,
    // Between emoji, as in a family.
    String.raw`\u200d(?<=\p{ExtPict}[\ufe0f\u{1f3fb}-\u{1f3ff}]?.)(?=\p{ExtPict})`,
    // The variant of a letter or a symbol; of ASCII, only keycaps have one.
    String.raw`\p{Variation_Selector}(?<=(?![\p{ASCII}\p{DI}])[\p{Lo}\p{So}\p{Sm}\p{Po}\p{ExtPict}].)`,
    String.raw`\ufe0f(?<=[0-9#*].)(?=\u20e3)`
  ].join("|"),
  "uy"
)

/** Whether `found`, at `index` of the text, is a flag, or a joiner or selector in its place. */
const isNeeded = (found: string, index: number, text: string): boolean => {
  if (found.length > longestCharacter) return true
  if (!/[\u200c-\u200d]|\p{Variation_Selector}/u.test(found)) return false
  places.lastIndex = index
  return places.test(text)
}

/** UTF-16 code units of one code point, at most. */
const longestCharacter = 2

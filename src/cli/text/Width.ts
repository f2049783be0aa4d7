/** The columns that a text takes on a terminal. Where terminals differ it is the larger number, so that a line never wraps. */
import { eastAsianWidth } from "get-east-asian-width"

/** Takes no column of its own: accents, enclosing marks, joiners, and the tags of flags. */
const stacked = /^[\p{Mn}\p{Me}\u200c-\u200d\u{e0020}-\u{e007f}]$/u
/** The variation selector that makes the character before it an emoji, which may have been narrow. */
const emojiMark = "\ufe0f"
const emojiJoiner = "\u200d"

/** Columns of a text without control characters. */
export const widthOf = (text: string): number =>
  Array.from(text, widthOfCharacter).reduce((sum, width) => sum + width, 0)

/** The prefix of a text that fits; it splits no accented letter and no sequence of emoji. */
export const cut = (text: string, columns: number): string => {
  let room = columns
  let at = 0
  let end = 0
  let before = ""
  for (const character of text) {
    if (!stacked.test(character) && !/\p{Emoji_Modifier}/u.test(character) && before !== emojiJoiner) end = at
    room -= widthOfCharacter(character)
    if (room < 0) return text.slice(0, end)
    at += character.length
    before = character
  }
  return text
}

/** The whole text, or the prefix that fits before an ellipsis. */
export const shortened = (text: string, columns: number): string =>
  widthOf(text) <= columns ? text : columns < 1 ? "" : `${cut(text, columns - 1)}…`

const widthOfCharacter = (character: string): number => {
  if (character === emojiMark) return 1
  return stacked.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0)
}

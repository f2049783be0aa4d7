/** The columns that a text takes on a terminal. Where terminals differ it is the larger number, so that a line never wraps. */
import { eastAsianWidth } from "get-east-asian-width"

const stacked = /^[\p{Mn}\p{Me}]$/u
/** The variation selector that makes the character before it an emoji, which may have been narrow. */
const emojiMark = "\ufe0f"

/** Columns of a text without control characters. */
export const widthOf = (text: string): number =>
  Array.from(text, widthOfCharacter).reduce((sum, width) => sum + width, 0)

/** The prefix of a text that fits. */
export const cut = (text: string, columns: number): string => {
  let room = columns
  let end = 0
  for (const character of text) {
    room -= widthOfCharacter(character)
    if (room < 0) return text.slice(0, end)
    end += character.length
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

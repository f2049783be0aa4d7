/**
 * The text of a post, as it is shown to others: nothing in it acts on a terminal, reverses what stands after it, or passes for another
 * line.
 */

/** The text without the line ends behind it; line ends in it are line feeds, other controls but the tab are removed. */
export const postOf = (text: string): string => withoutControls(bodyOf(text).replaceAll(breaks, "\n"))

/** The text as one line: a line end in it is a space. */
export const oneLineOf = (text: string): string => withoutControls(bodyOf(text).replaceAll(breaks, " "))

const bodyOf = (text: string): string => {
  let end = text.length
  while (text[end - 1] === "\n" || text[end - 1] === "\r") end--
  return text.slice(0, end)
}

const breaks = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g

/** Without controls, those of bidirectional text, and lone surrogates, which UTF-8 cannot carry. */
const withoutControls = (text: string): string =>
  text.replaceAll(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu, "")

/**
 * The text of a post, as it is shown to others: nothing in it acts on a terminal, reverses what stands after it, or passes for another
 * line.
 */

/** The text without the line ends behind it; line ends in it are line feeds, other controls but the tab are removed. */
export const postOf = (text: string): string => {
  const harmless = text.replaceAll(breaks, "\n").replaceAll(harmful, "")
  let end = harmless.length
  while (harmless[end - 1] === "\n") end--
  return harmless.slice(0, end)
}

/** The text as one line: a line end in it is a space. */
export const oneLineOf = (text: string): string => postOf(text).replaceAll("\n", " ")

const breaks = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g

/** Controls, those of bidirectional text, and lone surrogates, which UTF-8 cannot carry. */
const harmful = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu

/** The text with its line ends, and without what would act on a terminal or reverse what stands after it. */
export const harmlessOf = (text: string): string => text.replaceAll(/\r(?!\n)/g, "").replaceAll(harmfulBesideLines, "")

const harmfulBesideLines = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu

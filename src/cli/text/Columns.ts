/** Texts in a number of columns: broken into rows that a terminal does not break again, or filled up. */
import { graphemesOf } from "../../protocol/PlainName.ts"
import { cut, shortened, widthOf } from "./Width.ts"

/** A character that is wider than a whole row. */
const tooWide = "…"

/** Columns of a tab: it moves to no stop, so that a row has the same width wherever it begins. */
const tab = "    "

/**
 * The rows of one line, each of at most `columns` columns. It is broken at spaces, which are left out there, and inside a word that is longer
 * than a row. The columns must be at least one; an empty line is one row.
 */
export const broken = (line: string, columns: number): ReadonlyArray<string> => {
  const rows: Array<string> = []
  let rest = line.replaceAll("\t", tab)
  while (widthOf(rest) > columns) {
    const row = cut(rest, columns)
    if (row === "") {
      rest = rest.slice(graphemesOf(rest.slice(0, longestGrapheme))[0]?.length ?? 1)
      rows.push(tooWide)
      continue
    }
    const space = rest[row.length] === " " ? row.length : row.lastIndexOf(" ")
    const isInWord = space < 0 || row.slice(0, space).trim() === ""
    const end = isInWord ? row.length : space
    rows.push(row.slice(0, end).trimEnd())
    rest = isInWord ? rest.slice(end) : rest.slice(end).replace(/^ +/, "")
  }
  return rest === "" && rows.length > 0 ? rows : [...rows, rest]
}

/** UTF-16 code units that are searched for the end of a character. */
const longestGrapheme = 64

/** The text in exactly so many columns: shortened by an ellipsis, or with spaces behind it. */
export const filled = (text: string, columns: number): string => {
  const fitting = shortened(text, columns)
  return fitting + " ".repeat(Math.max(0, columns - widthOf(fitting)))
}

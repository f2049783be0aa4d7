/**
 * A text of a peer on a terminal. Each row of the terminal begins with the peer's address, so that none can look like a line
 * of this program: neither after a line feed nor where the terminal would wrap a long line.
 */
import { harmlessText } from "../text/Format.ts"
import { cut, widthOf } from "../text/Width.ts"

/** The least columns of a row for the text itself, also on a terminal that is narrower than the address. */
const leastColumns = 10

/** Columns of a tab, which would otherwise depend on its place. */
const tab = " ".repeat(4)

/** `192.0.2.7:4040> a line`; at most `columns` columns each, if the terminal has room for the address. */
export const rowsOf = (peer: string, text: string, columns: number): ReadonlyArray<string> => {
  const mark = `${peer}> `
  const room = Math.max(leastColumns, columns - widthOf(mark))
  const lines = harmlessText(text).replaceAll("\t", tab).split("\n")
  // A line feed at the end ends the last line, and begins none.
  if (lines.length > 1 && lines.at(-1) === "") lines.pop()
  return lines.flatMap((line) => cutInto(line, room).map((row) => mark + row))
}

const cutInto = (line: string, columns: number): ReadonlyArray<string> => {
  const rows: Array<string> = []
  let rest = line
  do {
    const row = cut(rest, columns)
    rows.push(row)
    rest = rest.slice(row.length)
  } while (rest !== "")
  return rows
}

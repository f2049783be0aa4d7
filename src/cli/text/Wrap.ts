/** Breaks the lines of a terminal at spaces, because the terminal itself breaks them inside words. */
import { stripVTControlCharacters } from "node:util"
import { widthOf } from "./Width.ts"

/**
 * Lines of at most `columns` columns; every line but the first begins with `margin`. A longer word stays whole, so that
 * what is copied from the terminal has no line feed in it: a path, and a command, which counts as one word – between
 * backticks, or from `write:` or `: holub` to the end. Only a list without spaces is broken after its commas. Colours take no columns.
 */
export const wrapped = (line: string, columns: number, margin = "  "): ReadonlyArray<string> => {
  if (shownWidth(line) <= columns) return [line]
  const lines: Array<string> = []
  let shown = ""
  for (const { gap, part } of partsOf(line, columns - widthOf(margin))) {
    const longer = shown + gap + part
    if (shown === "" || shownWidth(longer) <= columns) {
      shown = longer
      continue
    }
    lines.push(shown)
    shown = margin + part
  }
  return [...lines, shown]
}

interface Part {
  /** The spaces before it, which a line break replaces. */
  readonly gap: string
  readonly part: string
}

const partsOf = (line: string, room: number): ReadonlyArray<Part> =>
  Array.from(line.matchAll(words), ([, gap = "", word = ""]) => {
    const isLongList = shownWidth(word) > room && !/[ /\\]/.test(word)
    return (isLongList ? word.split(/(?<=,)/) : [word]).map((part, index) => ({ gap: index === 0 ? gap : "", part }))
  }).flat()

/** Spaces, then a word or a command. */
const words = /( *)((?<=: )holub [^ ].*|(?<=write: ).+|`[^`]*`[^ ]*|[^ ]+)/g

const shownWidth = (text: string): number => widthOf(stripVTControlCharacters(text))

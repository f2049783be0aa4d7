/** A text that a person is typing, with the cursor in it: what the keys of a line editor do, as functions. */
import { graphemesOf } from "../../protocol/PlainName.ts"
import { harmless } from "../text/Format.ts"
import { widthOf } from "../text/Width.ts"

export interface Draft {
  readonly text: string
  /** UTF-16 code units before the cursor, which is between two characters. */
  readonly cursor: number
}

export const emptyDraft: Draft = { text: "", cursor: 0 }

export const draftOf = (text: string): Draft => ({ text, cursor: text.length })

export const insert = ({ cursor, text }: Draft, added: string): Draft => ({
  text: text.slice(0, cursor) + added + text.slice(cursor),
  cursor: cursor + added.length
})

/** The ways to move the cursor. */
export type Motion = "left" | "right" | "wordLeft" | "wordRight" | "lineStart" | "lineEnd"

export const moved = (draft: Draft, motion: Motion): Draft => ({ ...draft, cursor: placeOf(draft, motion) })

/** The draft without what stands between the cursor and the place of a motion. */
export const erased = (draft: Draft, motion: Motion): Draft => {
  const place = placeOf(draft, motion)
  const [start, end] = [Math.min(place, draft.cursor), Math.max(place, draft.cursor)]
  return { text: draft.text.slice(0, start) + draft.text.slice(end), cursor: start }
}

const placeOf = ({ cursor, text }: Draft, motion: Motion): number => {
  const [before, behind] = [text.slice(0, cursor), text.slice(cursor)]
  switch (motion) {
    case "left":
      return cursor - (graphemesOf(before.slice(-longestGrapheme)).at(-1)?.length ?? 0)
    case "right":
      return cursor + (graphemesOf(behind.slice(0, longestGrapheme))[0]?.length ?? 0)
    case "wordLeft":
      return /\S*\s*$/.exec(before)?.index ?? 0
    case "wordRight":
      return cursor + (/^\s*\S*/.exec(behind)?.[0].length ?? 0)
    case "lineStart":
      return before.lastIndexOf("\n") + 1
    case "lineEnd": {
      const end = behind.indexOf("\n")
      return end < 0 ? text.length : cursor + end
    }
  }
}

/** UTF-16 code units that are searched for the end of one character. */
const longestGrapheme = 64

/** A draft in rows of a screen, and the cursor in them. */
export interface DraftRows {
  readonly rows: ReadonlyArray<string>
  /** The row, and the columns before the cursor in it. */
  readonly row: number
  readonly column: number
  /** The place in the text at which each row begins. */
  readonly starts: ReadonlyArray<number>
}

/** Rows of less than `columns` columns, so that the cursor has room behind each; they are broken at line feeds, and anywhere. */
export const layOut = ({ cursor, text }: Draft, columns: number): DraftRows => {
  const rows: Array<string> = []
  const starts: Array<number> = [0]
  let [shown, width, at] = ["", 0, 0]
  let place = { row: 0, column: 0 }
  const end = (): void => {
    rows.push(shown)
    starts.push(at)
    shown = ""
    width = 0
  }
  for (const character of graphemesOf(text)) {
    const drawn = character === "\t" ? "    " : harmless(character)
    const wide = widthOf(drawn)
    if (character !== "\n" && width > 0 && width + wide >= columns) end()
    if (at === cursor) place = { row: rows.length, column: width }
    at += character.length
    if (character === "\n" || character === "\r\n") end()
    else {
      shown += drawn
      width += wide
    }
  }
  if (at === cursor) place = { row: rows.length, column: width }
  rows.push(shown)
  return { rows, ...place, starts }
}

/** The cursor one row up (-1) or down (1), in the same column as far as the row goes; undefined where there is no such row. */
export const movedByRow = (draft: Draft, by: -1 | 1, columns: number): Draft | undefined => {
  const { column, row, rows, starts } = layOut(draft, columns)
  const wanted = row + by
  const start = starts[wanted]
  if (start === undefined || rows[wanted] === undefined) return undefined
  const end = wanted + 1 < rows.length ? starts[wanted + 1] ?? draft.text.length : draft.text.length
  let cursor = start
  let width = 0
  for (const character of graphemesOf(draft.text.slice(start, end))) {
    const wide = widthOf(harmless(character))
    if (character === "\n" || width + wide > column) break
    width += wide
    cursor += character.length
  }
  // The end of a row that was broken inside is the beginning of the next one.
  const isBroken = wanted + 1 < rows.length && cursor === end
  return isBroken ? moved({ ...draft, cursor }, "left") : { ...draft, cursor }
}

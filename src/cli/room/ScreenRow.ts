/** A row of the screen: texts in the colours of their meanings, and what stands at its right edge. */
import type { Paint } from "../report/Colours.ts"
import { cut, widthOf } from "../text/Width.ts"

export type Look = Parameters<Paint>[0] | "plain"

export interface Span {
  /** Without control characters. */
  readonly text: string
  readonly look: Look
}

export interface ScreenRow {
  readonly left: ReadonlyArray<Span>
  readonly right: ReadonlyArray<Span>
}

export const span = (text: string, look: Look = "plain"): Span => ({ text, look })

export const row = (left: ReadonlyArray<Span>, right: ReadonlyArray<Span> = []): ScreenRow => ({ left, right })

export const emptyRow: ScreenRow = row([])

/** A row of one text. */
export const textRow = (text: string, look: Look = "plain"): ScreenRow => row([span(text, look)])

/** `── text ─────`, as wide as the screen. */
export const rule = (text: string, width: number, look: Look = "hint"): ScreenRow => {
  const start = text === "" ? "" : `── ${text} `
  return textRow(start + "─".repeat(Math.max(0, width - widthOf(start))), look)
}

export const widthOfSpans = (spans: ReadonlyArray<Span>): number =>
  spans.reduce((sum, { text }) => sum + widthOf(text), 0)

/** The row as a text of exactly `width` columns; where there is not enough room the right edge is kept. */
export const textOf = (shown: ScreenRow, width: number): string => {
  const { gap, left, right } = fittedTo(shown, width)
  return [...left.map(({ text }) => text), " ".repeat(gap), ...right.map(({ text }) => text)].join("")
}

/**
 * What draws the row over another one, with the cursor at its beginning. The right edge has its column from the terminal: some draw a
 * sequence of emoji narrower than `widthOf` counts it.
 */
export const drawn = (shown: ScreenRow, width: number, paint: Paint): string => {
  const { left, right } = fittedTo(shown, width)
  const painted = (spans: ReadonlyArray<Span>) =>
    spans.map(({ look, text }) => look === "plain" || text === "" ? text : paint(look, text)).join("")
  const edge = width - widthOfSpans(right) + 1
  const start = `\r\u001b[K${painted(left)}`
  return right.length === 0 ? start : `${start}\u001b[${edge}G${painted(right)}`
}

const fittedTo = ({ left, right }: ScreenRow, width: number) => {
  const edge = clipped(right, width)
  const rest = width - widthOfSpans(edge)
  const start = clipped(left, rest)
  return { left: start, right: edge, gap: rest - widthOfSpans(start) }
}

/** The beginning of spans that fits. */
export const clipped = (spans: ReadonlyArray<Span>, columns: number): ReadonlyArray<Span> => {
  let rest = columns
  return spans.flatMap((one) => {
    const text = cut(one.text, Math.max(0, rest))
    rest = text === one.text ? rest - widthOf(text) : 0
    return text === "" ? [] : [{ ...one, text }]
  })
}

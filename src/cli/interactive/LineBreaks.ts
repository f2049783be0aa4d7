/**
 * Line breaks within the one line that readline edits. There they are a noncharacter of Unicode, which no text contains
 * and which has one column, as the sign that is drawn for it.
 */
const mark = "\ufdd0"
const sign = "⏎"

/** A text of several lines as one line for readline. */
export const joined = (text: string): string => text.replaceAll("\n", mark)

/** The text of a line of readline. */
export const split = (line: string): string => line.replaceAll(mark, "\n")

/** What readline draws, with the sign. */
export const drawn = (output: string): string => output.replaceAll(mark, sign)

/** A text on one line, with the sign. */
export const onOneLine = (text: string): string => drawn(joined(text))

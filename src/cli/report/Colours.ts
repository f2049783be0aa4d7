/** Colours for terminals, one for each meaning. */
import { styleText } from "node:util"
import type { Output } from "./Output.ts"

const formats = {
  error: "red",
  warning: "yellow",
  success: "green",
  hint: "dim",
  sent: "cyan",
  received: "magenta",
  strong: "bold"
} as const

/** Returns a text in the colour of a meaning, or unchanged. */
export type Paint = (meaning: keyof typeof formats, text: string) => string

export const plain: Paint = (_, text) => text

/**
 * Colours the text always. `validateStream` is off because Node would check its own standard output; `paintFor`
 * decides.
 */
export const coloured: Paint = (meaning, text) => styleText(formats[meaning], text, { validateStream: false })

/** The colouring of `output`: by `--color` or `--no-color`, else coloured on a terminal unless NO_COLOR is set. */
export const paintFor = (
  output: Pick<Output, "isAnimated">,
  choice: boolean | undefined,
  noColor: string | undefined
): Paint => choice ?? (output.isAnimated && (noColor ?? "") === "") ? coloured : plain

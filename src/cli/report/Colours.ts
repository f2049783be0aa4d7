/** Colours, few and with a meaning each, where a terminal shows them. */
import { styleText } from "node:util"
import type { Output } from "./Output.ts"

const formats = {
  error: "red",
  warning: "yellow",
  success: "green",
  hint: "dim",
  sent: "cyan",
  received: "magenta"
} as const

/** Gives a text the colour of a meaning, or leaves it as it is. */
export type Paint = (meaning: keyof typeof formats, text: string) => string

export const plain: Paint = (_, text) => text

/** Node would ask its own standard output whether it has colours: that is asked before, of the right stream. */
export const coloured: Paint = (meaning, text) => styleText(formats[meaning], text, { validateStream: false })

/** How to write to `output`: as `--color` or `--no-color` say, else as a terminal has it, unless NO_COLOR is set. */
export const paintFor = (
  output: Pick<Output, "isAnimated">,
  choice: boolean | undefined,
  noColor: string | undefined
): Paint => choice ?? (output.isAnimated && (noColor ?? "") === "") ? coloured : plain

/** The text of a framing, as in `--framing` and in the dialects of apps. */
import { auto } from "./AutoFraming.ts"
import { delimiter, unescaped } from "./DelimiterFraming.ts"
import type { Framing } from "./Framing.ts"
import * as Limits from "./FramingLimits.ts"
import { prefix, typed, type Width, widths } from "./LengthFraming.ts"
import { lines } from "./LineFraming.ts"
import { oneway } from "./OneWayFraming.ts"
import { padded } from "./PaddedFraming.ts"
import { chunk, datagram, raw } from "./ReadFraming.ts"

/** A form of the text, for help. */
export interface Form {
  /** Its text, with parameters in capitals and optional parts in brackets. */
  readonly form: string
  /** What it does, as a sentence without a subject and without a full stop. */
  readonly summary: string
}

/** All forms, in the order of docs/PROTOCOL.md. */
export const forms: ReadonlyArray<Form> = [
  { form: "raw", summary: "takes what one read gave as a message" },
  { form: "chunk[:N]", summary: "takes what one read gave as a message, and cuts it after N bytes (1024)" },
  { form: "lines", summary: "ends a message with a line end" },
  { form: "auto", summary: "takes what one read gave as a message until one ends in a line end, and then lines" },
  { form: "delimiter:TEXT", summary: "ends a message with a text; \\n, \\r, \\t, \\0 and \\\\ are escapes" },
  { form: "padded:N[,zeros][,hex][,oneway]", summary: "writes the length before a message, in N characters" },
  { form: "prefix:u16|u32|varint", summary: "writes the length before a message, in binary" },
  { form: "typed", summary: "writes a type and the length before a message, in binary" },
  { form: "datagram", summary: "takes a datagram as a message" }
]

/** The framing of a text, or what is wrong with the text, as a sentence without a full stop. */
export const parse = (text: string): Framing | string => {
  const colon = text.indexOf(":")
  const name = colon < 0 ? text : text.slice(0, colon)
  const parameters = colon < 0 ? undefined : text.slice(colon + 1)
  const plain = plainFramings.find((framing) => framing.name === name)
  if (plain !== undefined) return parameters === undefined ? plain : `the framing ${name} has no parameters`
  switch (name) {
    case "chunk":
      return chunkOf(parameters)
    case "delimiter":
      return delimiterOf(parameters)
    case "padded":
      return paddedOf(parameters)
    case "prefix":
      return prefixOf(parameters)
    default:
      return `there is no such framing; there are ${forms.map(({ form }) => form).join(", ")}`
  }
}

const plainFramings = [raw, lines, auto, typed, datagram]

/** A decimal number of 1 to `most`. */
const numberOf = (text: string, most: number): number | undefined => {
  const number = /^[1-9][0-9]{0,6}$/.test(text) ? Number(text) : Infinity
  return number <= most ? number : undefined
}

const chunkOf = (parameters: string | undefined): Framing | string => {
  if (parameters === undefined) return chunk()
  const bytes = numberOf(parameters, Limits.messageBytes)
  return bytes === undefined
    ? `chunk needs a number of 1 to ${Limits.messageBytes} bytes, as in chunk:1024`
    : chunk(bytes)
}

const delimiterOf = (parameters: string | undefined): Framing | string => {
  const text = unescaped(parameters ?? "")
  if (text === undefined) return "a backslash in a delimiter begins one of \\n, \\r, \\t, \\0 and \\\\"
  const { length } = new TextEncoder().encode(text)
  return length >= 1 && length <= Limits.delimiterBytes
    ? delimiter(text)
    : `delimiter needs a text of 1 to ${Limits.delimiterBytes} bytes, as in delimiter:#`
}

const parametersOfPadded = ["zeros", "hex", "oneway"]

const paddedOf = (parameters: string | undefined): Framing | string => {
  const [size = "", ...words] = (parameters ?? "").split(",")
  const headerBytes = numberOf(size, Limits.paddedHeaderBytes)
  if (headerBytes === undefined) {
    return `padded needs a number of 1 to ${Limits.paddedHeaderBytes} characters, as in padded:10`
  }
  const isKnown = words.every((word, at) => parametersOfPadded.includes(word) && words.indexOf(word) === at)
  if (!isKnown) return "behind the number of padded only ,zeros and ,hex and ,oneway may stand, each once"
  const framing = padded(headerBytes, { zeros: words.includes("zeros"), hex: words.includes("hex") })
  return words.includes("oneway") ? oneway(framing) : framing
}

const prefixOf = (parameters: string | undefined): Framing | string => {
  const width = widths.find((one: Width) => one === parameters)
  return width === undefined ? `prefix needs one of ${widths.join(", ")}, as in prefix:u32` : prefix(width)
}

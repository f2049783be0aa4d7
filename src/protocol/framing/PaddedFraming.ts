/**
 * The framing `padded:N[,zeros][,hex]`: before each message a header of N bytes, its number of bytes as ASCII digits. The header is filled
 * with spaces behind the digits, or with zeros before them.
 */
import type { Framing } from "./Framing.ts"
import * as Limits from "./FramingLimits.ts"
import { headed } from "./HeaderFraming.ts"

export interface PaddedOptions {
  /** Zeros before the digits, in place of spaces behind them. */
  readonly zeros?: boolean | undefined
  /** Hexadecimal digits, in place of decimal ones. */
  readonly hex?: boolean | undefined
}

/** The framing with headers of `headerBytes` bytes, 1 to `FramingLimits.paddedHeaderBytes`. */
export const padded = (headerBytes: number, { hex = false, zeros = false }: PaddedOptions = {}): Framing => {
  const radix = hex ? 16 : 10
  const digits = hex ? /^[0-9a-f]+$/i : /^[0-9]+$/
  const malformed = `the header of a message is not a length of 1 to ${Limits.lengthDigits} ${
    hex ? "hexadecimal" : "decimal"
  } digits`
  return headed({
    name: `padded:${headerBytes}${zeros ? ",zeros" : ""}${hex ? ",hex" : ""}`,
    bytesOf: () => headerBytes,
    read: (header) => {
      const text = trimmed(header)
      if (!digits.test(text)) return malformed
      const number = zeros ? text.replace(/^0+(?=.)/, "") : text
      return number.length > Limits.lengthDigits ? malformed : { bytes: Number.parseInt(number, radix) }
    },
    write: ({ bytes }) => {
      const number = bytes.length.toString(radix)
      if (number.length > Math.min(headerBytes, Limits.lengthDigits)) return undefined
      return encoder.encode(zeros ? number.padStart(headerBytes, "0") : number.padEnd(headerBytes, " "))
    }
  })
}

const encoder = new TextEncoder()

/** The characters of a header without the white space of ASCII around them; a byte beyond ASCII becomes a character that is no digit. */
const trimmed = (header: Uint8Array): string => String.fromCharCode(...header).replaceAll(/^[\t-\r ]+|[\t-\r ]+$/g, "")

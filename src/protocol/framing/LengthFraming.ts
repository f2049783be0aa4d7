/**
 * Framings with a binary length before each message, the most significant byte first: `prefix:u16`, `prefix:u32`, `prefix:varint` (RFC 9000
 * §16), and `typed`, which has the kind of the content before a length of the last form.
 */
import * as Varint from "../flock/wire/Varint.ts"
import type { Framing } from "./Framing.ts"
import { type Announced, headed } from "./HeaderFraming.ts"

/** The forms of a length. */
export const widths = ["u16", "u32", "varint"] as const
export type Width = typeof widths[number]

/** The framing with lengths of this form before the messages. */
export const prefix = (width: Width): Framing => {
  if (width === "varint") {
    return headed({
      name: "prefix:varint",
      bytesOf: varintBytes,
      read: (header) => varintOf(header, 0),
      write: ({ bytes }) => written(bytes.length)
    })
  }
  const headerBytes = width === "u16" ? 2 : 4
  return headed({
    name: `prefix:${width}`,
    bytesOf: () => headerBytes,
    read: (header) => ({ bytes: header.reduce((value, byte) => value * 256 + byte, 0) }),
    write: ({ bytes: { length } }) => {
      if (length >= 256 ** headerBytes) return undefined
      return Uint8Array.from({ length: headerBytes }, (_, at) => length / 256 ** (headerBytes - 1 - at))
    }
  })
}

/** A type byte, 0 to 255 (0 for a message without a type), a varint length, the bytes. */
export const typed: Framing = headed({
  name: "typed",
  bytesOf: (beginning) => 1 + varintBytes(beginning.subarray(1)),
  read: (header) => {
    const announced = varintOf(header, 1)
    return typeof announced === "string" ? announced : { ...announced, type: header[0] ?? 0 }
  },
  write: ({ bytes, type = 0 }) => {
    if (!Number.isInteger(type) || type < 0 || type > 255) return undefined
    return Uint8Array.of(type, ...written(bytes.length))
  }
})

/** Bytes of the varint that begins with these bytes; 1 before the first. */
const varintBytes = ([first]: Uint8Array): number => first === undefined ? 1 : Varint.lengthOf(first)

const varintOf = (header: Uint8Array, at: number): Announced | string => {
  const reader = new Varint.Reader(header, at, header.length)
  const bytes = reader.varint()
  return reader.hasFailed ? "the length of a message is 2^53 or more" : { bytes }
}

const written = (length: number): Uint8Array => {
  const target = new Uint8Array(Varint.bytesOf(length))
  Varint.write(target, 0, length)
  return target
}

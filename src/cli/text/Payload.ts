/** Bytes as text that can be read and turned back: printable UTF-8 stays, all else is escaped. */

/** A backslash; a character of one byte; then of two, three and four bytes, as far as their form goes; any other byte. */
const pieces =
  /\\|[\x20-\x5b\x5d-\x7e]+|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^]/g
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u

const named: ReadonlyMap<string, string> = new Map([["\\", "\\\\"], ["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]])

/** Nothing of it has power over a terminal: whatever is no printable character stands there as `\xNN`, byte by byte. */
export const escaped = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1").replace(pieces, escapedPiece)

const escapedPiece = (piece: string): string => {
  const name = named.get(piece)
  if (name !== undefined) return name
  const bytes = Buffer.from(piece, "latin1")
  const text = bytes.toString("utf8")
  // What only looked like UTF-8 does not come back as the same bytes.
  const isText = bytes.equals(Buffer.from(text)) && !unprintable.test(text)
  return isText ? text : Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")
}

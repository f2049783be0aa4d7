/** Bytes as text that can be converted back: printable UTF-8 stays, everything else is escaped. */

/** A backslash; characters of one byte; characters of two, three and four bytes by their form; any other byte. */
const pieces =
  /\\|[\x20-\x5b\x5d-\x7e]+|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^]/g
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u

const named: ReadonlyMap<string, string> = new Map([["\\", "\\\\"], ["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]])

/** The result has no control characters: every byte outside a printable character is `\xNN`. */
export const escaped = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1").replace(pieces, escapedPiece)

const escapedPiece = (piece: string): string => {
  const name = named.get(piece)
  if (name !== undefined) return name
  const bytes = Buffer.from(piece, "latin1")
  const text = bytes.toString("utf8")
  // Invalid UTF-8 does not encode to the same bytes again.
  const isText = bytes.equals(Buffer.from(text)) && !unprintable.test(text)
  return isText ? text : Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")
}

/** Bytes as UTF-8: where a character is cut, and what replaces bytes that are none. */

/**
 * The number of bytes at the end that begin a character without ending it: 0 to 3. A sequence that further bytes cannot make valid
 * counts only where its length is at fault.
 */
export const cutBytes = (bytes: Uint8Array): number => {
  for (let count = 1; count <= Math.min(3, bytes.length); count++) {
    const byte = bytes.at(-count) ?? 0
    // A byte that continues a character: its first byte stands before.
    if ((byte & 0xc0) === 0x80) continue
    return count < lengthOf(byte) ? count : 0
  }
  return 0
}

/** Bytes of the character that begins with the byte `first`; 1 for a byte that begins none. */
const lengthOf = (first: number): number =>
  first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1

/** Bytes as text, with a byte order mark if they have it; undefined where they are not UTF-8. */
export const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder("utf-8", { ignoreBOM: true })
const encoder = new TextEncoder()

/** The bytes if they are UTF-8; otherwise with U+FFFD for what is not, as the Encoding Standard divides it. Up to three times as long. */
export const repaired = (bytes: Uint8Array): Uint8Array =>
  textOf(bytes) === undefined ? encoder.encode(lenient.decode(bytes)) : bytes

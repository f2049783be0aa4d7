/** Bytes as hexadecimal text. */

/** Two lower-case digits for each byte, joined by `separator`. */
export const hexOf = (bytes: Uint8Array, separator = ""): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(separator)

/** The bytes of a text without separators whose form was checked. */
export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16))

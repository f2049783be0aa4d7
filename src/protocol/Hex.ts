/** Bytes as hexadecimal text. */

/** Two lower-case digits for each byte, joined by `separator`. */
export const hexOf = (bytes: Uint8Array, separator = ""): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(separator)

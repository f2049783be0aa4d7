/** Variable-length integers of QUIC (RFC 9000 §16), restricted to values below 2⁵³, which a Number holds. */

/** The largest value. */
export const max = Number.MAX_SAFE_INTEGER

/** Length in bytes of the shortest encoding of `value`: 1, 2, 4 or 8. */
export const bytesOf = (value: number): number => value < 0x40 ? 1 : value < 0x40_00 ? 2 : value < 0x40_00_00_00 ? 4 : 8

/** Length in bytes of an encoding that begins with the byte `first`. */
export const lengthOf = (first: number): number => 1 << (first >>> 6)

/** Writes the shortest encoding of `value` at `at` and returns the offset after it. */
export const write = (target: Uint8Array, at: number, value: number): number => {
  if (value < 0x40) {
    target[at] = value
    return at + 1
  }
  if (value < 0x40_00) {
    target[at] = 0x40 | (value >>> 8)
    target[at + 1] = value
    return at + 2
  }
  if (value < 0x40_00_00_00) {
    target[at] = 0x80 | (value >>> 24)
    target[at + 1] = value >>> 16
    target[at + 2] = value >>> 8
    target[at + 3] = value
    return at + 4
  }
  return writeUint64(target, at, value, 0xc0)
}

/** Writes `value` in eight bytes; the first is combined with `prefix`. */
const writeUint64 = (target: Uint8Array, at: number, value: number, prefix: number): number => {
  const high = Math.floor(value / 2 ** 32)
  const low = value >>> 0
  target[at] = prefix | (high >>> 24)
  target[at + 1] = high >>> 16
  target[at + 2] = high >>> 8
  target[at + 3] = high
  target[at + 4] = low >>> 24
  target[at + 5] = low >>> 16
  target[at + 6] = low >>> 8
  target[at + 7] = low
  return at + 8
}

/**
 * Reads [start, end) of `bytes`, which a peer wrote. Reading past the end, or an integer of 2⁵³ or more, sets `hasFailed`; from then
 * on every method returns 0.
 */
export class Reader {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
  hasFailed = false

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    this.at = start
    this.end = end
  }

  get isAtEnd(): boolean {
    return this.at >= this.end
  }

  /** The next byte. */
  byte(): number {
    if (this.at >= this.end) return this.#fail()
    return this.bytes[this.at++] ?? 0
  }

  /** The next variable-length integer. */
  varint(): number {
    const { at, bytes } = this
    const first = bytes[at] ?? 0
    const length = lengthOf(first)
    if (at + length > this.end) return this.#fail()
    this.at = at + length
    if (length === 1) return first
    const second = bytes[at + 1] ?? 0
    if (length === 2) return ((first & 0x3f) << 8) | second
    const high = (((first & 0x3f) << 24) | (second << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
    if (length === 4) return high
    if (high >= 2 ** 21) return this.#fail()
    const low = ((bytes[at + 4] ?? 0) * 2 ** 24) +
      (((bytes[at + 5] ?? 0) << 16) | ((bytes[at + 6] ?? 0) << 8) | (bytes[at + 7] ?? 0))
    return high * 2 ** 32 + low
  }

  /** Skips `length` bytes and returns the offset where they start. */
  take(length: number): number {
    if (this.at + length > this.end) return this.#fail()
    const start = this.at
    this.at += length
    return start
  }

  #fail(): number {
    this.hasFailed = true
    this.at = this.end
    return 0
  }
}

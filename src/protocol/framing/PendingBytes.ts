/**
 * Collects the bytes of a message that has no end yet. Each byte is copied at most twice on average, however small the pieces are, and
 * the buffer is at most twice as long as they are together, so that a piece does not keep the read that it came in.
 */
export class PendingBytes {
  #buffer = none
  #length = 0

  get length(): number {
    return this.#length
  }

  /** All bytes; valid until the next call. */
  all(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** The last bytes, at most `count`; valid until the next call. */
  last(count: number): Uint8Array {
    return this.#buffer.subarray(Math.max(0, this.#length - count), this.#length)
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#buffer.length, leastBytes))
      larger.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#length)
    this.#length = length
  }

  /** Removes and returns all bytes, and `last` behind them: `last` itself where nothing was collected. */
  takeWith(last: Uint8Array): Uint8Array {
    if (this.#length === 0) return last
    this.append(last)
    return this.take()
  }

  /** Removes and returns all bytes. */
  take(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.#length)
    this.clear()
    return bytes
  }

  clear(): void {
    this.#buffer = none
    this.#length = 0
  }
}

const none = new Uint8Array(0)

/** Bytes of the smallest buffer: a message that a person types. */
const leastBytes = 64

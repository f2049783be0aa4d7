/**
 * How much the peer may send before more is read (RFC 9000 §4): a window that slides with the reader, and doubles while it is
 * what holds the sender back. It counts bytes and knows neither streams nor frames.
 */

/** Of a window, what is read before the peer is told. The rest has to last for the round trip that it takes to hear of it. */
const toldShare = 1 / 4

export class FlowControl {
  #windowBytes: number
  readonly #maxBytes: number
  #limitBytes: number
  #raisedAt = -Infinity

  constructor(windowBytes: number, maxBytes: number) {
    this.#windowBytes = windowBytes
    this.#maxBytes = Math.max(windowBytes, maxBytes)
    this.#limitBytes = windowBytes
  }

  /** What the peer was allowed, counted from the beginning. */
  get limitBytes(): number {
    return this.#limitBytes
  }

  get windowBytes(): number {
    return this.#windowBytes
  }

  /** Whether so much was read that the peer should be told. */
  isStale(readBytes: number): boolean {
    return this.#limitBytes - readBytes <= this.#windowBytes * (1 - toldShare)
  }

  /** The new limit. When a quarter of a window went within a round trip, the next is twice as large. */
  raise(readBytes: number, roundTripMillis: number, now: number): number {
    if (now - this.#raisedAt < roundTripMillis) this.#windowBytes = Math.min(2 * this.#windowBytes, this.#maxBytes)
    this.#raisedAt = now
    this.#limitBytes = Math.max(this.#limitBytes, readBytes + this.#windowBytes)
    return this.#limitBytes
  }
}

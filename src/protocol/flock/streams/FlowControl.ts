/**
 * Receive-side flow control (RFC 9000 §4; docs/PROTOCOL.md, flock §5.3): a window that slides as data is read, and doubles while it
 * limits the sender. It counts bytes of one stream or of one session.
 */

/**
 * Share of a window that is read before the peer receives a new limit. The rest must last for the round trip until the new limit
 * takes effect.
 */
const updateShare = 1 / 4

/** The limit for one sender, in bytes from the beginning. */
export class FlowControl {
  #windowBytes: number
  readonly #maxBytes: number
  #limitBytes: number
  #raisedAt = -Infinity

  /** The window starts with `windowBytes` and grows up to `maxBytes`. */
  constructor(windowBytes: number, maxBytes: number) {
    this.#windowBytes = windowBytes
    this.#maxBytes = Math.max(windowBytes, maxBytes)
    this.#limitBytes = windowBytes
  }

  /** The limit that the peer was given, as an offset. */
  get limitBytes(): number {
    return this.#limitBytes
  }

  /** Current size of the window. */
  get windowBytes(): number {
    return this.#windowBytes
  }

  /** Whether enough was read that the peer should receive a new limit. */
  isUpdateDue(readBytes: number): boolean {
    return this.#limitBytes - readBytes <= this.#windowBytes * (1 - updateShare)
  }

  /** Raises the limit and returns it. When a quarter of the window was read within a round trip, the window doubles. */
  raise(readBytes: number, roundTripMillis: number, now: number): number {
    if (now - this.#raisedAt < roundTripMillis) this.#windowBytes = Math.min(2 * this.#windowBytes, this.#maxBytes)
    this.#raisedAt = now
    this.#limitBytes = Math.max(this.#limitBytes, readBytes + this.#windowBytes)
    return this.#limitBytes
  }
}

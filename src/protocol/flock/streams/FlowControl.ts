/**
 * Receive-side flow control (RFC 9000 §4; docs/PROTOCOL.md, flock §5.3): a window that slides as data is read, and doubles while it
 * limits the sender. It counts bytes of one stream or of one session.
 */

/**
 * Share of a window that is read before the peer receives a new limit. The rest must last for the round trip until the new limit
 * takes effect.
 */
const updateShare = 1 / 4

/** Whether the window may grow by so many bytes. */
export type MayGrow = (bytes: number) => boolean

/** The limit for one sender, in bytes from the beginning. */
export class FlowControl {
  #windowBytes: number
  readonly #maxBytes: number
  readonly #mayGrow: MayGrow
  #limitBytes: number
  #raisedAt = -Infinity

  /** The window starts with `windowBytes` and grows up to `maxBytes`, as far as `mayGrow` allows it. */
  constructor(windowBytes: number, maxBytes: number, mayGrow: MayGrow = () => true) {
    this.#windowBytes = windowBytes
    this.#maxBytes = Math.max(windowBytes, maxBytes)
    this.#mayGrow = mayGrow
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
    const moreBytes = Math.min(this.#windowBytes, this.#maxBytes - this.#windowBytes)
    if (now - this.#raisedAt < roundTripMillis && moreBytes > 0 && this.#mayGrow(moreBytes)) {
      this.#windowBytes += moreBytes
    }
    this.#raisedAt = now
    this.#limitBytes = Math.max(this.#limitBytes, readBytes + this.#windowBytes)
    return this.#limitBytes
  }
}

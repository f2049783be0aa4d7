/**
 * The least round trip of the last seconds, which is the path without its queues, and when it is time to empty the queue to
 * see it again (draft-ietf-ccwg-bbr, "ProbeRTT").
 */
const filterMillis = 10_000
const probeIntervalMillis = 5000

export class MinRoundTrip {
  /** Infinity before the first sample. */
  millis = Infinity
  isProbeDue = false
  #seenAt = -Infinity
  #probeMillis = Infinity
  #probeSeenAt: number

  constructor(now: number) {
    this.#probeSeenAt = now
  }

  update(sampleMillis: number, now: number): void {
    this.isProbeDue = now > this.#probeSeenAt + probeIntervalMillis
    if (sampleMillis < this.#probeMillis || this.isProbeDue) {
      this.#probeMillis = sampleMillis
      this.#probeSeenAt = now
    }
    if (this.#probeMillis < this.millis || now > this.#seenAt + filterMillis) {
      this.millis = this.#probeMillis
      this.#seenAt = this.#probeSeenAt
    }
  }

  /** The queue was just emptied: the next time is an interval from now. */
  probed(now: number): void {
    this.#probeSeenAt = now
  }
}

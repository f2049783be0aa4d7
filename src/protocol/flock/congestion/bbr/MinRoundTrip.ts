/**
 * The least round trip of the last seconds, which is the path without its queues, and when it is time to empty the queue to
 * see it again (draft-ietf-ccwg-bbr, "ProbeRTT").
 */
const probeIntervalMillis = 5000
/** A probe costs about a round trip: on a long path they are further apart than in the draft. */
const probeIntervalRounds = 20
/** So many intervals are looked back on. */
const filterIntervals = 2

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
    const intervalMillis = this.millis === Infinity
      ? probeIntervalMillis
      : Math.max(probeIntervalMillis, probeIntervalRounds * this.millis)
    this.isProbeDue = now > this.#probeSeenAt + intervalMillis
    if (this.isProbeDue) this.#probeMillis = sampleMillis
    // As short as the least shows the path without its queues too: no probe has to empty them.
    if (sampleMillis <= this.#probeMillis) {
      this.#probeMillis = sampleMillis
      this.#probeSeenAt = now
    }
    if (this.#probeMillis < this.millis || now > this.#seenAt + filterIntervals * intervalMillis) {
      this.millis = this.#probeMillis
      this.#seenAt = this.#probeSeenAt
    }
  }

  /** The queue was just emptied: the next time is an interval from now. */
  probed(now: number): void {
    this.#probeSeenAt = now
  }
}

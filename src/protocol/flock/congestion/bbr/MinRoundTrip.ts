/**
 * The minimum round trip of the last seconds: the round trip of the path without queues; and when to drain the queue to measure it
 * again (draft-ietf-ccwg-bbr, "ProbeRTT"). Times are milliseconds.
 */
const probeIntervalMillis = 5000
/** A probe costs about a round trip: on a long path the interval is longer than in the draft. */
const probeIntervalRounds = 20
/** The minimum covers this many intervals. */
const filterIntervals = 2

/** The minimum filter of one path. */
export class MinRoundTrip {
  /** The minimum; Infinity before the first sample. */
  millis = Infinity
  /** Whether ProbeRTT is due. */
  isProbeDue = false
  #seenAt = -Infinity
  #probeMillis = Infinity
  #probeSeenAt: number

  constructor(now: number) {
    this.#probeSeenAt = now
  }

  /** Adds a sample. */
  update(sampleMillis: number, now: number): void {
    const intervalMillis = this.millis === Infinity
      ? probeIntervalMillis
      : Math.max(probeIntervalMillis, probeIntervalRounds * this.millis)
    this.isProbeDue = now > this.#probeSeenAt + intervalMillis
    if (this.isProbeDue) this.#probeMillis = sampleMillis
    // A sample as short as the minimum also shows the path without queues: no probe is necessary.
    if (sampleMillis <= this.#probeMillis) {
      this.#probeMillis = sampleMillis
      this.#probeSeenAt = now
    }
    if (this.#probeMillis < this.millis || now > this.#seenAt + filterIntervals * intervalMillis) {
      this.millis = this.#probeMillis
      this.#seenAt = this.#probeSeenAt
    }
  }

  /** ProbeRTT is complete: the next one is due an interval from now. */
  probed(now: number): void {
    this.#probeSeenAt = now
  }
}

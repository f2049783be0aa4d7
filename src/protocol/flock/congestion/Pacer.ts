/**
 * A token bucket that spreads datagrams over time (RFC 9002 §7.7; docs/PROTOCOL.md, flock §8.2), in steps as coarse as timers are.
 * Times are milliseconds, rates bytes per millisecond.
 */
export class Pacer {
  #creditBytes: number
  #updatedAt: number

  /** The first `burstBytes` may be sent at once. */
  constructor(burstBytes: number, now: number) {
    this.#creditBytes = burstBytes
    this.#updatedAt = now
  }

  /** The session has moved to another path: it begins again with `burstBytes`. */
  restart(burstBytes: number, now: number): void {
    this.#creditBytes = burstBytes
    this.#updatedAt = now
  }

  /**
   * Bytes that may be sent now, Infinity when the rate is. Credit accumulates for at most `maxTimerDelayMillis`, or up to a quantum:
   * longer pauses are not made up for.
   */
  allowance(rateBytesPerMilli: number, quantumBytes: number, maxTimerDelayMillis: number, now: number): number {
    if (rateBytesPerMilli === Infinity) return Infinity
    const maxCreditBytes = Math.max(quantumBytes, rateBytesPerMilli * maxTimerDelayMillis)
    this.#creditBytes = Math.min(maxCreditBytes, this.#creditBytes + (now - this.#updatedAt) * rateBytesPerMilli)
    this.#updatedAt = now
    return this.#creditBytes
  }

  /** Bytes were sent; the credit may become negative. */
  onSent(bytes: number): void {
    this.#creditBytes -= bytes
  }

  /** When `quantumBytes` may be sent. */
  dueAt(rateBytesPerMilli: number, quantumBytes: number): number {
    if (rateBytesPerMilli === Infinity) return this.#updatedAt
    return this.#updatedAt + Math.max(0, quantumBytes - this.#creditBytes) / rateBytesPerMilli
  }
}

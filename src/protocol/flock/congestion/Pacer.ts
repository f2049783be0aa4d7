/**
 * Spreads what the window allows over time, in steps as coarse as timers are. It knows a rate and a burst; what is sent, and
 * whether the window has room, is the sender's business.
 */
export class Pacer {
  #creditBytes: number
  #updatedAt: number

  /** The first `burstBytes` may go at once. */
  constructor(burstBytes: number, now: number) {
    this.#creditBytes = burstBytes
    this.#updatedAt = now
  }

  /**
   * Bytes that may go now. Credit is gathered for as long as a timer may be late, no longer: a pause is not caught up on.
   */
  allowance(rateBytesPerMilli: number, quantumBytes: number, maxTimerDelayMillis: number, now: number): number {
    if (rateBytesPerMilli === Infinity) return Infinity
    const maxCreditBytes = Math.max(quantumBytes, rateBytesPerMilli * maxTimerDelayMillis)
    this.#creditBytes = Math.min(maxCreditBytes, this.#creditBytes + (now - this.#updatedAt) * rateBytesPerMilli)
    this.#updatedAt = now
    return this.#creditBytes
  }

  onSent(bytes: number): void {
    this.#creditBytes -= bytes
  }

  /** When a quantum may go, in milliseconds. */
  dueAt(rateBytesPerMilli: number, quantumBytes: number): number {
    if (rateBytesPerMilli === Infinity) return this.#updatedAt
    return this.#updatedAt + Math.max(0, quantumBytes - this.#creditBytes) / rateBytesPerMilli
  }
}

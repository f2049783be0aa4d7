/**
 * The retransmission timeout of RFC 6298, with the minimum and the maximum of this wire (docs/PROTOCOL.md §5.1).
 */
import type { TimingValues } from "./TimingValues.ts"

/** Estimates the round trip; all values are milliseconds. The caller applies Karn's algorithm: see `sample`. */
export class RetransmissionTimeout {
  readonly #timing: TimingValues
  #smoothedMillis: number | undefined
  #variationMillis = 0
  #backoff = 1

  constructor(timing: TimingValues) {
    this.#timing = timing
  }

  /** SRTT; undefined before the first sample. */
  get smoothedMillis(): number | undefined {
    return this.#smoothedMillis
  }

  /** RTO: the time to wait for an answer, with the back-off. */
  get timeoutMillis(): number {
    const { firstTimeoutMillis, maxTimeoutMillis, minTimeoutMillis } = this.#timing
    const base = this.#smoothedMillis === undefined
      ? firstTimeoutMillis
      : Math.max(minTimeoutMillis, this.#smoothedMillis + 4 * this.#variationMillis)
    return Math.min(maxTimeoutMillis, base * this.#backoff)
  }

  /** Adds the round trip of a frame that was transmitted once (RFC 6298 §2.2–2.3, §3). */
  sample(millis: number): void {
    if (this.#smoothedMillis === undefined) {
      this.#smoothedMillis = millis
      this.#variationMillis = millis / 2
    } else {
      this.#variationMillis += (Math.abs(this.#smoothedMillis - millis) - this.#variationMillis) / 4
      this.#smoothedMillis += (millis - this.#smoothedMillis) / 8
    }
  }

  /** A timeout expired: doubles the next one, up to the maximum (RFC 6298 §5.5). */
  backOff(): void {
    if (this.timeoutMillis < this.#timing.maxTimeoutMillis) this.#backoff *= 2
  }

  /** An answer was received: the next frame starts without back-off. */
  resetBackoff(): void {
    this.#backoff = 1
  }
}

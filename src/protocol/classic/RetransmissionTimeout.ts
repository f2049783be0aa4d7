/**
 * The retransmission timeout of RFC 6298, with a floor and a cap of our own (docs/PROTOCOL.md §5.1).
 */
import type { TimingValues } from "./TimingValues.ts"

/** Estimates the round trip; all values are milliseconds. Karn's rule is the caller's: sample only what went once. */
export class RetransmissionTimeout {
  readonly #timing: TimingValues
  #smoothedMillis: number | undefined
  #variationMillis = 0
  #backoff = 1

  constructor(timing: TimingValues) {
    this.#timing = timing
  }

  /** The smoothed round trip, or undefined before the first sample. */
  get smoothedMillis(): number | undefined {
    return this.#smoothedMillis
  }

  /** How long to wait for an answer now. */
  get timeoutMillis(): number {
    const { firstTimeoutMillis, maxTimeoutMillis, minTimeoutMillis } = this.#timing
    const base = this.#smoothedMillis === undefined
      ? firstTimeoutMillis
      : Math.max(minTimeoutMillis, this.#smoothedMillis + 4 * this.#variationMillis)
    return Math.min(maxTimeoutMillis, base * this.#backoff)
  }

  /** RFC 6298 §2.2–2.3: a frame that was sent once was answered after `millis`. */
  sample(millis: number): void {
    if (this.#smoothedMillis === undefined) {
      this.#smoothedMillis = millis
      this.#variationMillis = millis / 2
    } else {
      this.#variationMillis += (Math.abs(this.#smoothedMillis - millis) - this.#variationMillis) / 4
      this.#smoothedMillis += (millis - this.#smoothedMillis) / 8
    }
  }

  /** RFC 6298 §5.5: a timeout passed, the next one is twice as long. */
  backOff(): void {
    if (this.timeoutMillis < this.#timing.maxTimeoutMillis) this.#backoff *= 2
  }

  /** An answer came: the next frame starts from the estimate again. */
  resetBackoff(): void {
    this.#backoff = 1
  }
}

/** The round-trip estimate of a session (RFC 9002 §5) and the timeouts derived from it (RFC 9002 §6). */
import * as Limits from "../../ProtocolLimits.ts"

/** Estimates the round trip from samples; all values are milliseconds. */
export class RoundTrip {
  #latestMillis = 0
  #minMillis = Infinity
  #smoothedMillis: number | undefined
  #variationMillis = Limits.firstRoundTripMillis / 2

  /** The newest sample; 0 before the first. */
  get latestMillis(): number {
    return this.#latestMillis
  }

  /** The smallest sample; Infinity before the first. */
  get minMillis(): number {
    return this.#minMillis
  }

  /** The smoothed round trip; `Limits.firstRoundTripMillis` before the first sample. */
  get smoothedMillis(): number {
    return this.#smoothedMillis ?? Limits.firstRoundTripMillis
  }

  /** The mean deviation of the samples (rttvar). */
  get variationMillis(): number {
    return this.#variationMillis
  }

  /** Whether there was a sample. */
  get isMeasured(): boolean {
    return this.#smoothedMillis !== undefined
  }

  /**
   * Adds a sample (RFC 9002 §5.3): the time from sending the newest acknowledged packet to its ACK. `ackDelayMillis` is how long the
   * peer delayed the ACK, already bounded by its maximum.
   */
  sample(measuredMillis: number, ackDelayMillis: number): void {
    // A longer sample comes from a program that was suspended, not from the path: the timers must not wait that long.
    const millis = Math.min(measuredMillis, Limits.longestRoundTripMillis)
    this.#latestMillis = millis
    this.#minMillis = Math.min(this.#minMillis, millis)
    if (this.#smoothedMillis === undefined) {
      this.#smoothedMillis = millis
      this.#variationMillis = millis / 2
      return
    }
    // A reported delay that would make the sample less than the minimum is ignored.
    const adjusted = millis >= this.#minMillis + ackDelayMillis ? millis - ackDelayMillis : millis
    this.#variationMillis += (Math.abs(this.#smoothedMillis - adjusted) - this.#variationMillis) / 4
    this.#smoothedMillis += (adjusted - this.#smoothedMillis) / 8
  }

  /** Time threshold (RFC 9002 §6.1.2): a packet that was sent this long ago is lost when a later one was acknowledged. */
  get lossDelayMillis(): number {
    const longest = Math.max(this.smoothedMillis, this.#latestMillis)
    return Math.max(longest * 9 / 8, Limits.timerStepMillis)
  }

  /**
   * Probe timeout after `timeouts` consecutive ones (RFC 9002 §6.2.1). It doubles each time, up to `Limits.probeTimeoutMillis`; on a
   * path whose first timeout is longer it does not grow.
   */
  probeTimeoutMillis(maxAckDelayMillis: number, timeouts: number): number {
    const once = this.smoothedMillis + Math.max(4 * this.#variationMillis, Limits.timerStepMillis) + maxAckDelayMillis
    return Math.max(once, Math.min(once * 2 ** timeouts, Limits.probeTimeoutMillis))
  }
}

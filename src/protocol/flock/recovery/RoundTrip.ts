/** The round trip of a flock connection (RFC 9002 §5) and the timers that follow from it (§6). */
import * as Limits from "../../ProtocolLimits.ts"

/** Estimates the round trip; all values are milliseconds. */
export class RoundTrip {
  #latestMillis = 0
  #minMillis = Infinity
  #smoothedMillis: number | undefined
  #variationMillis = Limits.firstRoundTripMillis / 2

  get latestMillis(): number {
    return this.#latestMillis
  }

  /** Infinity before the first sample. */
  get minMillis(): number {
    return this.#minMillis
  }

  /** `Limits.firstRoundTripMillis` before the first sample. */
  get smoothedMillis(): number {
    return this.#smoothedMillis ?? Limits.firstRoundTripMillis
  }

  get variationMillis(): number {
    return this.#variationMillis
  }

  get isMeasured(): boolean {
    return this.#smoothedMillis !== undefined
  }

  /** §5.3: the newest packet of an ACK took `millis`, of which the peer waited `ackDelayMillis`, already within its bound. */
  sample(measuredMillis: number, ackDelayMillis: number): void {
    // What took longer is a program that stood still, not a path: the timers must not wait for as long again.
    const millis = Math.min(measuredMillis, Limits.longestRoundTripMillis)
    this.#latestMillis = millis
    this.#minMillis = Math.min(this.#minMillis, millis)
    if (this.#smoothedMillis === undefined) {
      this.#smoothedMillis = millis
      this.#variationMillis = millis / 2
      return
    }
    // An acknowledged wait that would make it shorter than the path is not believed.
    const adjusted = millis >= this.#minMillis + ackDelayMillis ? millis - ackDelayMillis : millis
    this.#variationMillis += (Math.abs(this.#smoothedMillis - adjusted) - this.#variationMillis) / 4
    this.#smoothedMillis += (adjusted - this.#smoothedMillis) / 8
  }

  /** §6.1.2: a packet is lost when one sent that much later was acknowledged, once so long has passed. */
  get lossDelayMillis(): number {
    const longest = Math.max(this.smoothedMillis, this.#latestMillis)
    return Math.max(longest * 9 / 8, Limits.timerStepMillis)
  }

  /** §6.2.1: how long to wait for any acknowledgement after so many timeouts in a row; twice as long each time, in bounds. */
  probeTimeoutMillis(maxAckDelayMillis: number, timeouts: number): number {
    const once = this.smoothedMillis + Math.max(4 * this.#variationMillis, Limits.timerStepMillis) + maxAckDelayMillis
    return Math.max(once, Math.min(once * 2 ** timeouts, Limits.probeTimeoutMillis))
  }
}

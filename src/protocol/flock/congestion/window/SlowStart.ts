/**
 * HyStart++ (RFC 9406): slow start ends when the round trip increases, before the queue overflows. When the increase disappears it
 * was jitter, and slow start continues. Constants are those of RFC 9406 §4.3.
 */
import type { Ack } from "../Congestion.ts"

const minRiseMillis = 4
const maxRiseMillis = 16
const riseDivisor = 8
const samplesNeeded = 8
const conservativeDivisor = 4
const conservativeRounds = 5

/** One slow start. Times are milliseconds. */
export class SlowStart {
  #endsAtBytes = 0
  #lastMillis = Infinity
  #currentMillis = Infinity
  #samples = 0
  /** Minimum round trip of the round in which Conservative Slow Start began; undefined outside of it. */
  #baselineMillis: number | undefined
  #roundsLeft = conservativeRounds
  /** Whether congestion avoidance begins. */
  isOver = false

  /** Bytes by which the window grows for `ack`. */
  growthBytes(ack: Ack): number {
    if (ack.priorDeliveredBytes >= this.#endsAtBytes) this.#endRound(ack)
    this.#currentMillis = Math.min(this.#currentMillis, ack.roundTripMillis)
    this.#samples++
    if (this.#baselineMillis !== undefined) {
      if (this.#samples >= samplesNeeded && this.#currentMillis < this.#baselineMillis) this.#baselineMillis = undefined
      return ack.newlyAckedBytes / conservativeDivisor
    }
    const rise = Math.max(minRiseMillis, Math.min(this.#lastMillis / riseDivisor, maxRiseMillis))
    if (this.#samples >= samplesNeeded && this.#currentMillis >= this.#lastMillis + rise) {
      this.#baselineMillis = this.#currentMillis
      this.#roundsLeft = conservativeRounds
    }
    return ack.newlyAckedBytes
  }

  #endRound(ack: Ack): void {
    this.#endsAtBytes = ack.deliveredBytes
    if (this.#baselineMillis !== undefined && --this.#roundsLeft === 0) this.isOver = true
    this.#lastMillis = this.#currentMillis
    this.#currentMillis = Infinity
    this.#samples = 0
  }
}

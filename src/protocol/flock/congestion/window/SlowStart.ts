/**
 * HyStart++ (RFC 9406): slow start ends when the round trip grows, before the queue overflows. A growth that goes away again was
 * jitter: slow start goes on. Its only output is by how much the window grows.
 */
import type { Ack } from "../Congestion.ts"

const minRiseMillis = 4
const maxRiseMillis = 16
const riseDivisor = 8
const samplesNeeded = 8
const conservativeDivisor = 4
const conservativeRounds = 5

export class SlowStart {
  #endsAtBytes = 0
  #lastMillis = Infinity
  #currentMillis = Infinity
  #samples = 0
  /** The least of the round in which the conservative phase began; undefined outside it. */
  #baselineMillis: number | undefined
  #roundsLeft = conservativeRounds
  isOver = false

  /** Bytes by which the window grows for this acknowledgement. */
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

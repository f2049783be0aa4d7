/**
 * Whether losses mean congestion. Random loss does not fill a queue: only in rounds whose round trip has risen above the least
 * one is loss taken for congestion, and then only what exceeds the loss that is there anyhow. This is our change to the draft.
 */
import type { Ack } from "../Congestion.ts"

/** A round trip has risen when it is above the least one by that share of it, and by so many milliseconds. */
const riseShare = 0.2
const riseMillis = 1
/** How fast the background follows, a round: loss that goes on while we hold still, queue or not, is not ours either. */
const backgroundShare = 1 / 8
const queueingBackgroundShare = 1 / 32
/** More loss than that is congestion, whatever the round trip says: a path with hardly a queue, or one that is policed. */
const ceiling = 0.25

export class Congested {
  /** The greatest round trip of this round and the one before, in milliseconds. */
  #thisRoundMillis = 0
  #lastRoundMillis = 0
  #minMillis = Infinity
  #startDeliveredBytes = 0
  #startLostBytes = 0
  /** Share of bytes that is lost anyhow. */
  background = 0

  /** Once an acknowledgement, before its round is used. */
  update(ack: Ack, minMillis: number, isRoundStart: boolean): void {
    this.#minMillis = minMillis
    if (isRoundStart) this.#endRound(ack)
    if (ack.roundTripMillis > this.#thisRoundMillis) this.#thisRoundMillis = ack.roundTripMillis
  }

  get isQueueing(): boolean {
    const recent = Math.max(this.#thisRoundMillis, this.#lastRoundMillis)
    return recent > this.#minMillis + Math.max(riseMillis, this.#minMillis * riseShare)
  }

  /** Whether `lostBytes` of `sentBytes` exceed `threshold` because of congestion. */
  exceeds(lostBytes: number, sentBytes: number, threshold: number): boolean {
    if (lostBytes <= sentBytes * threshold) return false
    if (lostBytes > sentBytes * ceiling) return true
    return this.isQueueing && lostBytes > sentBytes * (threshold + this.background)
  }

  #endRound(ack: Ack): void {
    const deliveredBytes = ack.deliveredBytes - this.#startDeliveredBytes
    const lostBytes = ack.lostBytes - this.#startLostBytes
    if (deliveredBytes > 0) {
      const share = Math.min(ceiling, lostBytes / (lostBytes + deliveredBytes))
      this.background += (share - this.background) * (this.isQueueing ? queueingBackgroundShare : backgroundShare)
    }
    this.#startDeliveredBytes = ack.deliveredBytes
    this.#startLostBytes = ack.lostBytes
    this.#lastRoundMillis = this.#thisRoundMillis
    this.#thisRoundMillis = 0
  }
}

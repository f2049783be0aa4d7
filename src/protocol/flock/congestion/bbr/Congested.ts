/**
 * Whether losses mean congestion. Random loss does not fill a queue: only in rounds whose round trip has risen above the least
 * one is loss taken for congestion, and then only what exceeds the loss that is there anyhow. This is our change to the draft.
 */
import type { Ack } from "../Congestion.ts"

/** A round trip has risen when it is above the least one by that share of it, and by so many milliseconds. */
const riseShare = 0.2
const riseMillis = 1
/** The same of a deep queue. */
const deepQueueShare = 1
const deepQueueMillis = 20
/** How fast the background follows, a round: loss that goes on while we hold still, queue or not, is not ours either. */
const backgroundShare = 1 / 8
const queueingBackgroundShare = 1 / 32
/** More loss than that is congestion, whatever the round trip and the background say. */
const ceiling = 0.8
/** The most that a round with a queue tells of the background: the rest is ours. */
const queueingCeiling = 0.25
/**
 * So much of the background nothing makes up for. Where sending more only loses more, as on a path that is policed, what is
 * made up for shrinks by it time after time, until nothing is lost.
 */
const acceptedShare = 0.05
const maxLossCompensation = 2.5

export class Congested {
  /** The greatest round trip of this round and the one before, in milliseconds. */
  #thisRoundMillis = 0
  #lastRoundMillis = 0
  #minMillis = Infinity
  /** When a round trip last showed no deep queue, and how long ago that was. */
  #noDeepQueueAt = 0
  #deepQueueMillis = 0
  #startDeliveredBytes = 0
  #startLostBytes = 0
  /** Share of bytes that is lost anyhow. */
  backgroundLoss = 0

  /** Once an acknowledgement, before its round is used. */
  update(ack: Ack, minMillis: number, isRoundStart: boolean, now: number): void {
    this.#minMillis = minMillis
    if (isRoundStart) this.#endRound(ack)
    if (ack.roundTripMillis > this.#thisRoundMillis) this.#thisRoundMillis = ack.roundTripMillis
    const hasDeepQueue = ack.roundTripMillis > minMillis + Math.max(deepQueueMillis, minMillis * deepQueueShare)
    if (!hasDeepQueue) this.#noDeepQueueAt = now
    this.#deepQueueMillis = now - this.#noDeepQueueAt
  }

  get isQueueing(): boolean {
    const recent = Math.max(this.#thisRoundMillis, this.#lastRoundMillis)
    return recent > this.#minMillis + Math.max(riseMillis, this.#minMillis * riseShare)
  }

  /** For a least round trip all has met a queue that no late timer and no busy program looks like. */
  get isDeep(): boolean {
    return this.#deepQueueMillis > this.#minMillis
  }

  /** How many times as much has to be sent for as much to arrive; 1 while there is a queue, where more would not arrive. */
  get lossCompensation(): number {
    if (this.isQueueing) return 1
    return Math.min(maxLossCompensation, 1 / (1 - Math.max(0, this.backgroundLoss - acceptedShare)))
  }

  /** Whether `lostBytes` of `sentBytes` exceed `threshold` because of congestion. */
  exceeds(lostBytes: number, sentBytes: number, threshold: number): boolean {
    if (lostBytes <= sentBytes * threshold) return false
    if (lostBytes > sentBytes * ceiling) return true
    return this.isQueueing && lostBytes > sentBytes * (threshold + this.backgroundLoss)
  }

  #endRound(ack: Ack): void {
    const deliveredBytes = ack.deliveredBytes - this.#startDeliveredBytes
    const lostBytes = ack.lostBytes - this.#startLostBytes
    if (deliveredBytes > 0) {
      const [most, follow] = this.isQueueing ? [queueingCeiling, queueingBackgroundShare] : [ceiling, backgroundShare]
      const share = Math.min(most, lostBytes / (lostBytes + deliveredBytes))
      this.backgroundLoss += (share - this.backgroundLoss) * follow
    }
    this.#startDeliveredBytes = ack.deliveredBytes
    this.#startLostBytes = ack.lostBytes
    this.#lastRoundMillis = this.#thisRoundMillis
    this.#thisRoundMillis = 0
  }
}

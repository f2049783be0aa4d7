/**
 * Distinguishes loss by congestion from random loss. Random loss does not fill a queue: loss counts as congestion only in rounds
 * whose round trip has risen above the minimum, and then only the part that exceeds the background loss. This is our change to
 * draft-ietf-ccwg-bbr (docs/PROTOCOL.md, flock §8.1).
 */
import type { Ack } from "../Congestion.ts"

/** A round trip has risen when it exceeds the minimum by the larger of this share of it and these milliseconds. */
const riseShare = 0.2
const riseMillis = 1
/** The same for a deep queue. */
const deepQueueShare = 1
const deepQueueMillis = 20
/** Gain of the background loss per round. Loss that continues while our rate is constant is not ours either, with a queue or not. */
const backgroundShare = 1 / 8
const queueingBackgroundShare = 1 / 32
/** A larger share of loss is congestion, regardless of round trip and background loss. */
const ceiling = 0.8
/** Largest share of loss that a round with a queue contributes to the background loss: the rest is caused by us. */
const queueingCeiling = 0.25
/**
 * Background loss that is not compensated. Where sending more only causes more loss, as on a path with a policer, this reduces the
 * compensation step by step until nothing is lost.
 */
const acceptedShare = 0.05
const maxLossCompensation = 2.5

/** Loss and round trips of the last two rounds. Times are milliseconds. */
export class Congested {
  /** Largest round trip of this round and of the previous one. */
  #thisRoundMillis = 0
  #lastRoundMillis = 0
  #minMillis = Infinity
  /** When a round trip last showed no deep queue, and how long ago that was at the last ACK. */
  #noDeepQueueAt = 0
  #deepQueueMillis = 0
  #startDeliveredBytes = 0
  #startLostBytes = 0
  /** Background loss: the share of bytes that is lost without congestion. */
  backgroundLoss = 0

  /** Processes an ACK; called before the ACK's round is evaluated. */
  update(ack: Ack, minMillis: number, isRoundStart: boolean, now: number): void {
    this.#minMillis = minMillis
    if (isRoundStart) this.#endRound(ack)
    if (ack.roundTripMillis > this.#thisRoundMillis) this.#thisRoundMillis = ack.roundTripMillis
    const hasDeepQueue = ack.roundTripMillis > minMillis + Math.max(deepQueueMillis, minMillis * deepQueueShare)
    if (!hasDeepQueue) this.#noDeepQueueAt = now
    this.#deepQueueMillis = now - this.#noDeepQueueAt
  }

  /** Whether the round trip shows a queue. */
  get isQueueing(): boolean {
    const recent = Math.max(this.#thisRoundMillis, this.#lastRoundMillis)
    return recent > this.#minMillis + Math.max(riseMillis, this.#minMillis * riseShare)
  }

  /** Whether every packet has met a deep queue for a minimum round trip: more than a late timer or a busy program can cause. */
  get isDeep(): boolean {
    return this.#deepQueueMillis > this.#minMillis
  }

  /** Factor that compensates for background loss in rate and window; 1 while there is a queue, where more would not arrive. */
  get lossCompensation(): number {
    if (this.isQueueing) return 1
    return Math.min(maxLossCompensation, 1 / (1 - Math.max(0, this.backgroundLoss - acceptedShare)))
  }

  /** Whether the share of `lostBytes` in `sentBytes` exceeds `threshold` because of congestion. */
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

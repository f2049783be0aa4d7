/** Detects that the path is full: more data in flight no longer increases the bandwidth (draft-ietf-ccwg-bbr, BBR.full_bw_reached). */
import type { Ack } from "../Congestion.ts"

/** The path is full after this many consecutive rounds with less growth; with a queue, after one round less. */
const rounds = 3
const queueingRounds = 2
const growth = 1.25

/** The detector of one flow. */
export class FullPipe {
  #baseline = 0
  #rounds = 0
  /** Whether the path was found full since the last reset (BBR.full_bw_now). */
  isNow = false
  /** Whether the path was ever found full (BBR.full_bw_reached). */
  isReached = false

  /** Restarts the detection: looks for growth over `baselineBytesPerMilli`. */
  reset(baselineBytesPerMilli: number): void {
    this.#baseline = baselineBytesPerMilli
    this.#rounds = 0
    this.isNow = false
  }

  /** Called once per round. */
  update(ack: Ack, isLimited: boolean, isQueueing: boolean): void {
    if (this.isNow || isLimited) return
    if (ack.rateBytesPerMilli >= this.#baseline * growth) return this.reset(ack.rateBytesPerMilli)
    if (++this.#rounds >= (isQueueing ? queueingRounds : rounds)) this.#fill()
  }

  /** A deep queue exists: the first time this suffices, regardless of what limits the sender and of the growth of the bandwidth. */
  onDeepQueue(): void {
    if (!this.isReached) this.#fill()
  }

  #fill(): void {
    this.isNow = true
    this.isReached = true
  }
}

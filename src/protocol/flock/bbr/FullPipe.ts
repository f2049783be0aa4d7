/** Whether the bandwidth still grows when more is sent (draft-ietf-ccwg-bbr, "Bandwidth Plateau"). */
import type { Ack } from "../Congestion.ts"

/** The path is full when so many rounds in a row brought less growth than that; fewer when there is a queue too. */
const rounds = 3
const queueingRounds = 2
const deepRounds = 1
const growth = 1.25

/** What the round trip shows of it. */
interface Queue {
  readonly isQueueing: boolean
  readonly isDeeplyQueueing: boolean
}

export class FullPipe {
  #baseline = 0
  #rounds = 0
  /** Since the last reset. */
  isNow = false
  /** Ever. */
  isReached = false

  /** Looks anew, for growth over `baselineBytesPerMilli`. */
  reset(baselineBytesPerMilli: number): void {
    this.#baseline = baselineBytesPerMilli
    this.#rounds = 0
    this.isNow = false
  }

  /** Once a round. */
  update(ack: Ack, isLimited: boolean, { isDeeplyQueueing, isQueueing }: Queue): void {
    // Where a deep queue stands the path is full, whatever else limits the sender.
    if (this.isNow || (isLimited && !isDeeplyQueueing)) return
    if (ack.rateBytesPerMilli >= this.#baseline * growth) return this.reset(ack.rateBytesPerMilli)
    this.isNow =
      ++this.#rounds >= (isDeeplyQueueing && !this.isReached ? deepRounds : isQueueing ? queueingRounds : rounds)
    if (this.isNow) this.isReached = true
  }
}

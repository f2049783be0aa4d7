/** Whether the bandwidth still grows when more is sent (draft-ietf-ccwg-bbr, "Bandwidth Plateau"). */
import type { Ack } from "../Congestion.ts"

/** The path is full when so many rounds in a row brought less growth than that; one less when there is a queue too. */
const rounds = 3
const queueingRounds = 2
const growth = 1.25

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
  update(ack: Ack, isLimited: boolean, isQueueing: boolean): void {
    if (this.isNow || isLimited) return
    if (ack.rateBytesPerMilli >= this.#baseline * growth) return this.reset(ack.rateBytesPerMilli)
    if (++this.#rounds >= (isQueueing ? queueingRounds : rounds)) this.#fill()
  }

  /** A deep queue stands: the first time that is enough, whatever limits the sender and however the bandwidth seems to grow. */
  onDeepQueue(): void {
    if (!this.isReached) this.#fill()
  }

  #fill(): void {
    this.isNow = true
    this.isReached = true
  }
}

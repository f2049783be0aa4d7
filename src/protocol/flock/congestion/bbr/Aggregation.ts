/** ACK aggregation: bytes acknowledged beyond those expected (draft-ietf-ccwg-bbr, BBR.extra_acked), which the window must cover. */
import type { Ack } from "../Congestion.ts"
import { RecentMax } from "./RecentMax.ts"

/** The maximum covers two spans of this many rounds; of one round until the path is full. */
const spanRounds = 5

/** Estimates the aggregation of one path. */
export class Aggregation {
  readonly #extra = new RecentMax()
  #spanStartRound = 0
  #startedAt: number
  #deliveredBytes = 0

  constructor(now: number) {
    this.#startedAt = now
  }

  /** Maximum of the last two spans. */
  get extraBytes(): number {
    return this.#extra.value
  }

  /** Processes an ACK; `bytesPerMilli` is the expected rate. */
  update(ack: Ack, bytesPerMilli: number, windowBytes: number, round: number, isPipeFull: boolean, now: number): void {
    if (round >= this.#spanStartRound + (isPipeFull ? spanRounds : 1)) {
      this.#extra.advance()
      this.#spanStartRound = round
    }
    let expectedBytes = bytesPerMilli * (now - this.#startedAt)
    if (this.#deliveredBytes <= expectedBytes) {
      this.restart(now)
      expectedBytes = 0
    }
    this.#deliveredBytes += ack.newlyAckedBytes
    this.#extra.update(Math.min(this.#deliveredBytes - expectedBytes, windowBytes))
  }

  /** Starts a new interval, as after a pause. */
  restart(now: number): void {
    this.#startedAt = now
    this.#deliveredBytes = 0
  }
}

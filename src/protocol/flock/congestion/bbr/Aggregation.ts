/** How much more than expected is acknowledged at once (draft-ietf-ccwg-bbr, BBR.extra_acked): the window must cover it. */
import type { Ack } from "../Congestion.ts"
import { RecentMax } from "./RecentMax.ts"

/** Two spans of so many rounds are looked back on; while the path is not full, of one. */
const spanRounds = 5

export class Aggregation {
  readonly #extra = new RecentMax()
  #spanStartRound = 0
  #startedAt: number
  #deliveredBytes = 0

  constructor(now: number) {
    this.#startedAt = now
  }

  get extraBytes(): number {
    return this.#extra.value
  }

  /** `bytesPerMilli` is what is expected. */
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

  /** Counts from here, as after a pause. */
  restart(now: number): void {
    this.#startedAt = now
    this.#deliveredBytes = 0
  }
}

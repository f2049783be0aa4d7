/** Round trips counted in packets (draft-ietf-ccwg-bbr, BBR.round_count): one ends when what was sent after its start arrives. */
import type { Ack } from "../Congestion.ts"

export class Rounds {
  #endsAtBytes = 0
  count = 0
  /** Whether the acknowledgement under way began a round. */
  isStart = false

  update(ack: Ack): void {
    this.isStart = ack.priorDeliveredBytes >= this.#endsAtBytes
    if (!this.isStart) return
    this.restart(ack.deliveredBytes)
    this.count++
  }

  /** Counts from here: the round ends when what is sent from now on arrives. */
  restart(deliveredBytes: number): void {
    this.#endsAtBytes = deliveredBytes
  }
}

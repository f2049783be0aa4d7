/**
 * Packet-timed round trips (draft-ietf-ccwg-bbr, BBR.round_count): a round ends when a packet is acknowledged that was sent after its
 * start.
 */
import type { Ack } from "../Congestion.ts"

/** Counts the rounds of one flow. */
export class Rounds {
  #endsAtBytes = 0
  count = 0
  /** Whether the current ACK began a round (BBR.round_start). */
  isStart = false

  /** Processes an ACK. */
  update(ack: Ack): void {
    this.isStart = ack.priorDeliveredBytes >= this.#endsAtBytes
    if (!this.isStart) return
    this.restart(ack.deliveredBytes)
    this.count++
  }

  /** Begins a round now: it ends when a packet is acknowledged that is sent from now on (BBRStartRound). */
  restart(deliveredBytes: number): void {
    this.#endsAtBytes = deliveredBytes
  }
}

/**
 * Which packets of the peer have arrived, and when that is told: the receiving half of RFC 9000 §13. It keeps numbers, not
 * packets.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { Ranges } from "../streams/Ranges.ts"
import type { AckFrame } from "../wire/Frame.ts"

export class ReceivedPackets {
  readonly #ranges = new Ranges()
  /** Numbers below were seen, or are so old that they count as seen. */
  #floor = 0
  #largest = -1
  #largestAt = 0
  /** Ack-eliciting packets since the last ACK. */
  #untold = 0
  #isUrgent = false
  #deadline = Infinity

  /** The largest number that arrived, -1 before the first. */
  get largest(): number {
    return this.#largest
  }

  /** When an ACK has to go at the latest, in milliseconds. */
  get deadline(): number {
    return this.#deadline
  }

  /** Whether there is something to acknowledge that was not yet. */
  get hasNews(): boolean {
    return this.#untold > 0
  }

  isNew(packetNumber: number): boolean {
    return packetNumber >= this.#floor && !this.#ranges.has(packetNumber)
  }

  /** A new packet was authentic. Where one is missing the sender learns it at once. */
  onReceived(packetNumber: number, isAckEliciting: boolean, now: number): void {
    const isInOrder = packetNumber === this.#largest + 1
    this.#ranges.add(packetNumber, packetNumber + 1)
    if (packetNumber > this.#largest) {
      this.#largest = packetNumber
      this.#largestAt = now
    }
    while (this.#ranges.count > Limits.rememberedRanges) {
      this.#floor = this.#ranges.endAt(0)
      this.#ranges.remove(0, this.#floor)
    }
    if (!isAckEliciting) return
    this.#untold++
    if (!isInOrder) this.#isUrgent = true
    this.#deadline = this.#isUrgent || this.#untold >= 2 ? now : Math.min(this.#deadline, now + Limits.ackDelayMillis)
  }

  /** The ACK that is due or, having something to tell, may go along. */
  takeAck(now: number): AckFrame {
    const ranges: Array<number> = []
    const { count } = this.#ranges
    for (let index = count - 1; index >= Math.max(0, count - Limits.ackRanges); index--) {
      ranges.push(this.#ranges.firstAt(index), this.#ranges.endAt(index) - 1)
    }
    this.#untold = 0
    this.#isUrgent = false
    this.#deadline = Infinity
    return { type: "Ack", delayMicros: Math.max(0, Math.round((now - this.#largestAt) * 1000)), ranges }
  }
}

/**
 * The packet numbers that arrived, and when to acknowledge them (RFC 9000 §13.2; docs/PROTOCOL.md, flock §7.1). It stores numbers,
 * not packets.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { Ranges } from "../streams/Ranges.ts"
import type { AckFrame } from "../wire/Frame.ts"

/** The received packet numbers of one session. Times are milliseconds. */
export class ReceivedPackets {
  readonly #ranges = new Ranges()
  /** Numbers below this arrived, or are too old to know and count as arrived. */
  #floor = 0
  #largest = -1
  #largestAt = 0
  /** Ack-eliciting packets since the last ACK. */
  #unackedPackets = 0
  /** Whether the next ACK must not be delayed: a packet arrived out of order. */
  #isImmediate = false
  #deadline = Infinity

  /** The largest number that arrived, -1 before the first. */
  get largest(): number {
    return this.#largest
  }

  /** When an ACK must be sent at the latest; Infinity when none is pending. */
  get deadline(): number {
    return this.#deadline
  }

  /** Whether an ack-eliciting packet is not acknowledged yet. */
  get isAckPending(): boolean {
    return this.#unackedPackets > 0
  }

  /** Whether a packet with this number may be accepted; false for a duplicate, and for a number that is too old to know. */
  isNew(packetNumber: number): boolean {
    return packetNumber >= this.#floor && !this.#ranges.has(packetNumber)
  }

  /** A new packet was accepted. A gap, or a packet that fills one, is acknowledged immediately (RFC 9000 §13.2.1). */
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
    this.#unackedPackets++
    if (!isInOrder) this.#isImmediate = true
    this.#deadline = this.#isImmediate || this.#unackedPackets >= 2
      ? now
      : Math.min(this.#deadline, now + Limits.ackDelayMillis)
  }

  /** The ACK with the newest ranges, at most `Limits.ackRanges`; nothing is pending afterwards. */
  takeAck(now: number): AckFrame {
    const ranges: Array<number> = []
    const { count } = this.#ranges
    for (let index = count - 1; index >= Math.max(0, count - Limits.ackRanges); index--) {
      ranges.push(this.#ranges.firstAt(index), this.#ranges.endAt(index) - 1)
    }
    this.#unackedPackets = 0
    this.#isImmediate = false
    this.#deadline = Infinity
    return { _tag: "Ack", delayMicros: Math.max(0, Math.round((now - this.#largestAt) * 1000)), ranges }
  }
}

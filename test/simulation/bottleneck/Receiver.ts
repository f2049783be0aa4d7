/** The receiving end: records arrived packets and sends delayed ACKs, and an immediate ACK after a gap. */
import type { Link } from "./Link.ts"

/** When ACKs are sent. */
export interface AckOptions {
  /** An ACK is sent after this number of packets, or after `delayMillis`. */
  readonly packets: number
  readonly delayMillis: number
}

/** The receiver of a flow. */
export class Receiver {
  /** Numbers of the arrived packets, in order of arrival. An ACK acknowledges a prefix of this list. */
  readonly arrived: Array<number> = []
  readonly #link: Link
  readonly #options: AckOptions
  readonly #ackAt: Array<number> = []
  readonly #ackCount: Array<number> = []
  #head = 0
  #largest = -1
  #waiting = 0
  #dueAt = Infinity

  constructor(link: Link, options: AckOptions) {
    this.#link = link
    this.#options = options
  }

  /** A packet leaves the bottleneck at the time `at`. Calls are in the order of these times. */
  receive(number: number, at: number): void {
    if (at > this.#dueAt) this.#acknowledge(this.#dueAt)
    this.arrived.push(number)
    const isGap = number !== this.#largest + 1
    this.#largest = number
    if (++this.#waiting >= this.#options.packets || isGap) this.#acknowledge(at)
    else if (this.#dueAt === Infinity) this.#dueAt = at + this.#options.delayMillis
  }

  /** The time at which the sender receives the next ACK; Infinity if none is pending. */
  get nextAt(): number {
    return this.#ackAt[this.#head] ?? this.#dueAt + this.#link.options.roundTripMillis
  }

  /** Takes the next ACK: the length of the prefix of `arrived` that it acknowledges, or undefined if it was lost. */
  take(): number | undefined {
    if (this.#ackAt[this.#head] === undefined) this.#acknowledge(this.#dueAt)
    const count = this.#ackCount[this.#head++]
    if (this.#head > 10_000) {
      this.#ackAt.splice(0, this.#head)
      this.#ackCount.splice(0, this.#head)
      this.#head = 0
    }
    return count === -1 ? undefined : count
  }

  #acknowledge(at: number): void {
    this.#ackAt.push(at + this.#link.options.roundTripMillis)
    this.#ackCount.push(this.#link.isLost(at) ? -1 : this.arrived.length)
    this.#waiting = 0
    this.#dueAt = Infinity
  }
}

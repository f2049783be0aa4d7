/** The other end: remembers which packets came and sends ACKs: one for a few packets, one at once for a gap. */
import type { Link } from "./Link.ts"

export interface AckOptions {
  /** An ACK for so many packets, or after so long. */
  readonly packets: number
  readonly delayMillis: number
}

export class Receiver {
  /** Numbers of the packets that came, in that order. An ACK tells how many of them it knows. */
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

  /** A packet will leave the bottleneck at `at`; told in that order. */
  receive(number: number, at: number): void {
    if (at > this.#dueAt) this.#acknowledge(this.#dueAt)
    this.arrived.push(number)
    const isGap = number !== this.#largest + 1
    this.#largest = number
    if (++this.#waiting >= this.#options.packets || isGap) this.#acknowledge(at)
    else if (this.#dueAt === Infinity) this.#dueAt = at + this.#options.delayMillis
  }

  /** When the sender hears next; Infinity when nothing is under way. */
  get nextAt(): number {
    return this.#ackAt[this.#head] ?? this.#dueAt + this.#link.options.roundTripMillis
  }

  /** The next ACK, as how many of `arrived` it tells; undefined when it was lost. */
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

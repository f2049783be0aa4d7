/**
 * One bottleneck: random loss, then a queue that drops its tail, then a rate, then the way to the other end and back. A packet's
 * fate is worked out when it enters, so it costs no event.
 */
import type { Random } from "../Random.ts"

export interface Outage {
  readonly everyMillis: number
  readonly lengthMillis: number
}

export interface LinkOptions {
  readonly bytesPerMilli: number
  /** The rate is another one from a time on; in order. */
  readonly changes?: ReadonlyArray<{ readonly atMillis: number; readonly bytesPerMilli: number }>
  readonly queueBytes: number
  /** Of the path without its queue. */
  readonly roundTripMillis: number
  /** Of packets, each way. */
  readonly loss?: number
  /** The last part of each period; everything sent in it is lost, both ways. */
  readonly outage?: Outage
}

export class Link {
  readonly options: LinkOptions
  readonly #random: Random
  readonly #loss: number
  readonly #changes: ReadonlyArray<{ readonly atMillis: number; readonly bytesPerMilli: number }>
  #change = 0
  #rate: number
  #updatedAt = 0
  #backlogBytes = 0
  #overflowed = 0

  constructor(options: LinkOptions, random: Random) {
    this.options = options
    this.#random = random
    this.#loss = options.loss ?? 0
    this.#changes = options.changes ?? []
    this.#rate = options.bytesPerMilli
  }

  /** Packets that found the queue full. */
  get overflowed(): number {
    return this.#overflowed
  }

  /** Bytes that wait at `now`, which never goes back. */
  backlogBytes(now: number): number {
    for (
      let next = this.#changes[this.#change];
      next !== undefined && next.atMillis <= now;
      next = this.#changes[this.#change]
    ) {
      this.#drain(next.atMillis)
      this.#rate = next.bytesPerMilli
      this.#change++
    }
    this.#drain(now)
    return this.#backlogBytes
  }

  /** When a packet that enters now leaves the bottleneck; undefined when it is lost. */
  enter(bytes: number, now: number): number | undefined {
    if (this.isLost(now)) return undefined
    const backlog = this.backlogBytes(now)
    if (backlog + bytes > this.options.queueBytes) {
      this.#overflowed++
      return undefined
    }
    this.#backlogBytes = backlog + bytes
    return this.#emptyAt(now)
  }

  /** Whether chance or an outage takes a packet or an ACK. */
  isLost(now: number): boolean {
    const { outage } = this.options
    if (outage !== undefined && now % outage.everyMillis >= outage.everyMillis - outage.lengthMillis) return true
    return this.#loss > 0 && this.#random.chance(this.#loss)
  }

  #drain(now: number): void {
    this.#backlogBytes = Math.max(0, this.#backlogBytes - (now - this.#updatedAt) * this.#rate)
    this.#updatedAt = now
  }

  #emptyAt(now: number): number {
    let left = this.#backlogBytes
    let at = now
    let rate = this.#rate
    for (let index = this.#change; index < this.#changes.length; index++) {
      const next = this.#changes[index]
      if (next === undefined || at + left / rate <= next.atMillis) break
      left -= (next.atMillis - at) * rate
      at = next.atMillis
      rate = next.bytesPerMilli
    }
    return at + left / rate
  }
}

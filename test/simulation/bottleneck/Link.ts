/**
 * One bottleneck: random loss, a drop-tail queue, a rate, then the delay to the other end and back. A packet's
 * departure is computed when it enters, so it needs no event.
 */
import type { Random } from "../Random.ts"

/** A periodic outage. */
export interface Outage {
  readonly everyMillis: number
  readonly lengthMillis: number
}

/** Options of a link. */
export interface LinkOptions {
  readonly bytesPerMilli: number
  /** Later rates with the times from which they apply, in order. */
  readonly changes?: ReadonlyArray<{ readonly atMillis: number; readonly bytesPerMilli: number }>
  readonly queueBytes: number
  /** The RTT without the queue. */
  readonly roundTripMillis: number
  /** The probability of a packet's loss in each direction. */
  readonly loss?: number
  /** During the last part of each period all packets of both directions are lost. */
  readonly outage?: Outage
}

/** The link of a run. */
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

  /** The number of packets dropped at a full queue. */
  get overflowed(): number {
    return this.#overflowed
  }

  /** The queued bytes at `now`, which must not decrease between calls. */
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

  /** The time at which a packet that enters now leaves the bottleneck; undefined if it is lost. */
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

  /** Whether random loss or an outage drops a packet or an ACK. */
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
    let remainingBytes = this.#backlogBytes
    let at = now
    let rate = this.#rate
    for (let index = this.#change; index < this.#changes.length; index++) {
      const next = this.#changes[index]
      if (next === undefined || at + remainingBytes / rate <= next.atMillis) break
      remainingBytes -= (next.atMillis - at) * rate
      at = next.atMillis
      rate = next.bytesPerMilli
    }
    return at + remainingBytes / rate
  }
}

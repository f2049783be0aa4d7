/** The events that are recorded and not on the disk yet, in order. Nothing is shown, passed on or acknowledged before it has left this queue. */
import * as Limits from "./ConversationLimits.ts"
import type { Event } from "./Event.ts"

/** An event to write. `serial` grows by one with each. */
export interface Stored {
  readonly serial: number
  readonly event: Event
}

export class WriteQueue {
  #pending: Array<Stored> = []
  /** Of those, how many the shell has. */
  #polled = 0
  #serial = 0

  get isFull(): boolean {
    return this.#pending.length >= Limits.unsyncedEvents
  }

  push(event: Event): void {
    this.#pending.push({ serial: ++this.#serial, event })
  }

  /** Those that were not polled before. */
  poll(): ReadonlyArray<Stored> {
    const stored = this.#pending.slice(this.#polled)
    this.#polled = this.#pending.length
    return stored
  }

  /** Takes those up to this serial, which are on the disk. */
  synced(serial: number): ReadonlyArray<Stored> {
    const at = this.#pending.findIndex((stored) => stored.serial > serial)
    const done = this.#pending.splice(0, at < 0 ? this.#pending.length : at)
    this.#polled = Math.max(0, this.#polled - done.length)
    return done
  }
}

/**
 * The events of one room in memory, in the room's order. It is the log of a store in memory, and says what every store answers: pages of
 * what a vector lacks.
 */
import type { Event, EventRef } from "./Event.ts"
import { comparePlaces, countBefore, type Place } from "./RoomOrder.ts"
import { erased } from "./SignedEvent.ts"
import { hasEvent, type Vector } from "./Vector.ts"

/** What a reader asks for. */
export interface PageRequest {
  /** Events that this vector has are left out. */
  readonly beyond: Vector
  /** Only events behind this place; undefined from the beginning. */
  readonly after: Place | undefined
  /** The number of events, at most. */
  readonly limit: number
}

export class OrderedEvents {
  readonly #events: Array<Event> = []

  /** All events, in order. */
  get all(): ReadonlyArray<Event> {
    return this.#events
  }

  /** Adds an event at its place. Most are the newest. */
  add(event: Event): void {
    this.#events.splice(this.#placeOf(event), 0, event)
  }

  /** The first events in the room's order that the request asks for: fewer than its limit at the end. */
  page({ after, beyond, limit }: PageRequest): ReadonlyArray<Event> {
    const found: Array<Event> = []
    const from = after === undefined ? 0 : this.#placeOf(after)
    for (let at = from; at < this.#events.length && found.length < limit; at++) {
      const event = this.#events[at]
      if (event === undefined || hasEvent(beyond, event)) continue
      if (after !== undefined && comparePlaces(event, after) === 0) continue
      found.push(event)
    }
    return found
  }

  /** Erases salt and body of an event. Returns what is left; undefined when it is not here. */
  erase({ origin, seq }: EventRef): Event | undefined {
    const at = this.#events.findIndex((event) => event.origin === origin && event.seq === seq)
    const event = this.#events[at]
    if (event === undefined) return undefined
    return this.#events[at] = erased(event)
  }

  /** Drops the events up to the floors. */
  purge(floors: Vector): void {
    const kept = this.#events.filter((event) => !hasEvent(floors, event))
    this.#events.splice(0, this.#events.length, ...kept)
  }

  /** The number of events before a place. */
  #placeOf(place: Place): number {
    return countBefore(this.#events.length, (at) => this.#events[at], place)
  }
}

/**
 * The powers of a room at every place of its order. An event that comes in order costs one step; one that comes late changes what was
 * valid after it, so all later powers are computed again. A value: adding an event returns another history.
 */
import type { LoggedEvent } from "./LoggedEvent.ts"
import { isPowerKind, none, type Powers, powersAfter } from "./Powers.ts"
import { comparePlaces, countBefore, type Place } from "./RoomOrder.ts"

export class PowerHistory {
  readonly #first: Powers
  /** The events of powers in the room's order, and the powers after each. */
  readonly #events: ReadonlyArray<LoggedEvent>
  readonly #powers: ReadonlyArray<Powers>

  private constructor(first: Powers, events: ReadonlyArray<LoggedEvent>, powers: ReadonlyArray<Powers>) {
    this.#first = first
    this.#events = events
    this.#powers = powers
  }

  /** The history of a room without events. */
  static of(room: string): PowerHistory {
    return new PowerHistory(none(room), [], [])
  }

  /** The powers after all events. */
  get now(): Powers {
    return this.#powers.at(-1) ?? this.#first
  }

  /** The powers before this place. */
  before(place: Place): Powers {
    return this.#powers[this.#placeOf(place) - 1] ?? this.#first
  }

  /** The history with an event. The same object if the event is none of powers, or is there already. */
  add(event: LoggedEvent): PowerHistory {
    if (!isPowerKind(event.kind)) return this
    const at = this.#placeOf(event)
    const next = this.#events[at]
    if (next !== undefined && comparePlaces(next, event) === 0) return this
    const events = this.#events.toSpliced(at, 0, event)
    const powers = this.#powers.slice(0, at)
    for (const later of events.slice(at)) powers.push(powersAfter(powers.at(-1) ?? this.#first, later))
    return new PowerHistory(this.#first, events, powers)
  }

  /** The number of events before a place. */
  #placeOf(place: Place): number {
    return countBefore(this.#events.length, (at) => this.#events[at], place)
  }
}

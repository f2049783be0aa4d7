/** The events of one room in memory: by identity, and in the order of the room. Each change returns what undoes it. */
import type { Event, EventRef } from "../../protocol/conversation/Event.ts"
import { countBefore, type Place } from "../../protocol/conversation/RoomOrder.ts"
import { erased } from "../../protocol/conversation/SignedEvent.ts"
import * as EventFile from "./EventFile.ts"
import type { Head } from "./Heads.ts"

export type Undo = () => void

const nothing: Undo = () => {}

export class MemoryLog {
  readonly #ordered: Array<Event> = []
  readonly #heads = new Map<string, Head>()
  readonly #byIdentity = new Map<string, Event>()

  get heads(): ReadonlyMap<string, Head> {
    return new Map(this.#heads)
  }

  get events(): ReadonlyArray<Event> {
    return this.#ordered
  }

  event(ref: EventRef): Event | undefined {
    return this.#byIdentity.get(identityOf(ref))
  }

  /** Undefined unless the event is the next one of its origin. */
  append(event: Event): Undo | undefined {
    const { origin, seq } = event
    const head = this.#heads.get(origin)
    if (seq !== (head?.seq ?? 0) + 1) return undefined
    this.#heads.set(origin, { seq, clock: event.clock, floor: head?.floor ?? 0 })
    this.#byIdentity.set(identityOf(event), event)
    this.#ordered.splice(this.firstFrom(event), 0, event)
    return () => {
      this.#ordered.splice(this.firstFrom(event), 1)
      this.#byIdentity.delete(identityOf(event))
      this.#restore(origin, head)
    }
  }

  /** Erases salt and body. */
  erase(ref: EventRef): Undo {
    const event = this.event(ref)
    if (event === undefined) return nothing
    const put = (one: Event) => {
      this.#byIdentity.set(identityOf(ref), one)
      this.#ordered[this.firstFrom(one)] = one
    }
    put(erased(event))
    return () => put(event)
  }

  /** Removes the events of an origin up to a number, and raises its floor. */
  purge(origin: string, floor: number): Undo {
    const head = this.#heads.get(origin)
    if (floor <= (head?.floor ?? 0)) return nothing
    const before = this.#ordered.slice()
    const gone = before.filter((event) => event.origin === origin && event.seq <= floor)
    this.#heads.set(origin, { seq: Math.max(floor, head?.seq ?? 0), clock: head?.clock ?? 0, floor })
    for (const event of gone) {
      this.#byIdentity.delete(identityOf(event))
      this.#ordered.splice(this.firstFrom(event), 1)
    }
    return () => {
      this.#ordered.splice(0, this.#ordered.length, ...before)
      for (const event of gone) this.#byIdentity.set(identityOf(event), event)
      this.#restore(origin, head)
    }
  }

  /** Whether an event brings the file with this hash. */
  refersTo(hash: string): boolean {
    return this.#ordered.some((event) => EventFile.hashOf(event) === hash)
  }

  /** The index of the first event at this place or after it. */
  firstFrom(place: Place): number {
    return countBefore(this.#ordered.length, (at) => this.#ordered[at], place)
  }

  #restore(origin: string, head: Head | undefined): void {
    if (head === undefined) this.#heads.delete(origin)
    else this.#heads.set(origin, head)
  }
}

const identityOf = ({ origin, seq }: EventRef): string => `${origin} ${seq}`

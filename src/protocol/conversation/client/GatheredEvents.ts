/**
 * The events of a room that have come to a client, as lines. Those that come together become lines together, when the lines are looked at: a late
 * one costs as much as all lines behind it.
 */
import type { Event } from "../Event.ts"
import { comparePlaces, type Place } from "../RoomOrder.ts"
import { Timeline } from "../Timeline.ts"
import * as Limits from "./ClientLimits.ts"

/** `first`: of those with which the room begins; `new`: any other that the client did not have; `past`: of a page that it has asked for. */
export type Coming = "first" | "new" | "past" | "earlier"

export class GatheredEvents {
  readonly #timeline: Timeline
  readonly #gathered: Record<"earlier" | "past" | "new", Array<Event>> = { earlier: [], past: [], new: [] }
  #oldest: Place | undefined
  #newest: Place | undefined
  #isWhole = false

  constructor(room: string) {
    this.#timeline = new Timeline(room)
  }

  get timeline(): Timeline {
    this.#show()
    return this.#timeline
  }

  /** Whether there are no events before these. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** The place before which there are others. */
  get oldest(): Place | undefined {
    return this.#oldest
  }

  /** The place of the last event. */
  get newest(): Place | undefined {
    return this.#newest
  }

  /** Adds an event. `earlier` ones come before all lines, and are kept if they decide what counts later. */
  add(event: Event, coming: Coming): void {
    if (coming === "earlier" && !stillMatters.has(event.kind)) return
    this.#gathered[coming === "first" ? "new" : coming].push(event)
    if (coming === "first" || coming === "past") this.#oldest = firstOf(this.#oldest, event)
    if (coming === "first" || coming === "new") this.#newest = lastOf(this.#newest, event)
    const { earlier, new: news, past } = this.#gathered
    if (earlier.length + past.length + news.length >= Limits.gatheredEvents) this.#show()
  }

  /** There are no events before these. */
  complete(): void {
    this.#isWhole = true
  }

  #show(): void {
    const { earlier, new: news, past } = this.#gathered
    if (earlier.length > 0) this.#timeline.addEarlier(earlier.splice(0))
    if (past.length > 0) this.#timeline.add(past.splice(0), { isPast: true })
    if (news.length === 0) return
    const before = this.#timeline.size
    this.#timeline.add(news.splice(0))
    if (this.#timeline.size >= before) return
    // The oldest ones were dropped.
    this.#isWhole = false
    this.#oldest = this.#timeline.first
  }
}

/** Kinds whose earlier events decide what is shown later. */
const stillMatters: ReadonlySet<string> = new Set(["made", "power", "barred", "topic", "named"])

const placeOf = ({ clock, origin, seq }: Place): Place => ({ clock, origin, seq })

const firstOf = (one: Place | undefined, other: Place): Place =>
  one === undefined || comparePlaces(other, one) < 0 ? placeOf(other) : one

const lastOf = (one: Place | undefined, other: Place): Place =>
  one === undefined || comparePlaces(other, one) > 0 ? placeOf(other) : one

/**
 * The order of a room's events, the same on every server: by clock, then by the origin's UTF-16 code units, then by number. An event stands
 * behind everything that its origin knew when it was made.
 */
import type { Event } from "./Event.ts"

/** The place of an event in the order of its room. */
export type Place = Pick<Event, "clock" | "origin" | "seq">

/** Negative when `one` stands before `other`; 0 for one event. */
export const comparePlaces = (one: Place, other: Place): number => {
  if (one.clock !== other.clock) return one.clock - other.clock
  if (one.origin !== other.origin) return one.origin < other.origin ? -1 : 1
  return one.seq - other.seq
}

/** The number of events before a place, in a list that is in order; `placeAt` is the place of its event with an index. */
export const countBefore = (length: number, placeAt: (index: number) => Place | undefined, place: Place): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = placeAt(middle)
    if (other !== undefined && comparePlaces(other, place) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The key of a post. A client repeats a post for which it has no answer, and a server that lost its disk records it again: of events with
 * one key, the first one in the room's order is shown.
 */
export const postKeyOf = ({ author, device, n }: Pick<Event, "author" | "device" | "n">): string =>
  JSON.stringify([author, device, n])

/** The place of an event in the order of its room, which is the same on every server: (clock, origin, seq). */
import type { Event } from "../../protocol/conversation/Event.ts"

export type EventPlace = Pick<Event, "clock" | "origin" | "seq">

/** Negative if `one` stands before `other`, 0 for the same place. Origins are ASCII: their order is that of bytes, as in a database. */
export const compare = (one: EventPlace, other: EventPlace): number => {
  if (one.clock !== other.clock) return one.clock - other.clock
  if (one.origin !== other.origin) return one.origin < other.origin ? -1 : 1
  return one.seq - other.seq
}

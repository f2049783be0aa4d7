/** The turns of a store that make what an exchange has recorded durable. */
import type { Event } from "../../protocol/conversation/Event.ts"
import type { RoomAccess } from "../../protocol/conversation/LinkedRooms.ts"
import type { Stored } from "../../protocol/conversation/WriteQueue.ts"
import type { Turn, Write } from "../store/StoreWrites.ts"
import * as LinkLimits from "./LinkLimits.ts"

/** A turn, and the serial up to which its events are durable with it. */
export interface ExchangeTurn {
  readonly writes: Turn
  readonly last: number
}

/** A room of another server, or one that was made here. Its app is the chat: the others have no log. */
export const putRoom = (name: string, access: RoomAccess): Write => ({
  _tag: "PutRoom",
  room: { name, app: "chat", config: {}, access, snapshot: undefined }
})

/**
 * The turns of new rooms and events, in order. `floorOf` is the number up to which events of an origin were purged: an event right above it
 * may follow a gap, of which the store learns first.
 */
export const turnsOf = (
  rooms: ReadonlyArray<Write>,
  events: ReadonlyArray<Stored>,
  own: string,
  floorOf: (event: Event) => number
): ReadonlyArray<ExchangeTurn> => {
  const turns: Array<ExchangeTurn> = []
  let before = rooms
  for (let at = 0; at === 0 || at < events.length; at += LinkLimits.turnEvents) {
    const part = events.slice(at, at + LinkLimits.turnEvents)
    const writes = [...before, ...part.flatMap(({ event }) => writesOf(event, own, floorOf(event)))]
    turns.push({ writes, last: part.at(-1)?.serial ?? 0 })
    before = []
  }
  return turns
}

const writesOf = (event: Event, own: string, floor: number): Turn => {
  const { author, device, n, origin, room, seq } = event
  const append: Write = { _tag: "Append", event }
  const purge: Turn = floor > 0 && floor === seq - 1 ? [{ _tag: "Purge", room, origin, floor }] : []
  // The server of an author knows its posts again.
  const see: Turn = origin === own ? [{ _tag: "See", post: { room, author, device, n, origin, seq } }] : []
  return [...purge, append, ...see]
}

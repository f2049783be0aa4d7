/** Vectors and lists for a client, as messages each of which has a part. Pure. */
import * as ConversationLimits from "../ConversationLimits.ts"
import type { PresenceState } from "../LinkMessage.ts"
import { partsOf, recordOf, type Vector } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"
import type { ListedRoom, ServerMessage } from "./ServerMessage.ts"

export const vectorMessages = (
  t: "have" | "mark" | "everywhere",
  room: string,
  vector: Vector
): ReadonlyArray<ServerMessage> =>
  partsOf(vector, ConversationLimits.messageOrigins).map((part) => ({ t, room, vector: recordOf(part) }))

/** The people of a room; the first message replaces what was known. */
export const peopleMessages = (
  room: string,
  people: ReadonlyArray<{ readonly person: string; readonly state: PresenceState }>
): ReadonlyArray<ServerMessage> =>
  listsOf(people).map((part, at) => ({ t: "people", room, people: part, isFirst: at === 0 }))

export const roomMessages = (rooms: ReadonlyArray<ListedRoom>): ReadonlyArray<ServerMessage> => {
  const parts = listsOf(rooms)
  return parts.map((part, at) => ({ t: "rooms", rooms: part, isLast: at === parts.length - 1 }))
}

export const linkMessages = (
  links: ReadonlyArray<{ readonly server: string; readonly isLinked: boolean }>
): ReadonlyArray<ServerMessage> =>
  listsOf(links).map((part) => ({
    t: "links",
    links: part.map(({ isLinked, server }) => ({ server, isLinked }))
  }))

/** At least one part, which is empty for an empty list. */
const listsOf = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> => {
  const parts = [all.slice(0, Limits.listed)]
  for (let at = Limits.listed; at < all.length; at += Limits.listed) parts.push(all.slice(at, at + Limits.listed))
  return parts
}

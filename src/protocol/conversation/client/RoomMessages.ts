/** What the messages of a server do to a room of its client. */
import * as ConversationLimits from "../ConversationLimits.ts"
import type { PresenceState } from "../LinkMessage.ts"
import { vectorOf } from "../Vector.ts"
import { hasEvent } from "../Vector.ts"
import type { ClientRoom } from "./ClientRoom.ts"
import type { ClientEvent } from "./ClientView.ts"
import type { ServerMessage } from "./ServerMessage.ts"

/** The messages that concern one room. */
export type RoomMessage =
  | Exclude<ServerMessage, { readonly t: "welcome" | "goodbye" | "links" | "rooms" | "named" | "refused" }>
  | Extract<ServerMessage, { readonly t: "refused" }> & { readonly room: string }

/** Who the client is. */
interface Self {
  readonly author: string
  readonly device: string
  readonly now: number
}

/** Applies a message to its room. */
export const applyToRoom = (
  room: ClientRoom,
  message: RoomMessage,
  { author, device, now }: Self
): ReadonlyArray<ClientEvent> => {
  switch (message.t) {
    case "opened":
      room.onOpened(message.access)
      return []
    case "have": {
      const skipped = room.onHave(vectorOf(message.vector))
      if (skipped > 0) {
        room.notice({ kind: "told", time: now, text: `${skipped} messages and other events before this are not here` })
      }
      return []
    }
    case "event": {
      const { event } = message
      if (event.device === device) room.posts.onEvent(event)
      return room.onEvent(event) ? [{ _tag: "Recorded", event }] : []
    }
    case "live":
      room.onLive(author)
      return [{ _tag: "Live", room: room.room }]
    case "posted": {
      const { event, n } = message
      room.posts.onPosted(n, event === undefined || hasEvent(room.cursor, event))
      return [{ _tag: "Posted", room: room.room, n, event }]
    }
    case "everywhere":
      return room.onEverywhere(vectorOf(message.vector)) ? [{ _tag: "Everywhere", room: room.room }] : []
    case "mark":
      room.onMark(vectorOf(message.vector))
      return []
    case "past":
      room.onPast(message.isStart)
      return []
    case "people":
      if (message.isFirst) room.people.clear()
      for (const { person, state } of message.people) setState(room, person, state)
      return []
    case "presence":
      setState(room, message.person, message.state)
      return []
    case "moved": {
      const { how, joined, joinedCount, left, leftCount, server } = message
      for (const person of joined) if (!room.people.has(person)) setState(room, person, "here")
      for (const person of left) setState(room, person, "gone")
      room.notice({ kind: how, time: now, server, joined, left, joinedCount, leftCount })
      return []
    }
    case "refused":
      return refused(room, message, now)
  }
}

const setState = ({ people }: ClientRoom, person: string, state: PresenceState): void => {
  if (state === "gone") people.delete(person)
  else if (people.has(person) || people.size < ConversationLimits.leases) people.set(person, state)
}

const refused = (
  room: ClientRoom,
  { n, reason, waitMillis, what }: Extract<ServerMessage, { readonly t: "refused" }>,
  now: number
): ReadonlyArray<ClientEvent> => {
  const other: ClientEvent = { _tag: "Refused", what, room: room.room, reason, waitMillis }
  switch (what) {
    case "post": {
      if (n === undefined) return [other]
      const post = room.posts.onRefused(n, waitMillis, now)
      if (post === undefined) return []
      room.notice({ kind: "refused", time: now, text: reason })
      return [{ _tag: "Unposted", room: room.room, post, reason }]
    }
    case "open":
    case "make":
    case "cursor":
      if (room.onRefused(reason)) return []
      room.notice({ kind: "refused", time: now, text: reason })
      return [other]
    case "past":
      room.onPast(false)
      return [other]
    default:
      return [other]
  }
}

/** A room of a client, as it is shown. */
import { hasEvent } from "../Vector.ts"
import type { ClientRoom } from "./ClientRoom.ts"
import type { RoomView } from "./ClientView.ts"

/** `isOwn`: whether an author is the person of this client; `isIgnored`: whether it does not want to read it. */
export const viewOfRoom = (
  room: ClientRoom,
  isOwn: (author: string) => boolean,
  isIgnored: (author: string) => boolean
): RoomView => {
  const { access, isReadingPast, isWhole, mark, notices, people, phase, posts, refusal, timeline } = room
  return {
    room: room.room,
    access,
    timeline,
    notices,
    unrecorded: posts.unrecorded,
    isLive: phase === "live",
    isReadingPast,
    refusal,
    isWhole,
    unread: timeline.unread(mark, (author) => !isOwn(author) && !isIgnored(author)),
    people: Array.from(people, ([person, state]) => ({ person, state })),
    progressOf: ({ author, ref }) => !isOwn(author) ? undefined : room.isEverywhere(ref) ? "everywhere" : "recorded",
    isRead: ({ ref }) => hasEvent(mark, ref)
  }
}

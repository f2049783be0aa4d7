/**
 * Where a room's events are kept. A room appends those of one turn together, and the next ones when these are durable: one Effect for a
 * batch, however many events come in the meantime.
 */
import type { Recording } from "../apps/App.ts"
import type { LoggedEvent } from "../protocol/conversation/LoggedEvent.ts"

export type EventDraft = Recording["draft"]

export interface Journal {
  /** The room, and the server, as events name them. */
  readonly room: string
  readonly server: string
  /**
   * Appends events in their order. `done` is called once, maybe before this returns: with the events when all are durable, or with the reason
   * why none of them is, as a sentence without a full stop. The room does not call it again before.
   */
  readonly append: (
    drafts: ReadonlyArray<EventDraft>,
    time: number,
    done: (result: ReadonlyArray<LoggedEvent> | string) => void
  ) => void
  /** A person of this server is in the room, or not any more: for a log that others see. */
  readonly setPresent?: ((person: string, isPresent: boolean) => void) | undefined
  /** Called once, when the room is opened: from then on `take` gets the durable events that this room has not appended, in order. */
  readonly follow: (take: (events: ReadonlyArray<LoggedEvent>) => void) => void
}

/** A log in memory that no other server sees: its events have no hashes, and end with the process. The app keeps what it needs of them. */
export const inMemory = (room: string, server: string, logId: string): Journal => {
  const origin = `${server}~${logId}`
  let seq = 0
  return {
    room,
    server,
    follow: () => undefined,
    append: (drafts, time, done) =>
      done(drafts.map((draft) => {
        seq++
        return { ...draft, origin, room, seq, clock: seq, time }
      }))
  }
}

/** The name of a room in its log: `hall` for the room of the app chat itself, `kitchen` for `chat/kitchen`, and others as they are. */
export const roomNameOf = (hosted: string): string => {
  if (hosted === chat) return "hall"
  return hosted.startsWith(`${chat}/`) ? hosted.slice(chat.length + 1) : hosted
}

const chat = "chat"

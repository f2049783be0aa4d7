/** The log of a room as an app of this process appends to it and reads it: on the disk, with its history, and with what others append. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Event } from "../../protocol/conversation/Event.ts"
import { postKeyOf } from "../../protocol/conversation/RoomOrder.ts"
import { hasEvent } from "../../protocol/conversation/Vector.ts"
import type { EventDraft, Journal } from "../Journal.ts"
import { Store, type StoreError } from "../store/Store.ts"
import * as WholeLog from "../store/WholeLog.ts"
import { Logs, type PostResult } from "./Logs.ts"

/** The log of a room that is here, with its history, until the scope closes. */
export const open = (room: string): Effect.Effect<Journal, StoreError, Logs | Store | Scope.Scope> =>
  Effect.gen(function*() {
    const store = yield* Store
    const logs = yield* Logs
    const live: Array<Event> = []
    const own = new Set<string>()
    let take: ((events: ReadonlyArray<Event>) => void) | undefined
    const followed = yield* logs.follow(room, (news) => {
      if (news._tag !== "Recorded" || own.delete(postKeyOf(news.event))) return
      if (take === undefined) live.push(news.event)
      else take([news.event])
    })
    const history: Array<Event> = []
    const vector = yield* WholeLog.read(store, room, (events) => void history.push(...events))

    return {
      room,
      server: logs.server,
      setPresent: (person, isPresent) => followed.setPresence({ person, state: isPresent ? "here" : "gone" }),
      follow: (next) => {
        take = next
        const later = live.splice(0).filter((event) => !hasEvent(vector, event))
        if (history.length + later.length > 0) next([...history, ...later])
      },
      append: (drafts, time, done) => {
        const events: Array<Event> = []
        let problem: string | undefined
        let missing = drafts.length
        const onResult = (draft: EventDraft, result: PostResult): void => {
          if (typeof result !== "string" && result._tag === "Posted") events.push(result.event)
          else {
            own.delete(postKeyOf(draft))
            problem ??= typeof result === "string"
              ? result
              : result._tag === "Full"
              ? "the log of the room is full"
              : `post ${draft.n} of the device ${draft.device} was appended before`
          }
          missing--
          if (missing === 0) done(problem ?? events)
        }
        for (const draft of drafts) {
          own.add(postKeyOf(draft))
          followed.post({ ...draft, time }, (result) => onResult(draft, result))
        }
      }
    }
  })

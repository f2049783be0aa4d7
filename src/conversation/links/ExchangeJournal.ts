/** The log of a room on an exchange: what the room appends is on the disk of this server, and what other servers append follows. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Event } from "../../protocol/conversation/Event.ts"
import { hasEvent, raise } from "../../protocol/conversation/Vector.ts"
import type { Journal } from "../Journal.ts"
import { Store, type StoreError } from "../store/Store.ts"
import * as StoreLimits from "../store/StoreLimits.ts"
import type { ExchangeDriver } from "./ExchangeDriver.ts"

/** What the room has appended last, until all of it is durable. */
interface Appending {
  /** In their order; each is replaced when it is durable, by itself. */
  readonly events: ReadonlyArray<Event>
  readonly missing: Set<string>
  readonly done: (result: ReadonlyArray<Event> | string) => void
}

/** The log of a room that the exchange has, with its history, until the scope closes. `server` is the name of this server. */
export const open = (
  driver: ExchangeDriver,
  room: string,
  server: string
): Effect.Effect<Journal, StoreError, Store | Scope.Scope> =>
  Effect.gen(function*() {
    const store = yield* Store
    const live: Array<Event> = []
    let take: ((events: ReadonlyArray<Event>) => void) | undefined
    let appending: Appending | undefined

    const onRecorded = (event: Event): void => {
      if (appending?.missing.delete(idOf(event)) === true) {
        if (appending.missing.size > 0) return
        const { done, events } = appending
        appending = undefined
        return done(events)
      }
      if (take === undefined) live.push(event)
      else take([event])
    }
    yield* driver.listen((event) => {
      if (event._tag === "Recorded" && event.event.room === room) onRecorded(event.event)
    })
    const history = yield* historyOf(store, room)
    yield* Effect.forkScoped(Effect.catchAll(driver.failed, ({ message }) =>
      Effect.sync(() => {
        appending?.done(message)
        appending = undefined
      })))

    return {
      room,
      server,
      follow: (next) => {
        take = next
        const later = live.splice(0).filter((event) => !hasEvent(history.vector, event))
        if (history.events.length + later.length > 0) next([...history.events, ...later])
      },
      append: (drafts, time, done) => {
        const events: Array<Event> = []
        for (const draft of drafts) {
          const posted = driver.post({ ...draft, room, time })
          if (posted._tag === "Full") return done("the log of the room is full")
          if (posted._tag === "Repeated") {
            return done(`post ${draft.n} of the device ${draft.device} was appended before`)
          }
          events.push(posted.event)
        }
        appending = { events, missing: new Set(events.map(idOf)), done }
      }
    }
  })

/** All events of a room, in its order, and their vector. */
const historyOf = (store: Store["Type"], room: string) =>
  Effect.gen(function*() {
    const events: Array<Event> = []
    const vector = new Map<string, number>()
    for (;;) {
      const page = yield* store.after(room, vector, StoreLimits.pageEvents)
      events.push(...page)
      for (const { origin, seq } of page) raise(vector, new Map([[origin, seq]]))
      if (page.length < StoreLimits.pageEvents) return { events, vector }
    }
  })

const idOf = ({ origin, seq }: Event): string => `${origin} ${seq}`

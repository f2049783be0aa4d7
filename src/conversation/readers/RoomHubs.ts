/** The rooms that readers have open, or had lately. A room is opened once, however many ask for it at the same time. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { Logs } from "../logs/Logs.ts"
import { Store, type StoreError } from "../store/Store.ts"
import * as WholeLog from "../store/WholeLog.ts"
import * as Limits from "./ReadersLimits.ts"
import { type HubSurroundings, RoomHub } from "./RoomHub.ts"

interface Entry {
  readonly scope: Scope.CloseableScope
  readonly opened: Deferred.Deferred<RoomHub, StoreError>
  hub: RoomHub | undefined
}

export interface RoomHubs {
  /** The room of this name; undefined if it is not on this server. */
  readonly get: (room: string) => Effect.Effect<RoomHub | undefined, StoreError>
  /** The room, if it is open already. */
  readonly known: (room: string) => RoomHub | undefined
}

/** Rooms are followed until the scope closes. */
export const make = (surroundings: HubSurroundings): Effect.Effect<RoomHubs, never, Logs | Store | Scope.Scope> =>
  Effect.gen(function*() {
    const logs = yield* Logs
    const store = yield* Store
    const outer = yield* Effect.scope
    const entries = new Map<string, Entry>()

    /** The room with its powers, which follow from all events of its log. */
    const opened = (room: string, scope: Scope.Scope): Effect.Effect<RoomHub, StoreError> =>
      Effect.gen(function*() {
        const hub = new RoomHub(room, surroundings)
        const followed = yield* Scope.extend(logs.follow(room, (news) => hub.onNews(news)), scope)
        yield* WholeLog.read(store, room, (events) => hub.addPowers(events))
        hub.begin(followed)
        return hub
      })

    const close = (room: string, { scope }: Entry): Effect.Effect<void> =>
      Effect.suspend(() => {
        entries.delete(room)
        return Scope.close(scope, Exit.void)
      })

    /** Closes the rooms that have had no reader for longest, beyond the limit. */
    const trim = Effect.suspend(() => {
      const idle = Array.from(entries).filter(([, { hub }]) => hub?.isIdle === true)
      const over = idle.slice(0, Math.max(0, idle.length - Limits.idleRooms))
      return Effect.forEach(over, ([room, entry]) => close(room, entry), { discard: true })
    })

    const open = (room: string): Effect.Effect<RoomHub, StoreError> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const entry: Entry = {
            scope: yield* Scope.fork(outer, ExecutionStrategy.sequential),
            opened: yield* Deferred.make<RoomHub, StoreError>(),
            hub: undefined
          }
          entries.set(room, entry)
          const exit = yield* Effect.exit(restore(opened(room, entry.scope)))
          if (Exit.isSuccess(exit)) entry.hub = exit.value
          else yield* close(room, entry)
          yield* Deferred.done(entry.opened, exit)
          yield* trim
          return yield* exit
        })
      )

    return {
      get: (room) =>
        Effect.suspend(() => {
          const entry = entries.get(room)
          if (entry !== undefined) {
            // Used again: it is the last one to be closed.
            entries.delete(room)
            entries.set(room, entry)
            return entry.hub === undefined ? Deferred.await(entry.opened) : Effect.succeed(entry.hub)
          }
          return logs.rooms().some((one) => one.room === room) ? open(room) : Effect.succeed(undefined)
        }),
      known: (room) => entries.get(room)?.hub
    }
  })

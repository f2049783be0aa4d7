/** What apps remember across restarts (`Memory`), in the store of the server: the names of `identify`, for example. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Remembered } from "../../apps/App.ts"
import type { Shape as Store, StoreError } from "./Store.ts"
import type { StoredRoom } from "./StoredRows.ts"

const Content = Schema.parseJson(Schema.Record({ key: Schema.String, value: Schema.String }))

/** For `RoomOptions`. */
export interface RoomSnapshot {
  readonly remembered: Remembered | undefined
  readonly onRemembered: (remembered: Remembered) => void
}

/**
 * What a room remembers, and a function that has the latest of it written: soon, and before the scope closes. `warn` reports each failure; the
 * next change is written again. A snapshot that cannot be read is none: the room begins anew.
 */
export const of = (
  store: Store,
  room: Pick<StoredRoom, "name" | "app" | "config">,
  warn: (error: StoreError) => Effect.Effect<void>
): Effect.Effect<RoomSnapshot, StoreError, Scope.Scope> =>
  Effect.gen(function*() {
    const { snapshot } = (yield* store.room(room.name)) ?? { snapshot: undefined }
    const remembered = snapshot === undefined
      ? undefined
      : yield* Effect.orElseSucceed(Schema.decode(Content)(snapshot), () => undefined)
    let latest: Remembered | undefined
    const changed = yield* Effect.makeLatch(false)
    const written = Effect.suspend(() => {
      const content = latest
      latest = undefined
      changed.unsafeClose()
      if (content === undefined) return Effect.void
      const { app, config, name } = room
      return Effect.catchAll(
        store.commit([{ _tag: "PutRoom", room: { name, app, config, snapshot: JSON.stringify(content) } }]),
        warn
      )
    })
    yield* Effect.addFinalizer(() => written)
    yield* Effect.forkScoped(Effect.interruptible(
      Effect.forever(Effect.zipRight(changed.await, Effect.uninterruptible(written)))
    ))
    return {
      remembered,
      onRemembered: (content) => {
        latest = content
        changed.unsafeOpen()
      }
    }
  })

/** What apps remember across restarts (`Memory`), in the store of the server: the names of `identify`, for example. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Remembered } from "../../apps/App.ts"
import * as RememberedWriter from "../RememberedWriter.ts"
import type { Shape as Store, StoreError } from "./Store.ts"
import type { StoredRoom } from "./StoredRows.ts"

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
      : yield* Effect.orElseSucceed(Schema.decode(RememberedWriter.RememberedJson)(snapshot), () => undefined)
    const { app, config, name } = room
    const onRemembered = yield* RememberedWriter.make((content) =>
      Effect.catchAll(
        store.commit([{ _tag: "PutRoom", room: { name, app, config, snapshot: JSON.stringify(content) } }]),
        warn
      )
    )
    return { remembered, onRemembered }
  })

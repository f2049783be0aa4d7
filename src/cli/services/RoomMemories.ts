/** What a room remembers across restarts: in the store that `--store` names, or without one in a file of the user's state folder. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { RoomOptions } from "../../conversation/Rooms.ts"
import * as RoomSnapshots from "../../conversation/store/RoomSnapshots.ts"
import { Store } from "../../conversation/store/Store.ts"
import * as RoomMemory from "../../node/RoomMemory.ts"
import * as Files from "../../node/storage/Files.ts"
import { type Failure, ofKeyring } from "../errors/Failure.ts"
import * as StoreFailure from "../errors/StoreFailure.ts"
import type { Report } from "../report/Report.ts"
import type { PlannedRoom } from "./HostingPlan.ts"

/** `stateFolder` is undefined for a server with a store of its own. */
export const of = (
  { app, config, name }: Pick<PlannedRoom, "app" | "config" | "name">,
  stateFolder: string | undefined,
  report: Report
): Effect.Effect<Pick<RoomOptions, "remembered" | "onRemembered">, Failure, Store | Scope.Scope> =>
  Effect.gen(function*() {
    if (app.use(({ memory }) => memory === undefined)) return {}
    const warn = (message: string) => report.emit({ type: "warning", code: "MemoryNotWritten", message })
    if (stateFolder === undefined) {
      const room = { name, app: app.name, config }
      const snapshot = RoomSnapshots.of(yield* Store, room, ({ message }) => warn(message))
      return yield* Effect.mapError(snapshot, StoreFailure.of)
    }
    const files = Files.make()
    const path = RoomMemory.pathOf(stateFolder, name)
    return {
      remembered: yield* Effect.mapError(RoomMemory.read(files, path), ofKeyring),
      onRemembered: yield* RoomMemory.writer(files, path, warn)
    }
  })

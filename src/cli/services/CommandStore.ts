/** The store that a command names with `--store`. Its module is a file of its own in the built program, and loaded here only. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { Shape as Store } from "../../conversation/store/Store.ts"
import * as StoreLocation from "../../conversation/store/StoreLocation.ts"
import { fromHome } from "../../node/Folders.ts"
import { type Failure, usage } from "../errors/Failure.ts"
import * as StoreFailure from "../errors/StoreFailure.ts"

/** The place in the value of `--store`. The failure does not quote it: it may have a password. */
export const located = (text: string): Either.Either<StoreLocation.StoreLocation, Failure> =>
  Either.mapBoth(StoreLocation.parse(text), {
    onLeft: ({ hint, message }) => usage(message, hint),
    onRight: (location) => location._tag === "File" ? { ...location, path: fromHome(location.path) } : location
  })

/** Opens the store, and closes it with the scope. */
export const open = (location: StoreLocation.StoreLocation): Effect.Effect<Store, Failure, Scope.Scope> =>
  Effect.flatMap(
    Effect.promise(() => import("../../node/store/NodeStore.ts")),
    (NodeStore) => Effect.mapError(NodeStore.open(location), StoreFailure.of)
  )

/** The store of a location: each kind is loaded when it is needed. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Shape, Store, type StoreError } from "../../conversation/store/Store.ts"
import type { StoreLocation } from "../../conversation/store/StoreLocation.ts"
import * as Files from "../storage/Files.ts"

export const open = (location: StoreLocation): Effect.Effect<Shape, StoreError, Scope.Scope> =>
  location._tag === "Postgres"
    ? Effect.flatMap(Effect.promise(() => import("./PostgresStore.ts")), (postgres) => postgres.open(location.url))
    : Effect.gen(function*() {
      const [file, { available }] = yield* Effect.promise(() =>
        Promise.all([import("./SqliteFile.ts"), import("./SqliteDriver.ts")])
      )
      return yield* file.open(Files.make(), yield* available, location.path)
    })

/** Closed with its scope. */
export const layer = (location: StoreLocation): Layer.Layer<Store, StoreError> => Layer.scoped(Store, open(location))

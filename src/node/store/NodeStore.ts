/** The store of a location: each kind is loaded when it is needed. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Shape, Store, StoreError } from "../../conversation/store/Store.ts"
import type { StoreLocation } from "../../conversation/store/StoreLocation.ts"
import * as Files from "../storage/Files.ts"

/** Fails with `Unsupported` where a package is missing. */
export const open = (location: StoreLocation): Effect.Effect<Shape, StoreError, Scope.Scope> =>
  location._tag === "Postgres"
    ? Effect.flatMap(loaded(() => import("./PostgresStore.ts")), (postgres) => postgres.open(location.url))
    : Effect.gen(function*() {
      const file = yield* loaded(() => import("./SqliteFile.ts"))
      const { available } = yield* loaded(() => import("./SqliteDriver.ts"))
      return yield* file.open(Files.make(), yield* available, location.path)
    })

/** Closed with its scope. */
export const layer = (location: StoreLocation): Layer.Layer<Store, StoreError> => Layer.scoped(Store, open(location))

const loaded = <A>(load: () => Promise<A>): Effect.Effect<A, StoreError> =>
  Effect.tryPromise({
    try: load,
    catch: (cause) =>
      new StoreError({
        reason: "Unsupported",
        message: `a package that the store needs cannot be loaded: ${String(cause)}; install it`,
        cause
      })
  })

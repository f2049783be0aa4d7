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
    ? Effect.flatMap(postgres, ({ open: openDatabase }) => openDatabase(location.url))
    : Effect.gen(function*() {
      const [file, { available }] = yield* Effect.promise(() =>
        Promise.all([import("./SqliteFile.ts"), import("./SqliteDriver.ts")])
      )
      return yield* file.open(Files.make(), yield* available, location.path)
    })

/** Closed with its scope. */
export const layer = (location: StoreLocation): Layer.Layer<Store, StoreError> => Layer.scoped(Store, open(location))

/** Its package is optional, because few servers have a database. */
const postgres = Effect.tryPromise({
  try: () => import("./PostgresStore.ts"),
  catch: (cause) =>
    new StoreError({
      reason: "Unsupported",
      message: `a store in Postgres needs the package @effect/sql-pg, which cannot be loaded (${reasonOf(cause)}); `
        + "install it beside this one: npm install @effect/sql-pg@0.53",
      cause
    })
})

/** The first line: those that follow are a list of files. */
const reasonOf = (cause: unknown): string => String(cause instanceof Error ? cause.message : cause).split("\n")[0] ?? ""

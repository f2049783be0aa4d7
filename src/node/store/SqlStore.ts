/** A store in a database that @effect/sql has a client of: SQLite or Postgres, with the same statements. */
import * as SqlClient from "@effect/sql/SqlClient"
import { type SqlError, SqlErrorTypeId } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as GroupCommit from "../../conversation/store/GroupCommit.ts"
import { type Shape, StoreError } from "../../conversation/store/Store.ts"
import type { Turn } from "../../conversation/store/StoreWrites.ts"
import * as SqlMigrations from "./SqlMigrations.ts"
import { readsOf } from "./SqlReads.ts"
import * as SqlWrites from "./SqlWrites.ts"

export interface Options {
  /** The error of a store for one of its database. */
  readonly errorOf: (error: SqlError) => StoreError
  /** Runs after turns that have removed something: their bytes are to be gone from the disk. */
  readonly scrub?: Effect.Effect<unknown, SqlError> | undefined
  /** Runs before each transaction: turns that come meanwhile are in it. */
  readonly gathering?: Effect.Effect<void> | undefined
}

/** Makes the tables if they are missing. */
export const make = (
  { errorOf, gathering, scrub = Effect.void }: Options
): Effect.Effect<Shape, StoreError, SqlClient.SqlClient | Scope.Scope> =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* Effect.mapError(SqlMigrations.run, (error) => error._tag === "SqlError" ? errorOf(error) : error)
    const commit = yield* GroupCommit.make((turns) => {
      const turn = turns.flat()
      return sql.withTransaction(SqlWrites.apply(sql, turn)).pipe(
        // The library takes a failed COMMIT for a defect.
        Effect.catchSomeDefect((defect) => isSqlError(defect) ? Option.some(Effect.fail(defect)) : Option.none()),
        Effect.mapError((error) => error._tag === "SqlError" ? errorOf(error) : error),
        // The turn is durable, whatever becomes of this.
        Effect.zipRight(removes(turn) ? Effect.ignoreLogged(scrub) : Effect.void)
      )
    }, gathering)
    return { ...readsOf(sql, errorOf), commit }
  })

/** Not `instanceof`: the client of Postgres may have another copy of the package. */
const isSqlError = (defect: unknown): defect is SqlError => Predicate.hasProperty(defect, SqlErrorTypeId)

/** Whether a turn has something whose bytes are to be gone. */
const removes = (turn: Turn): boolean =>
  turn.some(({ _tag }) => _tag.startsWith("Erase") || _tag.startsWith("Remove") || _tag === "Purge")

/** A store in a database of Postgres. Several processes may use one database; a password is read from PGPASSFILE, as by psql. */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { type Reason, type Shape, StoreError } from "../../conversation/store/Store.ts"
import * as Limits from "../../conversation/store/StoreLimits.ts"
import * as SqlStore from "./SqlStore.ts"

/** Opens the store of a URL (`StoreLocation`), and makes its tables if they are missing. */
export const open = (url: string): Effect.Effect<Shape, StoreError, Scope.Scope> =>
  Effect.gen(function*() {
    const client = yield* Effect.mapError(
      Layer.build(PgClient.layer({
        url: Redacted.make(url),
        applicationName: "holub",
        maxConnections: Limits.connections,
        connectTimeout: Limits.connectMillis,
        types: { getTypeParser: parserOf }
      })),
      errorOf
    )
    return yield* Effect.zipRight(durable, SqlStore.make({ errorOf })).pipe(Effect.provide(client))
  })

/** Fails where the database reports a turn before it is durable. */
const durable: Effect.Effect<void, StoreError, SqlClient.SqlClient> = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [setting] = yield* Effect.mapError(
    sql<{ readonly synchronous_commit: string }>`SHOW synchronous_commit`,
    errorOf
  )
  if (setting?.synchronous_commit !== "off") return
  return yield* new StoreError({
    reason: "Unsupported",
    message: "the database of the store reports what it has not written yet (synchronous_commit is off); run: "
      + "ALTER DATABASE NAME SET synchronous_commit = on"
  })
})

/** Integers are numbers, all other values of our tables are texts. */
const parserOf = (type: number) => (text: string): unknown => integers.has(type) ? Number(text) : text

/** int8, int2 and int4 (pg_type.dat). */
const integers: ReadonlySet<number> = new Set([20, 21, 23])

/** The error of a store whose database has failed. */
export const errorOf = ({ cause, message }: SqlError): StoreError => {
  const code = codeOf(cause)
  const text = cause instanceof Error && cause.message !== "" ? cause.message : message
  const [, { advice, reason }] = meanings.find(([pattern]) => pattern.test(code)) ?? other
  return new StoreError({ reason, message: `the database of the store cannot be used: ${text}${advice}`, cause })
}

const codeOf = (cause: unknown): string => {
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code)
  // Errors of the client itself, when its connection is over, have no code.
  return cause instanceof Error && /^(?:Client|Connection) /.test(cause.message) ? connectionFailure : ""
}

/** `connection_failure` in appendix A. */
const connectionFailure = "08006"

type Meaning = readonly [code: RegExp, meaning: { readonly reason: Reason; readonly advice: string }]

/** By the code of Postgres (appendix A of its manual), or that of the system. */
const meanings: ReadonlyArray<Meaning> = [
  // Of transactions that wait for each other one is undone: its turns are tried one by one.
  [/^(?:23505|40001|40P01)$/, { reason: "Conflict", advice: "" }],
  [/^53100$/, { reason: "NoSpace", advice: "; free some space on its machine" }],
  [/^(?:28|42501)/, { reason: "Denied", advice: "; check the user, and the password in PGPASSFILE" }],
  [/^3D000$/, { reason: "Unreachable", advice: "; make it: createdb NAME" }],
  [/^(?:08|57P|E[A-Z]+$)/, { reason: "Unreachable", advice: "; check its address, and whether it runs" }]
]
const other: Meaning = [/^/, { reason: "Io", advice: "" }]

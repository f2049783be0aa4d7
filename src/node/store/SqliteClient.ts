/**
 * A client of @effect/sql over one connection to a file of SQLite. Statements run synchronously; one transaction, or one statement outside
 * of it, runs at a time, so that nothing is read that is not durable.
 */
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import type { Connection } from "@effect/sql/SqlConnection"
import { SqlError } from "@effect/sql/SqlError"
import * as Statement from "@effect/sql/Statement"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Limits from "../../conversation/store/StoreLimits.ts"
import type { SqliteConnection, SqliteStatement, SqliteValue } from "./SqliteDriver.ts"

export const make = (connection: SqliteConnection): Effect.Effect<SqlClient.SqlClient> =>
  Effect.gen(function*() {
    const permit = yield* Effect.makeSemaphore(1)
    const direct = connectionOf(connection)
    const whole: Connection = {
      execute: (...parameters) => permit.withPermits(1)(direct.execute(...parameters)),
      executeRaw: (...parameters) => permit.withPermits(1)(direct.executeRaw(...parameters)),
      executeValues: (...parameters) => permit.withPermits(1)(direct.executeValues(...parameters)),
      executeUnprepared: (...parameters) => permit.withPermits(1)(direct.executeUnprepared(...parameters)),
      executeStream: (sql, parameters, transform) =>
        Stream.fromIterableEffect(permit.withPermits(1)(direct.execute(sql, parameters, transform)))
    }
    const reserved = Effect.uninterruptibleMask((restore) =>
      Effect.as(
        Effect.zipRight(
          restore(permit.take(1)),
          Effect.flatMap(Effect.scope, (scope) => Scope.addFinalizer(scope, permit.release(1)))
        ),
        direct
      )
    )
    return yield* SqlClient.make({
      acquirer: Effect.succeed(whole),
      transactionAcquirer: reserved,
      compiler: Statement.makeCompilerSqlite(),
      // The file is locked by this process: no other writer makes a later statement fail.
      beginTransaction: "BEGIN IMMEDIATE",
      spanAttributes: [["db.system.name", "sqlite"]]
    })
  }).pipe(Effect.provide(Reactivity.layer))

const connectionOf = (connection: SqliteConnection): Connection => {
  /** The last one used is the last one here. */
  const statements = new Map<string, SqliteStatement>()
  const prepared = (sql: string): SqliteStatement => {
    const statement = statements.get(sql) ?? connection.prepare(sql)
    statements.delete(sql)
    statements.set(sql, statement)
    const [oldest] = statements.keys()
    if (statements.size > Limits.statements && oldest !== undefined) statements.delete(oldest)
    return statement
  }
  const run = (sql: string, parameters: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<Row>, SqlError> =>
    Effect.try({
      try: () => prepared(sql).all(parameters.map(valueOf)).map(rowOf),
      catch: (cause) => new SqlError({ cause, message: "SQLite has not executed a statement" })
    })
  return {
    execute: (sql, parameters, transform) =>
      transform === undefined ? run(sql, parameters) : Effect.map(run(sql, parameters), transform),
    executeRaw: run,
    executeValues: (sql, parameters) =>
      Effect.map(run(sql, parameters), (rows) => rows.map((row) => Object.values(row))),
    executeUnprepared: (sql, parameters, transform) => {
      const rows = run(sql, parameters)
      // A COMMIT that failed, as on a full disk, leaves the transaction open.
      const closed = sql === "COMMIT"
        ? Effect.tapError(rows, () => Effect.ignore(run("ROLLBACK", [])))
        : rows
      return transform === undefined ? closed : Effect.map(closed, transform)
    },
    executeStream: (sql, parameters, transform) => {
      const rows = run(sql, parameters)
      return Stream.fromIterableEffect(transform === undefined ? rows : Effect.map(rows, transform))
    }
  }
}

type Row = Readonly<Record<string, unknown>>

/**
 * A value as SQLite takes it. Whole numbers are integers everywhere, booleans are 0 and 1, times are milliseconds since 1970. Throws a
 * TypeError for a value that cannot be stored.
 */
export const valueOf = (value: unknown): SqliteValue => {
  switch (typeof value) {
    case "string":
      return value
    case "number":
      return Number.isSafeInteger(value) ? BigInt(value) : value
    case "bigint":
      if (BigInt.asIntN(64, value) === value) return value
      break
    case "boolean":
      return value ? 1n : 0n
    case "undefined":
      return null
    case "object":
      if (value === null) return null
      // Without bytes, but not without a buffer: node:sqlite would take it for null.
      if (value instanceof Uint8Array) return value.length === 0 ? new Uint8Array(new ArrayBuffer(1), 0, 0) : value
      if (value instanceof Date && !Number.isNaN(value.getTime())) return BigInt(value.getTime())
      break
    default:
      break
  }
  throw new TypeError(`SQLite cannot store a ${typeof value}`)
}

/** Integers are numbers where they are exact; a larger one stays a BigInt. */
const rowOf = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, cellOf(value)]))

const cellOf = (value: unknown): unknown => {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value
}

import type * as SqlClient from "@effect/sql/SqlClient"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { join } from "node:path"
import * as SqliteClient from "../../../src/node/store/SqliteClient.ts"
import { libsql, nodeSqlite, type SqliteDriver } from "../../../src/node/store/SqliteDriver.ts"
import { temporaryFolder } from "./sqliteWorld.ts"

const clientOf = (driver: () => SqliteDriver): Effect.Effect<SqlClient.SqlClient, never, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder
    const connection = yield* Effect.acquireRelease(
      Effect.sync(() => driver().open(join(folder, "a.db"))),
      (opened) => Effect.sync(() => opened.close())
    )
    const sql = yield* SqliteClient.make(connection)
    yield* Effect.orDie(sql`CREATE TABLE things (id integer PRIMARY KEY, a integer, b blob, c text, d) STRICT`.pipe(
      Effect.orElse(() => sql`CREATE TABLE things (id integer PRIMARY KEY, a integer, b blob, c text, d)`)
    ))
    return sql
  })

const isAvailable = (driver: () => SqliteDriver): boolean => {
  try {
    return driver().name !== ""
  } catch {
    return false
  }
}

describe.each([["libsql", () => libsql()], ["node:sqlite", nodeSqlite]] as const)(
  "the client of %s",
  (name, driver) => {
    describe.skipIf(!isAvailable(driver))(`${name} (skipped where there is none)`, () => {
      const inClient = <A, E>(body: (sql: SqlClient.SqlClient) => Effect.Effect<A, E, Scope.Scope>) =>
        Effect.flatMap(clientOf(driver), body)

      it.scoped("keeps blobs, booleans, times, whole numbers up to 64 bits and nulls", () =>
        inClient((sql) =>
          Effect.gen(function*() {
            const blob = Uint8Array.of(0, 1, 255, 0)
            const values = [
              { a: true, b: blob, c: "", d: new Date(86_400_000) },
              { a: false, b: Buffer.from(blob).subarray(1, 3), c: "ž🕊", d: null },
              { a: Number.MAX_SAFE_INTEGER, b: new Uint8Array(0), c: null, d: 1.5 },
              { a: 2n ** 63n - 1n, b: null, c: "a\nb", d: undefined },
              { a: -(2n ** 63n), b: null, c: null, d: -0.25 }
            ]
            for (const { a, b, c, d } of values) {
              yield* sql`INSERT INTO things (a, b, c, d) VALUES (${a}, ${b}, ${c}, ${d})`
            }
            // Alone: libsql would take a lone object for named parameters, and end the process for a boolean.
            expect(yield* sql`SELECT ${true} AS flag`).toEqual([{ flag: 1 }])
            expect(yield* sql`SELECT ${blob} AS bytes`).toEqual([{ bytes: blob }])
            expect(yield* sql`SELECT ${new Date(5)} AS time`).toEqual([{ time: 5 }])
            expect(yield* sql`SELECT a, b, c, d FROM things ORDER BY id`).toEqual([
              { a: 1, b: blob, c: "", d: 86_400_000 },
              { a: 0, b: blob.subarray(1, 3), c: "ž🕊", d: null },
              { a: Number.MAX_SAFE_INTEGER, b: new Uint8Array(0), c: null, d: 1.5 },
              { a: 2n ** 63n - 1n, b: null, c: "a\nb", d: null },
              { a: -(2n ** 63n), b: null, c: null, d: -0.25 }
            ])
            expect(yield* sql`SELECT a FROM things WHERE a = ${true}`.values).toEqual([[1]])
          })
        ))

      it.scoped("refuses what SQLite cannot keep, before it reaches native code", () =>
        inClient((sql) =>
          Effect.gen(function*() {
            for (const value of [{}, [1], Symbol("a"), () => 1, 2n ** 63n, new Date(Number.NaN), new Map()]) {
              const error = yield* Effect.flip(sql`SELECT ${value} AS value`)
              expect(String(error.cause)).toMatch(/^TypeError: SQLite cannot store a /)
            }
          })
        ))

      it.scoped("runs one transaction at a time: others read nothing of it before its end", () =>
        inClient((sql) =>
          Effect.gen(function*() {
            const half = yield* Effect.makeLatch(false)
            const writing = yield* Effect.fork(sql.withTransaction(Effect.gen(function*() {
              yield* sql`INSERT INTO things (a) VALUES (1)`
              yield* half.await
              yield* sql`INSERT INTO things (a) VALUES (2)`
            })))
            yield* Effect.yieldNow()
            const reading = yield* Effect.fork(sql`SELECT a FROM things`.values)
            yield* Effect.yieldNow()
            yield* half.open
            yield* writing.await
            expect(yield* reading).toEqual([[1], [2]])
          })
        ))

      it.scoped("undoes a transaction that fails, and one that is interrupted, and goes on", () =>
        inClient((sql) =>
          Effect.gen(function*() {
            const failing = sql.withTransaction(
              Effect.zipRight(sql`INSERT INTO things (a) VALUES (1)`, sql`INSERT INTO nowhere (a) VALUES (1)`)
            )
            expect((yield* Effect.flip(failing))._tag).toBe("SqlError")
            const endless = yield* Effect.fork(
              sql.withTransaction(Effect.zipRight(sql`INSERT INTO things (a) VALUES (2)`, Effect.never))
            )
            yield* Effect.yieldNow()
            yield* endless.interruptAsFork(endless.id())
            yield* endless.await
            yield* sql.withTransaction(sql`INSERT INTO things (a) VALUES (3)`)
            expect(yield* sql`SELECT a FROM things`.values).toEqual([[3]])
          })
        ))

      it.scoped("goes on after more different statements than it keeps", () =>
        inClient((sql) =>
          Effect.gen(function*() {
            for (let number = 0; number < 600; number++) {
              expect(yield* sql.unsafe(`SELECT ${number} AS number`)).toEqual([{ number }])
            }
          })
        ))
    })
  }
)

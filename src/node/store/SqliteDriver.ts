/**
 * SQLite as this program uses it: synchronous, one connection to a file. Two packages provide it: libsql, which is optional, and
 * node:sqlite, which Node has from version 22.13 on.
 */
import * as Effect from "effect/Effect"
import { createRequire } from "node:module"
import { StoreError } from "../../conversation/store/Store.ts"

/** What a parameter may be. Everything else is refused before it reaches native code: libsql ends the process for some values. */
export type SqliteValue = null | bigint | number | string | Uint8Array

export interface SqliteDriver {
  /** `libsql` or `node:sqlite`. */
  readonly name: string
  /** Opens a file, which exists. Throws. */
  readonly open: (path: string) => SqliteConnection
}

/** Functions throw the errors of the package; `resultCodeOf` finds SQLite's in them. */
export interface SqliteConnection {
  readonly prepare: (sql: string) => SqliteStatement
  readonly close: () => void
}

export interface SqliteStatement {
  /** Runs the statement and returns all rows. Integers are BigInts, blobs ArrayBuffers or Uint8Arrays. */
  readonly all: (parameters: ReadonlyArray<SqliteValue>) => ReadonlyArray<Readonly<Record<string, unknown>>>
}

/** The primary result code of SQLite (sqlite.org/rescode.html) in an error of either package; undefined for another error. */
export const resultCodeOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error)) return undefined
  const extended = "rawCode" in error ? error.rawCode : "errcode" in error ? error.errcode : undefined
  return typeof extended === "number" ? extended & 0xff : undefined
}

/** The package name is not a literal in the call, so that a bundle without it can be made. */
const libsqlPackage: string = "libsql"
const sqliteModule: string = "node:sqlite"

/** The part of libsql that is used. Its parameters always go as one array. */
interface Libsql {
  new(path: string): {
    readonly defaultSafeIntegers: (toggle: boolean) => unknown
    readonly prepare: (
      sql: string
    ) => { readonly all: (parameters: ReadonlyArray<SqliteValue>) => Array<Record<string, unknown>> }
    readonly close: () => void
  }
}

/** libsql, as a module at `from` (a URL) finds it. Throws if it is not installed, or not for this platform. */
export const libsql = (from: string = import.meta.url): SqliteDriver => {
  const Database: Libsql = createRequire(from)(libsqlPackage)
  return {
    name: "libsql",
    open: (path) => {
      const database = new Database(path)
      database.defaultSafeIntegers(true)
      return {
        prepare: (sql) => {
          const statement = database.prepare(sql)
          return { all: (parameters) => statement.all(parameters) }
        },
        close: () => database.close()
      }
    }
  }
}

/** The part of node:sqlite that is used. */
interface NodeSqlite {
  readonly DatabaseSync: new(path: string) => {
    readonly prepare: (sql: string) => {
      readonly setReadBigInts: (enabled: boolean) => void
      readonly all: (...parameters: ReadonlyArray<SqliteValue>) => Array<Record<string, unknown>>
    }
    readonly close: () => void
  }
}

/** node:sqlite. Throws if this Node has none. */
export const nodeSqlite = (): SqliteDriver => {
  const { DatabaseSync }: NodeSqlite = createRequire(import.meta.url)(sqliteModule)
  return {
    name: "node:sqlite",
    open: (path) => {
      const database = new DatabaseSync(path)
      return {
        prepare: (sql) => {
          const statement = database.prepare(sql)
          statement.setReadBigInts(true)
          return { all: (parameters) => statement.all(...parameters) }
        },
        close: () => database.close()
      }
    }
  }
}

/** The first driver that works here. Fails with `Unsupported`. */
export const available: Effect.Effect<SqliteDriver, StoreError> = Effect.orElse(
  Effect.try(() => libsql()),
  () =>
    Effect.try({
      try: nodeSqlite,
      catch: (cause) =>
        new StoreError({
          reason: "Unsupported",
          message:
            "neither the package libsql is installed nor does this Node have node:sqlite; run npm install in the folder "
            + "of holub, or use Node 22.13 or later",
          cause
        })
    })
)

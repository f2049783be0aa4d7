/**
 * A store in a file of SQLite. Its folder and its file are for this user only, as keys are; one process has it at a time; what was removed
 * is overwritten.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { dirname, resolve } from "node:path"
import { type Reason, type Shape, StoreError } from "../../conversation/store/Store.ts"
import * as OwnFiles from "../security/OwnFiles.ts"
import * as Files from "../storage/Files.ts"
import * as SqliteClient from "./SqliteClient.ts"
import { resultCodeOf, type SqliteConnection, type SqliteDriver } from "./SqliteDriver.ts"
import * as SqlStore from "./SqlStore.ts"

/** Marks a file as a store of Holub in its header (`PRAGMA application_id`): "hlub". */
const applicationId = 0x68_6c_75_62

/** Opens the store, and makes its file if there is none. */
export const open = (
  files: Files.Files,
  driver: SqliteDriver,
  file: string
): Effect.Effect<Shape, StoreError, Scope.Scope> =>
  Effect.gen(function*() {
    const path = resolve(file)
    yield* Effect.mapError(
      owned(files, path),
      ({ cause, message }) => new StoreError({ reason: "Denied", message, cause })
    )
    const connection = yield* Effect.acquireRelease(
      Effect.try({ try: () => connected(driver, path), catch: (cause) => errorOf(path, cause) }),
      (opened) => Effect.sync(() => closed(opened))
    )
    const sql = yield* SqliteClient.make(connection)
    return yield* SqlStore.make({
      errorOf: (error: SqlError) => errorOf(path, error.cause),
      // The log that is written ahead of the file has what was removed, too.
      scrub: sql`PRAGMA wal_checkpoint(TRUNCATE)`,
      gathering: afterReads
    }).pipe(Effect.provideService(SqlClient.SqlClient, sql))
  })

/**
 * Completes when all sockets that have bytes were read. Statements run synchronously: without this wait a post would be durable before the
 * next socket is read, and no transaction would have two of them.
 */
const afterReads = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** The folder and an empty file, if they are missing; fails where others have access to them. */
const owned = (files: Files.Files, path: string) =>
  Effect.gen(function*() {
    yield* OwnFiles.folder(files, dirname(path))
    if (yield* OwnFiles.exists(files, path, rules)) return
    yield* OwnFiles.create(files, path, new Uint8Array(0))
    yield* OwnFiles.exists(files, path, rules)
  })

const rules = { what: "the store", isPublic: false, followsLinks: false, maxBytes: 0 }

const connected = (driver: SqliteDriver, path: string): SqliteConnection => {
  const connection = driver.open(path)
  const run = (sql: string) => connection.prepare(sql).all([])
  try {
    const [mark] = run("PRAGMA application_id")
    const [tables] = run("SELECT count(*) AS number FROM sqlite_schema")
    const isNew = Number(tables?.["number"]) === 0
    if (!isNew && Number(mark?.["application_id"]) !== applicationId) throw new ForeignFile()
    // Exclusive before the first access in this mode: the lock is held until the file is closed.
    run("PRAGMA locking_mode = EXCLUSIVE")
    run("PRAGMA journal_mode = WAL")
    run("PRAGMA synchronous = FULL")
    // On macOS a sync does not reach the disk otherwise.
    run("PRAGMA fullfsync = ON")
    run("PRAGMA checkpoint_fullfsync = ON")
    run("PRAGMA secure_delete = ON")
    run(`PRAGMA application_id = ${applicationId}`)
    // Takes the lock.
    run("BEGIN IMMEDIATE")
    run("COMMIT")
    // The log that a crash has left may have what was erased.
    run("PRAGMA wal_checkpoint(TRUNCATE)")
    return connection
  } catch (cause) {
    connection.close()
    throw cause
  }
}

/**
 * Leaves one file, and no lock: libsql closes the file when the garbage collector has removed all statements. Another process that opens
 * the store after a crash does the same from its log.
 */
const closed = (connection: SqliteConnection): void => {
  try {
    for (const step of ["journal_mode = DELETE", "locking_mode = NORMAL", "application_id"]) {
      connection.prepare(`PRAGMA ${step}`).all([])
    }
  } finally {
    connection.close()
  }
}

/** A file of SQLite that is no store. */
class ForeignFile extends Error {}

const errorOf = (path: string, cause: unknown): StoreError => {
  const { advice, reason } = cause instanceof ForeignFile
    ? { reason: "Damaged" as const, advice: "it is a database of another program; name another file" }
    : meanings.get(resultCodeOf(cause) ?? -1) ??
      { reason: "Io" as const, advice: cause instanceof Error ? cause.message : String(cause) }
  return new StoreError({ reason, message: `the store ${path} cannot be used: ${advice}`, cause })
}

/** By the primary result code of SQLite. */
const meanings = new Map<number, { readonly reason: Reason; readonly advice: string }>([
  [3, { reason: "Denied", advice: "permission denied; check the owner and the mode" }],
  [5, { reason: "InUse", advice: "another process uses it; stop that one, or name another file" }],
  [6, { reason: "InUse", advice: "another process uses it; stop that one, or name another file" }],
  [8, { reason: "Denied", advice: "it cannot be written; check the owner, the mode and the file system" }],
  [10, { reason: "Io", advice: "the disk has failed to read or write; check the disk" }],
  [11, { reason: "Damaged", advice: "it is damaged; restore a copy, or move it away to begin anew" }],
  [13, { reason: "NoSpace", advice: "the disk is full; free some space" }],
  [14, { reason: "Denied", advice: "it cannot be opened; check the path, the owner and the mode" }],
  [19, { reason: "Conflict", advice: "what is written exists already" }],
  [26, {
    reason: "Damaged",
    advice: "it is no store, or it is damaged; name another file, or move it away to begin anew"
  }]
])

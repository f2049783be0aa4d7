import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import * as Files from "../../../src/node/storage/Files.ts"
import { libsql, nodeSqlite, type SqliteConnection, type SqliteDriver } from "../../../src/node/store/SqliteDriver.ts"
import * as SqliteFile from "../../../src/node/store/SqliteFile.ts"
import { alpha, appended, post, posts } from "../../conversation/store/events.ts"
import { storeSuite } from "../../suites/store.ts"
import { storeTablesSuite } from "../../suites/storeTables.ts"
import { reasonOf } from "../../suites/storeWorld.ts"
import { sqliteWorld, temporaryFolder } from "./sqliteWorld.ts"

const hasNodeSqlite = (() => {
  try {
    return nodeSqlite().name !== ""
  } catch {
    return false
  }
})()

storeSuite("a file of libsql", sqliteWorld(() => libsql()))
storeTablesSuite("a file of libsql", sqliteWorld(() => libsql()))
describe.skipIf(!hasNodeSqlite)("node:sqlite (skipped where Node has none)", () => {
  storeSuite("a file of node:sqlite", sqliteWorld(nodeSqlite))
  storeTablesSuite("a file of node:sqlite", sqliteWorld(nodeSqlite))
})

const world = sqliteWorld(() => libsql())
const open = (path: string, driver: SqliteDriver = libsql()) => SqliteFile.open(Files.make(), driver, path)
const modeOf = (path: string) => statSync(path).mode & 0o777

/** A driver that prepares the connection of `driver` with some statements. */
const prepared = (driver: SqliteDriver, statements: ReadonlyArray<string>): SqliteDriver => ({
  name: driver.name,
  open: (path) => {
    const connection: SqliteConnection = driver.open(path)
    for (const statement of statements) connection.prepare(statement).all([])
    return connection
  }
})

describe("the file of a store", () => {
  it.scoped("and its folder are made for this user only, the log of SQLite too", () =>
    Effect.gen(function*() {
      const { folder, open: opened, path } = yield* world
      const store = yield* opened
      yield* store.commit(appended([post(alpha, 1)]))
      expect([modeOf(join(folder, "state")), modeOf(path), modeOf(`${path}-wal`)]).toEqual([0o700, 0o600, 0o600])
    }))

  it.scoped("is one file when it is closed", () =>
    Effect.gen(function*() {
      const { folder, open: opened } = yield* world
      yield* Effect.scoped(Effect.flatMap(opened, (store) => store.commit(appended([post(alpha, 1)]))))
      expect(readdirSync(join(folder, "state"))).toEqual(["holub.store"])
    }))

  it.scoped("that others may read, in a folder that others may change, or behind a link, is refused", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder
      const path = join(folder, "a")
      writeFileSync(path, "", { mode: 0o644 })
      const readable = yield* Effect.flip(open(path))
      expect([readable.reason, readable.message.replaceAll(folder, "")]).toEqual([
        "Denied",
        "the store /a can be read or changed by other users (mode 0644); run: chmod 600 /a, or make a new one if they may have read it"
      ])
      chmodSync(path, 0o600)
      symlinkSync(path, join(folder, "b"))
      expect((yield* Effect.flip(open(join(folder, "b")))).message).toContain("is not a file")
      mkdirSync(join(folder, "c"))
      chmodSync(join(folder, "c"), 0o777)
      expect((yield* Effect.flip(open(join(folder, "c", "store")))).message).toContain("other users may write in")
      expect((yield* Effect.flip(open(folder))).reason).toBe("Denied")
    }))

  it.scoped("is opened by one process at a time, and is free again afterwards", () =>
    Effect.gen(function*() {
      const { open: opened, path } = yield* world
      yield* Effect.scoped(Effect.gen(function*() {
        yield* opened
        const second = yield* Effect.flip(opened)
        expect([second.reason, second.message]).toEqual([
          "InUse",
          `the store ${path} cannot be used: another process uses it; stop that one, or name another file`
        ])
        expect(yield* otherProcess(path)).toContain("SQLITE_BUSY")
      }))
      expect(yield* otherProcess(path)).toBe("opened")
      yield* opened
    }))

  it.scoped("has each turn that was reported as durable in every copy that is made afterwards, as after a crash", () =>
    Effect.gen(function*() {
      const { folder, open: opened, path } = yield* world
      const store = yield* opened
      for (let seq = 1; seq <= 3; seq++) {
        yield* store.commit(appended([post(alpha, seq)]))
        const copy = join(folder, "state", `copy${seq}`)
        for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, copy + suffix)
        yield* Effect.scoped(Effect.gen(function*() {
          expect(yield* (yield* open(copy)).after("hall", new Map(), 9)).toEqual(posts(alpha, 1, seq))
        }))
      }
    }))

  it.scoped("has nothing left of what was erased, purged or forgotten, and neither has its log", () =>
    Effect.gen(function*() {
      const { open: opened, path } = yield* world
      const store = yield* opened
      const secret = (word: string) => ({ body: { text: `the ${word} pigeon`.repeat(300) } })
      yield* store.commit([
        ...appended([
          post(alpha, 1, secret("first")),
          post(alpha, 2, secret("second")),
          post(alpha, 3, secret("third"))
        ]),
        {
          _tag: "AddAccount",
          account: { id: "1", name: "fourth pigeon", fold: "f", look: "f", password: "fifth pigeon", created: 1 }
        }
      ])
      const found = () => {
        const bytes = ["", "-wal"].filter((suffix) => existsSync(path + suffix)).map((suffix) =>
          readFileSync(path + suffix)
        )
        return ["first", "second", "third", "fourth", "fifth"].filter((word) =>
          bytes.some((content) => content.includes(`${word} pigeon`))
        )
      }
      expect(found()).toHaveLength(5)
      yield* store.commit([{ _tag: "Purge", room: "hall", origin: alpha, floor: 1 }])
      yield* store.commit([{ _tag: "Erase", room: "hall", origin: alpha, seq: 2 }])
      yield* store.commit([{ _tag: "RemoveAccount", account: "1" }])
      expect(found()).toEqual(["third"])
    }))

  it.scoped("that is damaged, cut, or no store is named, with what to do, and is not changed", () =>
    Effect.gen(function*() {
      const { folder, open: opened, path } = yield* world
      yield* Effect.scoped(Effect.flatMap(opened, (store) => store.commit(appended(posts(alpha, 1, 500)))))
      const whole = readFileSync(path)
      const written = (name: string, content: Uint8Array | string) => {
        const file = join(folder, "state", name)
        writeFileSync(file, content, { mode: 0o600 })
        return file
      }
      const text = written("text", "a text of somebody. ".repeat(100))
      expect((yield* Effect.flip(open(text))).message).toMatch(/is no store, or it is damaged; name another file/)
      expect(readFileSync(text, "utf8")).toBe("a text of somebody. ".repeat(100))

      const overwritten = Uint8Array.from(whole)
      overwritten.fill(0x55, 100, 8192)
      expect((yield* Effect.flip(open(written("overwritten", overwritten)))).reason).toBe("Damaged")

      const cut = written("cut", whole)
      truncateSync(cut, 3 * 4096)
      const inCut = Effect.flatMap(open(cut), (store) => store.after("hall", new Map(), Infinity))
      expect(yield* reasonOf(Effect.scoped(inCut))).toBe("Damaged")

      const foreign = written("foreign", "")
      const connection = libsql().open(foreign)
      connection.prepare("CREATE TABLE recipes (name text)").all([])
      connection.close()
      expect((yield* Effect.flip(open(foreign))).message).toContain("it is a database of another program")
    }))

  it.scoped("of a newer version is refused", () =>
    Effect.gen(function*() {
      const { open: opened, path } = yield* world
      yield* Effect.scoped(opened)
      const later = prepared(libsql(), [
        "INSERT INTO holub_migrations (migration_id, name) VALUES (9, 'tables_of_tomorrow')"
      ])
      const error = yield* Effect.flip(open(path, later))
      expect([error.reason, error.message]).toEqual([
        "Newer",
        "a newer version of holub has written this store (step 9, known is 1): run that version"
      ])
    }))

  it.scoped("that cannot grow fails with NoSpace, keeps what it had, and goes on when there is space", () =>
    Effect.gen(function*() {
      const { open: opened, path } = yield* world
      yield* Effect.scoped(Effect.flatMap(opened, (store) => store.commit(appended([post(alpha, 1)]))))
      const pages = Math.ceil(statSync(path).size / 4096) + 4
      const full = yield* open(path, prepared(libsql(), [`PRAGMA max_page_count = ${pages}`]))
      expect(yield* reasonOf(full.commit(appended(posts(alpha, 2, 900))))).toBe("NoSpace")
      expect(yield* full.after("hall", new Map(), 9)).toEqual([post(alpha, 1)])
      yield* full.commit(appended([post(alpha, 2)]))
      expect((yield* full.heads("hall")).get(alpha)?.seq).toBe(2)
    }))
})

/** What another process gets when it opens the file and begins to write. */
const otherProcess = (path: string): Effect.Effect<string> =>
  Effect.async((resume) => {
    const program = `const Database = require(process.argv[1])
      try { new Database(process.argv[2]).exec("BEGIN IMMEDIATE; COMMIT"); console.log("opened") }
      catch (error) { console.log(error.code) }`
    const libsqlPath = createRequire(import.meta.url).resolve("libsql")
    execFile(process.execPath, ["-e", program, libsqlPath, path], (_, output, errors) => {
      resume(Effect.succeed(`${output}${errors}`.trim()))
    })
  })

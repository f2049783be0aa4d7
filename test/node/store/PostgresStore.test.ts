import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as PostgresStore from "../../../src/node/store/PostgresStore.ts"
import { alpha, appended, nameOf, post, posts } from "../../conversation/store/events.ts"
import { storeSuite } from "../../suites/store.ts"
import { storeTablesSuite } from "../../suites/storeTables.ts"
import { reasonOf } from "../../suites/storeWorld.ts"
import { postgresPrograms, type PostgresServer, postgresServer } from "./postgresServer.ts"

describe.skipIf(postgresPrograms === undefined)("Postgres (skipped where it is not installed)", () => {
  const scope = Effect.runSync(Scope.make())
  let server: PostgresServer
  beforeAll(async () => {
    server = await Effect.runPromise(Scope.extend(postgresServer, scope))
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

  const world = Effect.map(
    Effect.orDie(Effect.suspend(() => server.makeDatabase)),
    (url) => ({ url, open: PostgresStore.open(url) })
  )
  storeSuite("Postgres", world)
  storeTablesSuite("Postgres", world)

  describe("a database", () => {
    it.scoped("is used by several processes: of two events of one identity one is kept", () =>
      Effect.gen(function*() {
        const { open } = yield* world
        const [one, other] = yield* Effect.all([open, open], { concurrency: 2 })
        const results = yield* Effect.all(
          [one, other].map((store) => reasonOf(store.commit(appended([post(alpha, 1)])))),
          { concurrency: 2 }
        )
        expect(results.toSorted()).toEqual(["Conflict", undefined])
        yield* other.commit(appended([post(alpha, 2)]))
        expect((yield* one.after("hall", new Map(), 9)).map(nameOf)).toEqual(["a1", "a2"])
      }))

    it.scoped("is written by its owner only, from the moment in which another process has become it", () =>
      Effect.gen(function*() {
        const { open } = yield* world
        const [one, other] = yield* Effect.all([open, open], { concurrency: 2 })
        yield* one.commit([{ _tag: "PutMeta", key: "owner", value: "one" }])
        const write = (seq: number) =>
          reasonOf(one.commit([{ _tag: "RequireMeta", key: "owner", value: "one" }, ...appended([post(alpha, seq)])]))
        const takeOver = Effect.zipRight(
          other.commit([{ _tag: "PutMeta", key: "owner", value: "other" }]),
          Effect.map(other.heads("hall"), (heads) => heads.get(alpha)?.seq ?? 0)
        )
        const writing = Effect.map(
          Effect.forEach(posts(alpha, 1, 50), ({ seq }) => write(seq)),
          (results) => results.filter((reason) => reason === undefined).length
        )
        const [written, found] = yield* Effect.all([writing, takeOver], { concurrency: 2 })
        // What the new owner has found is all that there is.
        expect(found).toBe(written)
        expect((yield* other.heads("hall")).get(alpha)?.seq ?? 0).toBe(found)
      }))

    it.scoped("that ends a connection fails what is under way, and the store goes on with another", () =>
      Effect.gen(function*() {
        const { open, url } = yield* world
        const store = yield* open
        yield* store.commit(appended(posts(alpha, 1, 2)))
        yield* server.disconnect(url)
        const again = yield* Effect.retry(store.heads("hall"), { times: 5 })
        expect(again.get(alpha)?.seq).toBe(2)
        yield* Effect.retry(store.commit(appended([post(alpha, 3)])), { times: 5 })
        expect((yield* store.after("hall", new Map(), 9)).map(nameOf)).toEqual(["a1", "a2", "a3"])
      }))

    it.scoped("that reports turns before they are durable is refused", () =>
      Effect.gen(function*() {
        const { open, url } = yield* world
        yield* server.run(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`)
        const error = yield* Effect.flip(open)
        expect([error.reason, error.message]).toEqual([
          "Unsupported",
          expect.stringContaining("synchronous_commit is off")
        ])
      }))

    it.scoped("that does not exist, or does not answer, is named in the error, without the URL", () =>
      Effect.gen(function*() {
        const missing = yield* Effect.flip(PostgresStore.open(server.urlOf("nowhere")))
        expect(missing.reason).toBe("Unreachable")
        expect(missing.message).toBe(
          "the database of the store cannot be used: database \"nowhere\" does not exist; make it: createdb NAME"
        )
        const silent = yield* Effect.flip(PostgresStore.open("postgres:///x?host=/nonexistent&user=holub"))
        expect(silent.reason).toBe("Unreachable")
      }))
  })
})

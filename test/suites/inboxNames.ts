/** Tests of names and quotas of an inbox, for every implementation of storage. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { type IfExists, type Inbox, Storage } from "../../src/storage/Storage.ts"
import { hex, received, refused, sample, type World } from "./storage.ts"

/** Declares the tests; each runs in its own world. */
export const inboxNamesSuite = (name: string, makeWorld: Effect.Effect<World, never, Scope.Scope>): void => {
  const inInbox = <A, E>(
    ifExists: IfExists,
    body: (inbox: Inbox, world: World) => Effect.Effect<A, E, Scope.Scope>,
    quotaBytes?: number
  ) =>
    Effect.flatMap(makeWorld, (world) =>
      Effect.gen(function*() {
        const storage = yield* Storage
        return yield* body(yield* storage.inbox({ path: `${world.root}/inbox`, ifExists, quotaBytes }), world)
      }).pipe(Effect.provide(world.layer)))

  describe(`${name}: a name that is taken`, () => {
    it.scoped("is refused under fail, in any case and normal form (F3, F7)", () =>
      inInbox("fail", (inbox, world) =>
        Effect.gen(function*() {
          yield* received(inbox, "é.txt", 1)
          for (const spelling of ["é.txt", "e\u0301.txt", "É.TXT"]) {
            expect(yield* refused(Effect.scoped(inbox.sink(spelling, 1)))).toBe("TargetExists")
          }
          expect(yield* world.names(inbox.path)).toEqual(["é.txt"])
        })))

    it.scoped("gets the next number under rename, in any case and normal form (F3, F7)", () =>
      inInbox("rename", (inbox, world) =>
        Effect.gen(function*() {
          const names: Array<string> = []
          for (const spelling of ["é.txt", "é.txt", "e\u0301.txt", "É.TXT", "a"]) {
            names.push((yield* received(inbox, spelling, 1)).name)
          }
          expect(names).toEqual(["é.txt", "é (1).txt", "e\u0301 (2).txt", "É (3).TXT", "a"])
          expect(yield* world.names(inbox.path)).toHaveLength(5)
        })))

    it.scoped("is replaced under overwrite, but not by a file whose name has another spelling (F7)", () =>
      inInbox("overwrite", (inbox, world) =>
        Effect.gen(function*() {
          yield* received(inbox, "é.txt", 10)
          expect((yield* received(inbox, "é.txt", 20)).name).toBe("é.txt")
          expect(hex(yield* world.read(`${inbox.path}/é.txt`))).toBe(hex(sample(20)))
          for (const spelling of ["e\u0301.txt", "É.TXT"]) {
            expect(yield* refused(Effect.scoped(inbox.sink(spelling, 1)))).toBe("TargetExists")
          }
          expect(yield* world.names(inbox.path)).toEqual(["é.txt"])
        })))

    it.scoped("is free again after its file was abandoned", () =>
      inInbox("fail", (inbox) =>
        Effect.gen(function*() {
          const scope = yield* Scope.make()
          yield* Scope.extend(inbox.sink("a", 0), scope)
          expect(yield* refused(Effect.scoped(inbox.sink("A", 0)))).toBe("TargetExists")
          yield* Scope.close(scope, Exit.void)
          expect((yield* received(inbox, "A", 1)).name).toBe("A")
        })))
  })

  describe(`${name}: two concurrent files with the same name`, () => {
    it.scoped("are never interleaved under rename (F15)", () =>
      inInbox("rename", (inbox, world) =>
        Effect.gen(function*() {
          for (const published of yield* both(inbox, "a.txt", "A.txt")) {
            expect(hex(yield* world.read(published.path))).toBe(published.sha256)
          }
          expect(yield* world.names(inbox.path)).toHaveLength(2)
        })))

    it.scoped("are never interleaved under overwrite: the last to publish wins (F15)", () =>
      inInbox("overwrite", (inbox, world) =>
        Effect.gen(function*() {
          const [, last] = yield* both(inbox, "a.txt", "a.txt")
          expect(last.size).toBe(200)
          expect(hex(yield* world.read(last.path))).toBe(last.sha256)
          expect((yield* world.names(inbox.path)).filter((entry) => !entry.startsWith("."))).toEqual(["a.txt"])
        })))

    it.scoped("are not both accepted under fail (F15)", () =>
      inInbox("fail", (inbox) =>
        Effect.gen(function*() {
          yield* inbox.sink("a.txt", 0)
          expect(yield* refused(inbox.sink("a.txt", 0))).toBe("TargetExists")
        })))

    it.scoped("get different names, also if there are 40 of them", () =>
      inInbox("rename", (inbox) =>
        Effect.gen(function*() {
          const all = yield* Effect.forEach(
            Array.from({ length: 40 }, (_, index) => index + 1),
            (count) => received(inbox, "a.txt", count),
            { concurrency: "unbounded" }
          )
          expect(new Set(all.map((published) => published.name)).size).toBe(40)
        })))
  })

  describe(`${name}: a quota`, () => {
    it.scoped("refuses a file that is announced larger, and one that grows larger (F10)", () =>
      inInbox("fail", (inbox, world) =>
        Effect.gen(function*() {
          expect(yield* refused(Effect.scoped(inbox.sink("a", 1_001)))).toBe("OverQuota")
          yield* Effect.scoped(Effect.gen(function*() {
            const sink = yield* inbox.sink("a", 10)
            yield* sink.write(sample(900))
            expect(yield* refused(sink.write(sample(101)))).toBe("OverQuota")
            expect(yield* refused(sink.publish)).toBe("OverQuota")
          }))
          expect(yield* world.names(inbox.path)).toEqual([])
        }), 1_000))

    it.scoped("counts stored files and the bytes that have arrived of others, but no failed or announced ones", () =>
      inInbox("overwrite", (inbox) =>
        Effect.gen(function*() {
          yield* received(inbox, "a", 500)
          yield* Effect.scoped(Effect.gen(function*() {
            const sink = yield* inbox.sink("b", 400)
            yield* Effect.scoped(inbox.sink("c", 500))
            yield* sink.write(sample(400))
            expect(yield* refused(Effect.scoped(inbox.sink("c", 200)))).toBe("OverQuota")
          }))
          yield* received(inbox, "c", 400)
          expect(yield* refused(received(inbox, "d", 101))).toBe("OverQuota")
          yield* received(inbox, "a", 100)
          yield* received(inbox, "d", 500)
        }), 1_000))

    it.scoped("counts files that existed when the inbox was opened", () =>
      Effect.flatMap(makeWorld, (world) =>
        Effect.gen(function*() {
          yield* world.write(`${world.root}/inbox/old`, sample(600))
          yield* world.write(`${world.root}/inbox/.holub-00.part`, sample(300))
          const storage = yield* Storage
          const inbox = yield* storage.inbox({ path: `${world.root}/inbox`, ifExists: "fail", quotaBytes: 1_000 })
          expect(yield* refused(Effect.scoped(inbox.sink("a", 101)))).toBe("OverQuota")
          yield* received(inbox, "a", 100)
        }).pipe(Effect.provide(world.layer))))
  })
}

/** Receives two files with alternating writes; the second is published first. */
const both = (inbox: Inbox, first: string, other: string) =>
  Effect.gen(function*() {
    const one = yield* inbox.sink(first, 0)
    const two = yield* inbox.sink(other, 0)
    yield* Effect.all([one.write(sample(100)), two.write(sample(50))], { concurrency: 2 })
    yield* Effect.all([one.write(sample(100)), two.write(sample(50))], { concurrency: 2 })
    return [yield* two.publish, yield* one.publish] as const
  })

/** Tests of `Store`, for every implementation: turns, rooms and their logs. `storeAccounts` has those of the other tables. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Shape } from "../../src/conversation/store/Store.ts"
import * as Limits from "../../src/conversation/store/StoreLimits.ts"
import type { Turn } from "../../src/conversation/store/StoreWrites.ts"
import { alpha, appended, beta, gamma, nameOf, post, posts } from "../conversation/store/events.ts"
import { type MakeStoreWorld, reasonOf } from "./storeWorld.ts"

export const storeSuite = (kind: string, makeWorld: MakeStoreWorld): void => {
  const inStore = <A, E>(body: (store: Shape) => Effect.Effect<A, E, Scope.Scope>) =>
    Effect.flatMap(makeWorld, ({ open }) => Effect.flatMap(open, body))

  /** Commits in a first store, and reads in a second one at the same place. */
  const reopened = <A, E>(turn: Turn, body: (store: Shape) => Effect.Effect<A, E, Scope.Scope>) =>
    Effect.flatMap(makeWorld, ({ open }) =>
      Effect.zipRight(
        Effect.scoped(Effect.flatMap(open, (store) => store.commit(turn))),
        Effect.flatMap(open, body)
      ))

  describe(`${kind}: a turn`, () => {
    it.scoped("is durable when its commit completes, with every field of its events", () => {
      const events = [
        post(alpha, 1, {
          re: { origin: beta, seq: 7 },
          body: { text: "a\n\u0000b", deep: [{ ё: "🕊" }, null, true, 1] }
        }),
        post(alpha, 2, { clock: 2 ** 48, n: 2 ** 40, time: 0, kind: "of-tomorrow", salt: null, body: null })
      ]
      return reopened(appended(events), (store) =>
        Effect.gen(function*() {
          expect(yield* store.after("hall", new Map(), 10)).toEqual(events)
          expect(yield* store.event("hall", { origin: alpha, seq: 2 })).toEqual(events[1])
          expect(yield* store.event("hall", { origin: alpha, seq: 3 })).toBeUndefined()
        }))
    })

    it.scoped("is applied as a whole or not at all", () =>
      inStore((store) =>
        Effect.gen(function*() {
          yield* store.commit(appended(posts(alpha, 1, 2)))
          const turn: Turn = [
            { _tag: "PutMeta", key: "server", value: "alpha" },
            ...appended([post(beta, 1), post(alpha, 3)]),
            { _tag: "Erase", room: "hall", origin: alpha, seq: 1 },
            { _tag: "Purge", room: "hall", origin: alpha, floor: 1 },
            { _tag: "TakeToken", hash: "there is none" }
          ]
          expect(yield* reasonOf(store.commit(turn))).toBe("Conflict")
          expect(yield* store.meta("server")).toBeUndefined()
          expect(yield* store.heads("hall")).toEqual(new Map([[alpha, { seq: 2, clock: 2, floor: 0 }]]))
          expect(yield* store.after("hall", new Map(), 10)).toEqual(posts(alpha, 1, 2))
        })
      ))

    it.scoped("that conflicts fails alone among those that are written together, and the order stays", () =>
      inStore((store) =>
        Effect.gen(function*() {
          const turns = [
            posts(alpha, 1, 1),
            posts(alpha, 2, 3),
            posts(alpha, 5, 5),
            posts(beta, 1, 1),
            posts(alpha, 4, 4)
          ]
          const results = yield* Effect.forEach(turns, (events) => reasonOf(store.commit(appended(events))), {
            concurrency: "unbounded"
          })
          expect(results).toEqual([undefined, undefined, "Conflict", undefined, undefined])
          const heads = yield* store.heads("hall")
          expect([heads.get(alpha)?.seq, heads.get(beta)?.seq]).toEqual([4, 1])
        })
      ))

    it.scoped("of two events of one identity has a place for the first only", () =>
      inStore((store) =>
        Effect.gen(function*() {
          yield* store.commit(appended([post(alpha, 1)]))
          expect(yield* reasonOf(store.commit(appended([post(alpha, 1, { author: "eve@alpha.example" })])))).toBe(
            "Conflict"
          )
          expect(yield* store.after("hall", new Map(), 10)).toEqual([post(alpha, 1)])
        })
      ))

    it.scoped("with a gap, or out of the order of its origin, is refused", () =>
      inStore((store) =>
        Effect.gen(function*() {
          for (const seqs of [[2], [1, 3], [1, 1], [2, 1]]) {
            expect(yield* reasonOf(store.commit(appended(seqs.map((seq) => post(alpha, seq)))))).toBe("Conflict")
          }
          expect(yield* store.heads("hall")).toEqual(new Map())
        })
      ))

    it.scoped("with a value that no database keeps is refused before it is written", () =>
      inStore((store) =>
        Effect.gen(function*() {
          const long = "x".repeat(Limits.turnBytes)
          const turns: ReadonlyArray<Turn> = [
            [{ _tag: "PutMeta", key: "a\0", value: "b" }],
            [{ _tag: "PutMeta", key: "a", value: "\ud800" }],
            [{ _tag: "PutMeta", key: "a", value: long }],
            [{ _tag: "Purge", room: "hall", origin: alpha, floor: 2 ** 53 }],
            [{ _tag: "Purge", room: "hall", origin: alpha, floor: Number.NaN }],
            appended([post(alpha, 1, { time: 0.5 })])
          ]
          for (const turn of turns) expect(yield* reasonOf(store.commit(turn))).toBe("Invalid")
          expect(yield* store.meta("a")).toBeUndefined()
        })
      ))

    it.scoped("keeps hostile texts as they are", () => {
      const hostile = [
        "'; DROP TABLE holub_events; --",
        "\u202e\u200b%_\\",
        "🕊\ufeff",
        "$1 ? :a @b",
        "",
        "\n\r\t\u0001"
      ]
      return reopened(
        hostile.map((value, at) => ({ _tag: "PutMeta", key: `${at} ${value}`, value })),
        (store) =>
          Effect.gen(function*() {
            for (const [at, value] of hostile.entries()) expect(yield* store.meta(`${at} ${value}`)).toBe(value)
          })
      )
    })

    it.scoped("of nothing is nothing, and after the end of the store there is none", () =>
      Effect.gen(function*() {
        const { open } = yield* makeWorld
        const store = yield* Effect.scoped(Effect.tap(open, ({ commit }) => commit([])))
        expect(yield* reasonOf(store.commit([{ _tag: "PutMeta", key: "a", value: "b" }]))).toBe("Closed")
      }))

    it.scoped("that was accepted is durable even if the store ends at once, and its fiber is interrupted", () =>
      Effect.gen(function*() {
        const { open } = yield* makeWorld
        yield* Effect.scoped(Effect.gen(function*() {
          const store = yield* open
          yield* Effect.fork(store.commit(appended(posts(alpha, 1, 9))))
          yield* Effect.yieldNow()
        }))
        expect((yield* (yield* open).heads("hall")).get(alpha)?.seq).toBe(9)
      }))
  })

  describe(`${kind}: a log`, () => {
    /** Three origins that answer each other: a1 b1 a2 c1 b2 a3 … by clock; with equal clocks the origin decides. */
    const world = [
      ...posts(alpha, 1, 4).map((event) => ({ ...event, clock: 2 * event.seq - 1 })),
      ...posts(beta, 1, 3).map((event) => ({ ...event, clock: 2 * event.seq })),
      ...posts(gamma, 1, 2).map((event) => ({ ...event, clock: 2 * event.seq }))
    ]
    const order = ["a1", "b1", "g1", "a2", "b2", "g2", "a3", "b3", "a4"]

    it.scoped("has one order, whatever the order in which events arrive", () =>
      inStore((store) =>
        Effect.gen(function*() {
          for (const event of world.toReversed().toSorted((one, other) => one.seq - other.seq)) {
            yield* store.commit(appended([event]))
          }
          expect((yield* store.after("hall", new Map(), 100)).map(nameOf)).toEqual(order)
          expect((yield* store.before("hall", undefined, 100)).map(nameOf)).toEqual(order)
        })
      ))

    it.scoped("gives the events that any vector lacks, in pages of any size", () =>
      inStore((store) =>
        Effect.gen(function*() {
          yield* store.commit(appended(world))
          for (const [a, b, g] of [[0, 0, 0], [2, 0, 1], [4, 3, 2], [0, 3, 2], [4, 0, 0], [99, 1, 1]] as const) {
            const start = [[alpha, a], [beta, b], [gamma, g], ["unknown", 5]] as const
            const wanted = order.filter((name) =>
              Number(name.slice(1)) > { a, b, g }[name.charAt(0) as "a" | "b" | "g"]
            )
            for (const limit of [1, 2, 3, 100]) {
              const read: Array<string> = []
              const vector = new Map<string, number>(start)
              for (;;) {
                const page = yield* store.after("hall", vector, limit)
                expect(page.length).toBeLessThanOrEqual(limit)
                if (page.length === 0) break
                for (const event of page) {
                  read.push(nameOf(event))
                  vector.set(event.origin, event.seq)
                }
              }
              expect(read).toEqual(wanted)
              // Behind a place, as a link pages: the vector stays.
              const last = wanted.slice(0, limit).at(-1)
              const behind = world.find((event) => nameOf(event) === last)
              const next = yield* store.after("hall", new Map(start), limit, behind)
              expect(next.map(nameOf)).toEqual(wanted.slice(limit, 2 * limit))
            }
          }
        })
      ))

    it.scoped("gives the last events before a place", () =>
      inStore((store) =>
        Effect.gen(function*() {
          yield* store.commit(appended(world))
          expect((yield* store.before("hall", undefined, 2)).map(nameOf)).toEqual(["b3", "a4"])
          expect((yield* store.before("hall", { clock: 4, origin: gamma, seq: 2 }, 3)).map(nameOf)).toEqual([
            "g1",
            "a2",
            "b2"
          ])
          expect(yield* store.before("hall", { clock: 1, origin: alpha, seq: 1 }, 3)).toEqual([])
          expect([yield* store.before("hall", undefined, 0), yield* store.after("hall", new Map(), -1)]).toEqual([
            [],
            []
          ])
        })
      ))

    it.scoped("bounds its pages, and pages through what is larger than one", () =>
      inStore((store) =>
        Effect.gen(function*() {
          const many = Limits.pageEvents + 10
          yield* store.commit(appended(posts(alpha, 1, many)))
          const page = yield* store.after("hall", new Map(), Infinity)
          expect(page).toHaveLength(Limits.pageEvents)
          expect(yield* store.after("hall", new Map([[alpha, Limits.pageEvents]]), Infinity)).toEqual(
            posts(alpha, Limits.pageEvents + 1, many)
          )
          expect(yield* store.before("hall", undefined, Infinity)).toEqual(posts(alpha, 11, many))
        })
      ))

    it.scoped("is that of its room only", () =>
      inStore((store) =>
        Effect.gen(function*() {
          yield* store.commit([...appended(posts(alpha, 1, 2)), ...appended(posts(alpha, 1, 3, { room: "words" }))])
          expect((yield* store.heads("words")).get(alpha)).toEqual({ seq: 3, clock: 3, floor: 0 })
          expect(yield* store.after("hall", new Map(), 10)).toHaveLength(2)
          expect([yield* store.after("empty", new Map(), 10), yield* store.before("empty", undefined, 10)]).toEqual([
            [],
            []
          ])
        })
      ))

    it.scoped("finds what an event was answered and changed by", () =>
      inStore((store) =>
        Effect.gen(function*() {
          const re = { origin: alpha, seq: 1 }
          const answers = [post(beta, 1, { re }), post(beta, 2, { re, kind: "edited" })]
          yield* store.commit(appended([post(alpha, 1), ...answers, post(beta, 3, { re: { origin: beta, seq: 1 } })]))
          expect(yield* store.about("hall", re)).toEqual(answers)
          expect(yield* store.about("hall", { origin: alpha, seq: 2 })).toEqual([])
        })
      ))

    it.scoped("erases salt and body, of an event and of an author, and keeps the rest", () =>
      reopened([
        ...appended([post(alpha, 1), post(alpha, 2, { author: "bo@alpha.example" }), post(alpha, 3)]),
        ...appended([post(alpha, 1, { room: "words" })])
      ], (store) =>
        Effect.gen(function*() {
          const erased = (event: ReturnType<typeof post>) => ({ ...event, salt: null, body: null })
          yield* store.commit([{ _tag: "Erase", room: "hall", origin: alpha, seq: 1 }])
          yield* store.commit([{ _tag: "Erase", room: "hall", origin: beta, seq: 1 }])
          const bo = post(alpha, 2, { author: "bo@alpha.example" })
          expect(yield* store.after("hall", new Map(), 10)).toEqual([erased(post(alpha, 1)), bo, post(alpha, 3)])
          yield* store.commit([{ _tag: "EraseAuthor", author: "ala@alpha.example" }])
          expect(yield* store.after("hall", new Map(), 10)).toEqual([
            erased(post(alpha, 1)),
            bo,
            erased(post(alpha, 3))
          ])
          expect(yield* store.after("words", new Map(), 10)).toEqual([erased(post(alpha, 1, { room: "words" }))])
        })))

    it.scoped("purges the first events of an origin, and goes on after the floor", () =>
      reopened(appended(posts(alpha, 1, 5)), (store) =>
        Effect.gen(function*() {
          yield* store.commit([{ _tag: "Purge", room: "hall", origin: alpha, floor: 3 }])
          yield* store.commit([{ _tag: "Purge", room: "hall", origin: alpha, floor: 2 }])
          expect(yield* store.heads("hall")).toEqual(new Map([[alpha, { seq: 5, clock: 5, floor: 3 }]]))
          expect(yield* store.after("hall", new Map(), 10)).toEqual(posts(alpha, 4, 5))
          expect(yield* reasonOf(store.commit(appended([post(alpha, 1)])))).toBe("Conflict")
          yield* store.commit(appended([post(alpha, 6)]))
          // Purged elsewhere before it was known here.
          yield* store.commit([{ _tag: "Purge", room: "hall", origin: beta, floor: 7 }])
          expect((yield* store.heads("hall")).get(beta)).toEqual({ seq: 7, clock: 0, floor: 7 })
          yield* store.commit(appended([post(beta, 8)]))
          expect(yield* store.heads("hall")).toEqual(
            new Map([[alpha, { seq: 6, clock: 6, floor: 3 }], [beta, { seq: 8, clock: 8, floor: 7 }]])
          )
          expect((yield* store.after("hall", new Map([[alpha, 4]]), 10)).map(nameOf)).toEqual(["a5", "a6", "b8"])
        })))
  })
}

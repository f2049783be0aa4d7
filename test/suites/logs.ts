/** Tests of the contract of `Logs`, for every implementation. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type { FollowedRoom, PostResult, RoomNews, Shape } from "../../src/conversation/logs/Logs.ts"
import { vectorOfHeads } from "../../src/conversation/store/Heads.ts"
import type { Shape as Store, StoreError } from "../../src/conversation/store/Store.ts"
import type { Event } from "../../src/protocol/conversation/Event.ts"

export interface LogsHosts {
  /** The logs at two hosts of one server: the same where a server has one only. */
  readonly here: Shape
  readonly there: Shape
  readonly store: Store
}

export interface LogsWorld {
  /** A start of the server, on the same disk each time. */
  readonly start: Effect.Effect<LogsHosts, StoreError, Scope.Scope>
  /** From now on the disk is full. */
  readonly fill: Effect.Effect<void>
}

export const server = "alpha.example"
const access = { access: "public", servers: [] } as const

/** Waits, in turns of the scheduler, until the condition is true. */
export const until = (condition: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => condition() ? Effect.void : Effect.zipRight(Effect.yieldNow(), until(condition)))

export const draft = (device: string, n: number): Parameters<FollowedRoom["post"]>[0] => ({
  time: 1_700_000_000_000,
  author: `ala@${server}`,
  device,
  n,
  kind: "said",
  body: { text: `${device} ${n}` }
})

const textOf = (event: Event): string => String(event.body?.["text"])

/** A room that is followed, and what has happened in it. */
export const followed = (logs: Shape, room = "hall") =>
  Effect.gen(function*() {
    const news: Array<RoomNews> = []
    const results: Array<PostResult> = []
    const view = yield* logs.follow(room, (one) => void news.push(one))
    return {
      view,
      news,
      results,
      texts: () => news.flatMap((one) => one._tag === "Recorded" ? [textOf(one.event)] : []),
      says: (device: string, n: number) => view.post(draft(device, n), (result) => void results.push(result))
    }
  })

const tagsOf = (results: ReadonlyArray<PostResult>) =>
  results.map((result) => typeof result === "string" ? result : result._tag)

export const logsSuite = (kind: string, makeWorld: Effect.Effect<LogsWorld, never, Scope.Scope>): void => {
  const started = <A, E>(body: (hosts: LogsHosts) => Effect.Effect<A, E, Scope.Scope>) =>
    Effect.flatMap(
      makeWorld,
      ({ start }) => Effect.flatMap(start, (hosts) => Effect.zipRight(hosts.here.make("hall", access), body(hosts)))
    )

  describe(`${kind}: the logs of rooms`, () => {
    it.scopedLive("record the posts of each host in the order of its calls, each once, and tell everybody", () =>
      started(({ here, store, there }) =>
        Effect.gen(function*() {
          yield* until(() => there.rooms().length === 1)
          const [one, other] = [yield* followed(here), yield* followed(there)]
          const count = 150
          for (let n = 1; n <= count; n++) {
            one.says("here", n)
            other.says("there", n)
            if (n % 40 === 0) yield* Effect.yieldNow()
          }
          const all = 2 * count
          yield* until(() =>
            [one, other].every(({ results, texts }) => results.length === count && texts().length === all)
          )
          const stored = yield* store.after("hall", new Map(), 1000)
          const posted = (device: string) => Array.from({ length: count }, (_, at) => `${device} ${at + 1}`)
          for (const texts of [one.texts(), other.texts(), stored.map(textOf)]) {
            expect(texts.length).toBe(all)
            for (const device of ["here", "there"]) {
              expect(texts.filter((text) => text.startsWith(`${device} `))).toEqual(posted(device))
            }
          }
          expect(new Set(tagsOf([...one.results, ...other.results]))).toEqual(new Set(["Posted"]))
          expect(one.view.synced()).toEqual(vectorOfHeads(yield* store.heads("hall")))
        })
      ))

    it.scopedLive("are done with a post after they have told of its event", () =>
      started(({ here }) =>
        Effect.gen(function*() {
          const seen: Array<string> = []
          const view = yield* here.follow("hall", ({ _tag }) => void seen.push(_tag))
          view.post(draft("here", 1), (result) => seen.push(...tagsOf([result])))
          yield* until(() => seen.includes("Posted") && seen.includes("Everywhere"))
          expect(seen.indexOf("Recorded")).toBeLessThan(seen.indexOf("Posted"))
          expect(view.everywhere()).toEqual(view.synced())
        })
      ))

    it.scopedLive("record a post that is repeated once, also after a new start, and a post may follow it", () =>
      Effect.gen(function*() {
        const { start } = yield* makeWorld
        yield* Effect.scoped(Effect.gen(function*() {
          const { here } = yield* start
          yield* here.make("hall", access)
          const { results, says } = yield* followed(here)
          for (const n of [1, 2, 2, 1]) says("here", n)
          yield* until(() => results.length === 4)
          expect(tagsOf(results).filter((tag) => tag === "Posted").length).toBeGreaterThanOrEqual(2)
        }))
        const { store, there } = yield* start
        const { results, says, texts } = yield* followed(there)
        for (const n of [1, 2, 3]) says("here", n)
        yield* until(() => results.length === 3)
        expect(tagsOf(results).toSorted()).toEqual(["Posted", "Repeated", "Repeated"])
        expect(texts()).toEqual(["here 3"])
        expect((yield* store.after("hall", new Map(), 9)).map(textOf)).toEqual(["here 1", "here 2", "here 3"])
      }))

    it.scopedLive("are followed from the moment on: what was before is in the store", () =>
      started(({ here, store }) =>
        Effect.gen(function*() {
          const first = yield* followed(here)
          first.says("here", 1)
          yield* until(() => first.results.length === 1)
          const second = yield* followed(here)
          expect(second.view.synced()).toEqual(vectorOfHeads(yield* store.heads("hall")))
          yield* Effect.scoped(Effect.flatMap(followed(here), ({ texts, view }) =>
            Effect.sync(() =>
              expect([texts(), view.access()]).toEqual([[], access])
            )))
          first.says("here", 2)
          yield* until(() =>
            second.texts().length === 1
          )
          expect([first.texts(), second.texts()]).toEqual([["here 1", "here 2"], ["here 2"]])
        })
      ))

    it.scopedLive("name the people of another host, until they have gone", () =>
      started(({ here, there }) =>
        Effect.gen(function*() {
          yield* until(() => there.rooms().length === 1)
          const [one, other] = [yield* followed(here), yield* followed(there)]
          const ala = { person: `ala@${server}`, state: "here" } as const
          one.view.setPresence(ala)
          yield* until(() => other.view.present().length === 1)
          expect([one.view.present(), other.view.present()]).toEqual([[ala], [ala]])
          one.view.setPresence({ ...ala, state: "away" })
          yield* until(() => other.view.present()[0]?.state === "away")
          one.view.setPresence({ ...ala, state: "gone" })
          yield* until(() => other.view.present().length === 0)
          expect(one.view.present()).toEqual([])
        })
      ))

    it.scopedLive("tell of rooms that become known, once", () =>
      started(({ here, there }) =>
        Effect.gen(function*() {
          const known: Array<string> = []
          yield* until(() => there.rooms().length === 1)
          yield* there.onRoom((room) => void known.push(room))
          for (const room of ["kitchen", "kitchen", "hall", "words"]) yield* here.make(room, access)
          yield* until(() => known.length === 2)
          expect(known).toEqual(["kitchen", "words"])
          expect(there.rooms().map(({ room }) => room).toSorted()).toEqual(["hall", "kitchen", "words"])
          const missing = yield* Effect.exit(there.follow("nowhere", () => undefined))
          expect(Exit.isFailure(missing) && String(missing.cause)).toContain("there is no room nowhere")
        })
      ))

    it.scopedLive("fail with their store: what was not recorded has the reason", () =>
      Effect.gen(function*() {
        const { fill, start } = yield* makeWorld
        const { here } = yield* start
        yield* here.make("hall", access)
        const { news, results, says } = yield* followed(here)
        yield* fill
        says("here", 1)
        yield* until(() => results.length === 1)
        says("here", 2)
        expect(results).toEqual(["the disk is full", "the disk is full"])
        yield* until(() => news.length > 0)
        expect(news).toEqual([{ _tag: "Failed", reason: "the disk is full" }])
      }))
  })
}

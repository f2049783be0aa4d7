import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as StoreLimits from "../../../src/conversation/store/StoreLimits.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"
import * as WholeLog from "../../../src/conversation/store/WholeLog.ts"
import { linkedServer, until } from "../links/linkedServer.ts"

describe("a whole log", () => {
  it.scoped("is read in pages, in the order of the room, each event once", () =>
    Effect.gen(function*() {
      const { driver, says, store } = yield* linkedServer("alpha")
      driver.makeRoom("hall", { access: "public", servers: [] })
      const count = StoreLimits.pageEvents + 3
      for (let at = 1; at <= count; at++) says(`text ${at}`)
      yield* until(() => driver.exchange.roomOf("hall")?.synced.values().next().value === count)
      const pages: Array<number> = []
      const seqs: Array<number> = []
      const vector = yield* WholeLog.read(store, "hall", (events) => {
        pages.push(events.length)
        seqs.push(...events.map(({ seq }) => seq))
      })
      expect(pages).toEqual([StoreLimits.pageEvents, 3])
      expect(seqs).toEqual(Array.from({ length: count }, (_, at) => at + 1))
      expect([...vector.values()]).toEqual([count])
    }))

  it.scoped("of a room that is not here has nothing", () =>
    Effect.gen(function*() {
      const store = yield* StoreMemory.make()
      expect((yield* WholeLog.read(store, "nowhere", (events) => expect(events).toEqual([]))).size).toBe(0)
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ExchangeLogs from "../../../src/conversation/logs/ExchangeLogs.ts"
import { Logs } from "../../../src/conversation/logs/Logs.ts"
import * as Limits from "../../../src/conversation/readers/ReadersLimits.ts"
import * as RoomHubs from "../../../src/conversation/readers/RoomHubs.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import { linkedServer, until } from "../links/linkedServer.ts"
import { publicAccess } from "./readersWorld.ts"

const surroundings = {
  now: () => 0,
  time: () => 0,
  schedule: () => undefined,
  flushLater: () => undefined,
  invite: () => undefined
}

describe("the rooms that are open", () => {
  it.scoped("are opened once, with their history, and those without readers are closed beyond a number", () =>
    Effect.gen(function*() {
      const { driver, events, says, store } = yield* linkedServer("alpha.example")
      driver.makeRoom("hall", publicAccess)
      says("one")
      yield* until(() => events.some(({ _tag }) => _tag === "Recorded"))
      const logs = ExchangeLogs.make(driver, "alpha.example")
      const hubs = yield* RoomHubs.make(surroundings).pipe(
        Effect.provideService(Logs, logs),
        Effect.provideService(Store, store)
      )
      const [one, other] = yield* Effect.all([hubs.get("hall"), hubs.get("hall")], { concurrency: 2 })
      expect([one === other, Array.from(one?.told.values() ?? []), hubs.known("hall") === one]).toEqual([
        true,
        [1],
        true
      ])
      expect(yield* hubs.get("kitchen")).toBeUndefined()
      for (let at = 0; at < Limits.idleRooms; at++) {
        driver.makeRoom(`room${at}`, publicAccess)
        yield* hubs.get(`room${at}`)
      }
      expect([hubs.known("hall"), hubs.known("room0") === undefined]).toEqual([undefined, false])
      expect((yield* hubs.get("hall")) === one).toBe(false)
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ExchangeLogs from "../../../src/conversation/logs/ExchangeLogs.ts"
import type { RoomNews } from "../../../src/conversation/logs/Logs.ts"
import { linkedServer, until } from "../links/linkedServer.ts"

const access = { access: "public", servers: [] } as const

const opened = Effect.gen(function*() {
  const { draft, driver } = yield* linkedServer("alpha")
  const logs = ExchangeLogs.make(driver, "alpha")
  yield* logs.make("hall", access)
  return { draft, driver, logs }
})

describe("the logs on an exchange", () => {
  it.scoped("give each follower what is on the disk, and answer a post after it, also one that is repeated meanwhile", () =>
    Effect.gen(function*() {
      const { draft, logs } = yield* opened
      const news: Array<string> = []
      const hall = yield* logs.follow("hall", (one) => {
        if (one._tag === "Recorded") news.push(`recorded ${one.event.seq}`)
      })
      const first = draft("one")
      hall.post(first, (result) => news.push(typeof result === "string" ? result : result._tag))
      hall.post(first, (result) => news.push(typeof result === "string" ? result : result._tag))
      expect([news, hall.synced().size]).toEqual([[], 0])
      yield* until(() => news.length === 3)
      expect(news).toEqual(["recorded 1", "Posted", "Repeated"])
      hall.post(first, (result) => news.push(typeof result === "string" ? result : result._tag))
      expect(news.at(-1)).toBe("Repeated")
    }))

  it.scoped("tell all followers of a room who is there, and nothing of other rooms", () =>
    Effect.gen(function*() {
      const { logs } = yield* opened
      yield* logs.make("kitchen", access)
      const news: Array<RoomNews> = []
      const elsewhere: Array<RoomNews> = []
      yield* logs.follow("hall", (one) => news.push(one))
      yield* logs.follow("kitchen", (one) => elsewhere.push(one))
      const hall = yield* logs.follow("hall", () => undefined)
      hall.setPresence({ person: "ala@alpha", state: "here" })
      const presence = { _tag: "Presence", present: { person: "ala@alpha", state: "here" } }
      expect([news, elsewhere, hall.present()]).toEqual([[presence], [], [{ person: "ala@alpha", state: "here" }]])
    }))

  it.scoped("list the rooms, tell of new ones once, and take what a link brings as gone with it", () =>
    Effect.gen(function*() {
      const { driver, logs } = yield* opened
      const rooms: Array<string> = []
      yield* logs.onRoom((room) => rooms.push(room))
      yield* logs.make("kitchen", access)
      yield* logs.make("kitchen", access)
      const news: Array<RoomNews> = []
      yield* logs.follow("hall", (one) => news.push(one))
      const link = driver.openLink("beta", { wake: () => undefined, onEnd: () => undefined })
      driver.receive(link, { t: "hello", v: 1, server: "beta", key: "0b".repeat(32) })
      driver.receive(link, { t: "have", room: "yard", access: "public", vector: {}, total: 0 })
      driver.closeLink(link, "lost")
      expect(rooms).toEqual(["kitchen", "yard"])
      expect(logs.rooms().map(({ room }) => room)).toEqual(["hall", "kitchen", "yard"])
      expect(news).toContainEqual({ _tag: "Gone", people: [], server: "beta" })
    }))
})

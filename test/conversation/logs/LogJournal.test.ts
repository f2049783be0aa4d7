import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ExchangeLogs from "../../../src/conversation/logs/ExchangeLogs.ts"
import * as LogJournal from "../../../src/conversation/logs/LogJournal.ts"
import { Logs } from "../../../src/conversation/logs/Logs.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import * as StoreLimits from "../../../src/conversation/store/StoreLimits.ts"
import { type LinkedServer, linkedServer, until } from "../links/linkedServer.ts"

const [server, access] = ["alpha.example", { access: "public", servers: [] }] as const

const opened = (of: LinkedServer) =>
  Effect.gen(function*() {
    const journal = yield* LogJournal.open("hall").pipe(
      Effect.provideService(Store, of.store),
      Effect.provideService(Logs, ExchangeLogs.make(of.driver, server))
    )
    const taken: Array<string> = []
    const batches: Array<number> = []
    journal.follow((events) => {
      batches.push(events.length)
      taken.push(...events.map(({ body }) => String(body?.["text"])))
    })
    return { journal, taken, batches }
  })

const draft = (n: number) => ({ author: `bo@${server}`, device: "room", n, kind: "said", body: { text: `r${n}` } })
const recorded = ({ events }: LinkedServer) => events.filter(({ _tag }) => _tag === "Recorded").length

describe("the log of a room on an exchange", () => {
  it.scoped("begins with what the store has, in pages, and goes on with what others record", () =>
    Effect.gen(function*() {
      const alpha = yield* linkedServer(server)
      alpha.driver.makeRoom("hall", access)
      alpha.driver.makeRoom("kitchen", access)
      const count = StoreLimits.pageEvents + 10
      for (let at = 0; at < count; at++) alpha.says(`h${at}`)
      yield* until(() => recorded(alpha) === count)
      const { batches, taken } = yield* opened(alpha)
      expect([batches, taken[0], taken.at(-1)]).toEqual([[count], "h0", `h${count - 1}`])
      alpha.driver.post({ ...alpha.draft("elsewhere"), room: "kitchen" })
      alpha.says("live")
      yield* until(() => recorded(alpha) === count + 2)
      expect(taken.slice(count)).toEqual(["live"])
    }))

  it.scoped("is done with the events of an append when all are durable, and does not give them again", () =>
    Effect.gen(function*() {
      const alpha = yield* linkedServer(server)
      alpha.driver.makeRoom("hall", access)
      const { journal, taken } = yield* opened(alpha)
      const results: Array<unknown> = []
      journal.append([draft(1), draft(2)], 5, (result) => results.push(result))
      expect(results).toEqual([])
      yield* until(() => results.length > 0)
      expect(results).toMatchObject([[{ seq: 1, time: 5, body: { text: "r1" } }, { seq: 2 }]])
      expect([yield* alpha.texts, taken]).toEqual([["r1", "r2"], []])
      journal.append([draft(2)], 6, (result) => results.push(result))
      expect(results[1]).toBe("post 2 of the device room was appended before")
    }))
})

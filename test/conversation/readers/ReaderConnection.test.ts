import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readersWorld } from "./readersWorld.ts"

describe("the connection of a reader", () => {
  it.scoped("that sends what is none is ended, and its room is left", () =>
    Effect.gen(function*() {
      const { connect } = yield* readersWorld()
      const [ala, mal] = [yield* connect(), yield* connect()]
      yield* ala.hello("ala")
      yield* ala.open()
      yield* mal.hello("mal")
      yield* mal.open()
      mal.sayText("{")
      yield* mal.until(() => mal.isEnded)
      expect(mal.messages.at(-1)).toEqual({ t: "goodbye", reason: "a message was sent that is no JSON" })
      yield* ala.until(() => ala.all("presence").some(({ state }) => state === "gone"))
    }))

  it.scoped("goes on where its cursor stops", () =>
    Effect.gen(function*() {
      const { connect } = yield* readersWorld()
      const ala = yield* connect()
      yield* ala.hello("ala")
      yield* ala.open()
      for (let n = 1; n <= 120; n++) {
        ala.post(n, `${n}`)
        yield* ala.next("posted")
      }
      const { event } = ala.all("posted")[9] ?? {}
      const bo = yield* connect()
      yield* bo.hello("bo")
      bo.say({ t: "cursor", room: "hall", vector: { [`${event?.origin}`]: 10 } })
      yield* bo.open()
      expect(bo.texts()).toEqual(Array.from({ length: 110 }, (_, at) => `${at + 11}`))
      const cyr = yield* connect()
      yield* cyr.hello("cyr")
      yield* cyr.open()
      const [first] = cyr.all("event")
      expect(cyr.texts().length).toBe(50)
      if (first !== undefined) {
        const { clock, origin, seq } = first.event
        cyr.say({ t: "past", room: "hall", before: { clock, origin, seq }, limit: 100 })
      }
      expect((yield* cyr.next("past")).isStart).toBe(true)
      expect(cyr.texts().length).toBe(120)
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readersWorld } from "./readersWorld.ts"

describe("the server of clients of rooms", () => {
  it.scoped("welcomes a guest, opens a room, and shows a post to everybody once", () =>
    Effect.gen(function*() {
      const { connect } = yield* readersWorld()
      const [ala, bo] = [yield* connect(), yield* connect()]
      expect(yield* ala.hello("ala")).toMatchObject({ author: "~ala@alpha.example", nick: "~ala", isGuest: true })
      yield* bo.hello("bo")
      yield* ala.open()
      yield* bo.open()
      ala.post(1, "hello")
      const posted = yield* ala.next("posted")
      yield* bo.until(() => bo.texts().length > 0)
      yield* ala.until(() => ala.texts().length > 0)
      expect([ala.texts(), bo.texts()]).toEqual([["hello"], ["hello"]])
      const [event] = bo.all("event")
      expect(posted).toEqual({ t: "posted", room: "hall", n: 1, event: { origin: event?.event.origin, seq: 1 } })
      // Repeated after a broken connection: it is one post.
      ala.post(1, "hello")
      expect(yield* ala.next("posted")).toEqual(posted)
      yield* bo.next("everywhere")
      expect(bo.texts()).toEqual(["hello"])
    }))
})

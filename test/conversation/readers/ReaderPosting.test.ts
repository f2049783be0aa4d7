import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readersWorld } from "./readersWorld.ts"

describe("a post of a reader", () => {
  it.scoped("is recorded if its form and the rules of the room allow it", () =>
    Effect.gen(function*() {
      const { connect, texts } = yield* readersWorld()
      const [ala, bo] = [yield* connect(), yield* connect()]
      yield* ala.hello("ala")
      yield* ala.open()
      yield* bo.hello("bo")
      yield* bo.open()
      ala.post(1, "hello")
      const { event } = yield* ala.next("posted")
      const re = event ?? { origin: "", seq: 0 }
      let n = 0
      const posted = (client: typeof ala, kind: string, body: Record<string, unknown>, about?: typeof re) => {
        const number = ++n + 1
        client.say({ t: "post", room: "hall", n: number, kind, body, ...(about === undefined ? {} : { re: about }) })
        const answer = () =>
          client.messages.find((message) => (message.t === "posted" || message.t === "refused") && message.n === number)
        return Effect.map(client.until(() => answer() !== undefined), () => {
          const found = answer()
          return found?.t === "refused" ? found.reason : found?.t
        })
      }
      expect(yield* posted(bo, "edited", { text: "x" }, re)).toBe("only its author can edit a message")
      expect(yield* posted(ala, "edited", { text: "hello!" }, re)).toBe("posted")
      expect(yield* posted(bo, "reacted", { sign: "+" }, re)).toBe("posted")
      expect(yield* posted(bo, "reacted", { sign: "+" }, { ...re, seq: 99 })).toBe("there is no message to react to")
      expect(yield* posted(bo, "removed", {}, re)).toMatch(/^this takes a greater power/)
      expect(yield* posted(bo, "made", { app: "chat", access: "public" })).toBe(
        "events of the kind made are not taken from clients"
      )
      expect(yield* posted(bo, "said", { text: "x", more: 0.5 })).toMatch(/^the post is not valid: body: a number/)
      expect(yield* posted(bo, "said", {})).toMatch(/^the post is not valid: body\.text/)
      expect(yield* posted(bo, "removed", {})).toMatch(/^the post is not valid: re/)
      expect((yield* texts).length).toBe(3)
    }))
})

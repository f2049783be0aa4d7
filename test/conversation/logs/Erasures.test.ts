import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Erasures from "../../../src/conversation/logs/Erasures.ts"
import * as ExchangeLogs from "../../../src/conversation/logs/ExchangeLogs.ts"
import type { Event, EventRef } from "../../../src/protocol/conversation/Event.ts"
import { linkedServer, until } from "../links/linkedServer.ts"

/** A room with erasures: `said` records an event and waits for it. */
const room = Effect.gen(function*() {
  const { driver, store } = yield* linkedServer("alpha")
  const logs = ExchangeLogs.make(driver, "alpha")
  yield* logs.make("hall", { access: "public", servers: [] })
  const hall = yield* logs.follow("hall", () => undefined)
  let n = 0
  const said = (author: string, kind: string, body: Record<string, string>, re?: EventRef) =>
    Effect.gen(function*() {
      const done: Array<Event> = []
      const about = re === undefined ? {} : { re: { origin: re.origin, seq: re.seq } }
      const draft = { time: 5, author: `${author}@alpha`, device: "d", n: ++n, kind, body, ...about }
      hall.post(draft, (result) => {
        if (typeof result !== "string" && result._tag === "Posted") done.push(result.event)
      })
      yield* until(() => done.length > 0)
      return done[0] as Event
    })
  const bodyOf = (ref: EventRef) => Effect.map(store.event("hall", ref), (event) => event?.body)
  return { store, said, bodyOf }
})

describe("what was removed", () => {
  it.scoped("is erased with its edits when its author or a moderator removes it, and stays when another person does", () =>
    Effect.gen(function*() {
      const { bodyOf, said, store } = yield* room
      const erase = yield* Erasures.make(store)
      const [mine, edit] = [yield* said("ala", "said", { text: "secret" }), undefined]
      const edited = yield* said("ala", "edited", { text: "secret 2" }, mine)
      const other = yield* said("bo", "said", { text: "stays" })
      const third = yield* said("bo", "said", { text: "bad" })
      erase(yield* said("cyr", "removed", {}, other))
      erase(yield* said("operator", "removed", {}, third))
      erase(yield* said("ala", "removed", {}, mine))
      let bodies: ReadonlyArray<unknown> = [edit]
      while (bodies[0] !== null) {
        yield* Effect.yieldNow()
        bodies = [yield* bodyOf(mine), yield* bodyOf(edited), yield* bodyOf(other), yield* bodyOf(third)]
      }
      expect(bodies).toEqual([null, null, { text: "stays" }, null])
    }))

  it.scoped("is erased when it comes after its removal, as over links; powers and the beginning of a room never are", () =>
    Effect.gen(function*() {
      const { bodyOf, said, store } = yield* room
      const erase = yield* Erasures.make(store)
      const made = yield* said("ala", "made", { app: "chat", access: "public" })
      erase(yield* said("ala", "removed", {}, made))
      const removal = yield* said("ala", "removed", {}, { origin: made.origin, seq: made.seq + 3 })
      erase(removal)
      // The removal is handled before the post is there.
      for (let turns = 0; turns < 20; turns++) yield* Effect.yieldNow()
      const late = yield* said("ala", "said", { text: "late" })
      expect(late.seq).toBe(made.seq + 3)
      erase(late)
      while ((yield* bodyOf(late)) !== null) yield* Effect.yieldNow()
      expect(yield* bodyOf(made)).toEqual({ app: "chat", access: "public" })
    }))
})

import { describe, expect, it } from "vitest"
import * as Journal from "../../src/conversation/Journal.ts"

describe("a log in memory", () => {
  it("gives each event the next place, at once", () => {
    const journal = Journal.inMemory("hall", "local", "0".repeat(48))
    const draft = { author: "~ala@local", device: "d", n: 1, kind: "said", body: { text: "x" } }
    const results: Array<unknown> = []
    journal.follow((events) => results.push(events))
    journal.append([draft, { ...draft, n: 2 }], 1000, (result) => results.push(result))
    journal.append([{ ...draft, n: 3 }], 2000, (result) => results.push(result))
    const logged = { origin: `local~${"0".repeat(48)}`, room: "hall" }
    expect(results).toEqual([
      [{ ...draft, ...logged, seq: 1, clock: 1, time: 1000 }, {
        ...draft,
        ...logged,
        n: 2,
        seq: 2,
        clock: 2,
        time: 1000
      }],
      [{ ...draft, ...logged, n: 3, seq: 3, clock: 3, time: 2000 }]
    ])
  })

  it("is of a room whose name has no app in it where the app is chat", () => {
    expect(["chat", "chat/kitchen", "words/kyiv", "chatter"].map(Journal.roomNameOf)).toEqual([
      "hall",
      "kitchen",
      "words/kyiv",
      "chatter"
    ])
  })
})

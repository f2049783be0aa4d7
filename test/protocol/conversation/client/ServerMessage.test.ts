import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { readServerMessage, type ServerMessage } from "../../../../src/protocol/conversation/client/ServerMessage.ts"
import { Scene } from "../plainEvents.ts"

const read = (message: unknown) => Either.merge(readServerMessage(JSON.stringify(message)))

describe("a message of a server to its client", () => {
  it("is read as it was sent, with an event too", () => {
    const messages: ReadonlyArray<ServerMessage> = [
      { t: "welcome", v: 1, server: "alpha", author: "~a@alpha", nick: "a", isGuest: true, servers: [] },
      { t: "event", event: new Scene("hall").add("ala@alpha", "said", { text: "hello" }) },
      { t: "posted", room: "hall", n: 3 },
      { t: "refused", what: "post", room: "hall", n: 3, reason: "too many", waitMillis: 50 },
      { t: "live", room: "hall" }
    ]
    for (const message of messages) expect(read(message)).toEqual(message)
  })

  it("that has unknown fields is read without them", () => {
    expect(read({ t: "live", room: "hall", more: 1 })).toEqual({ t: "live", room: "hall" })
  })

  it("is refused with the place of what is wrong", () => {
    expect(Either.merge(readServerMessage("{"))).toBe("is no JSON")
    expect(read({ t: "event", event: { v: 1 } })).toMatch(/^event\./)
    expect(read({ t: "presence", room: "hall", person: "ala", state: "here" })).toMatch(/^person: a person/)
    const people = Array.from({ length: 129 }, () => ({ person: "a@alpha", state: "here" }))
    expect(read({ t: "people", room: "hall", people, isFirst: true })).toMatch(/^people: /)
  })
})

import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import {
  type ClientMessage,
  readClientMessage,
  subjectOf
} from "../../../../src/protocol/conversation/client/ClientMessage.ts"

const read = (message: unknown) => Either.merge(readClientMessage(JSON.stringify(message)))

describe("a message of a client of rooms", () => {
  it("is read as it was sent", () => {
    const messages: ReadonlyArray<ClientMessage> = [
      { t: "hello", v: 1, device: "d1", login: { as: "guest", nick: "ala" } },
      { t: "rooms" },
      { t: "open", room: "hall", last: 0 },
      { t: "make", room: "plans", access: "private" },
      { t: "post", room: "hall", n: 1, kind: "said", body: { text: "x" } },
      { t: "presence", room: "hall", state: "typing" }
    ]
    for (const message of messages) expect(read(message)).toEqual(message)
  })

  it("is refused with the place of what is wrong, and says what it was to be", () => {
    expect(Either.merge(readClientMessage("{"))).toBe("is no JSON")
    const post = { t: "post", room: "hall", n: 3, kind: "said", body: "x" }
    expect(read(post)).toMatch(/^body: /)
    expect(subjectOf(JSON.stringify(post))).toEqual({ what: "post", room: "hall", n: 3 })
    expect(subjectOf(JSON.stringify({ t: "future", room: 3, n: -1 }))).toEqual({ what: "future" })
    expect([subjectOf("{"), subjectOf("null"), subjectOf("{\"t\":1}")]).toEqual([undefined, undefined, undefined])
  })

  it("has no more origins than fit into a message", () => {
    const vector = Object.fromEntries(
      Array.from({ length: 141 }, (_, at) => [`alpha~${String(at).padStart(48, "0")}`, 1])
    )
    expect(read({ t: "cursor", room: "hall", vector })).toMatch(/^vector: 141 origins/)
  })
})

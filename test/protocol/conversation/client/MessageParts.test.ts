import { describe, expect, it } from "vitest"
import {
  linkMessages,
  peopleMessages,
  roomMessages,
  vectorMessages
} from "../../../../src/protocol/conversation/client/MessageParts.ts"

describe("lists for a client", () => {
  it("are cut into messages, and one that is empty is one message", () => {
    const people = Array.from({ length: 300 }, (_, at) => ({ person: `p${at}@alpha`, state: "here" as const }))
    const parts = peopleMessages("hall", people)
    expect(parts.map((part) => part.t === "people" && [part.people.length, part.isFirst])).toEqual([
      [128, true],
      [128, false],
      [44, false]
    ])
    expect(peopleMessages("hall", [])).toEqual([{ t: "people", room: "hall", people: [], isFirst: true }])
    const rooms = Array.from({ length: 129 }, (_, at) => ({ room: `r${at}`, access: "public" as const, people: 0 }))
    expect(roomMessages(rooms).map((part) => part.t === "rooms" && part.isLast)).toEqual([false, true])
    expect(linkMessages([{ server: "beta", isLinked: true }])).toEqual([
      { t: "links", links: [{ server: "beta", isLinked: true }] }
    ])
  })

  it("are vectors of as many origins as fit", () => {
    const vector = new Map(Array.from({ length: 150 }, (_, at) => [`o${at}`, at + 1]))
    const sizes = vectorMessages("have", "hall", vector).map((part) =>
      "vector" in part && Object.keys(part.vector).length
    )
    expect(sizes).toEqual([140, 10])
  })
})

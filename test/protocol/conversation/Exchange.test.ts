import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { alpha, beta, carry, draftOf, eventOf, gamma, hall, linked, salt, TestServer } from "./rooms.ts"

const pair = (): { a: TestServer; b: TestServer } => {
  const a = new TestServer(alpha)
  const b = new TestServer(beta)
  a.exchange.openRoom("hall", hall)
  b.exchange.openRoom("hall", hall)
  return { a, b }
}
const hashes = (events: ReadonlyArray<Event>): ReadonlyArray<string> => events.map(({ hash }) => hash)

describe("a server", () => {
  it("tells and passes on a post only when it is on its disk", () => {
    const { a, b } = pair()
    linked(a, b, ["alpha", "beta"])
    expect(a.exchange.post(draftOf(alpha, 1), salt)._tag).toBe("Posted")
    expect([a.exchange.pollEvents(), a.sent(1)]).toEqual([[], []])
    a.sync()
    expect(a.tags("Recorded")).toHaveLength(1)
    carry(a, b)
    expect(b.stored).toHaveLength(1)
  })

  it("acknowledges what is on its disk, and then every server has it", () => {
    const { a, b } = pair()
    linked(a, b, ["alpha", "beta"])
    a.exchange.post(draftOf(alpha, 1), salt)
    a.sync()
    carry(a, b)
    expect(a.exchange.roomOf("hall")?.everywhere.size).toBe(0)
    b.exchange.handleTimeout(b.exchange.deadline)
    carry(a, b)
    expect(a.exchange.roomOf("hall")?.everywhere.get(alpha.origin)).toBe(1)
    expect(a.tags("Everywhere")).toHaveLength(1)
  })

  it("records a repeated post once", () => {
    const { a } = pair()
    a.exchange.post(draftOf(alpha, 1), salt)
    expect(a.exchange.post(draftOf(alpha, 1), salt)).toEqual({
      _tag: "Repeated",
      event: { origin: alpha.origin, seq: 1 }
    })
    const b = new TestServer(alpha)
    b.exchange.openRoom("hall", hall)
    b.exchange.restorePost(eventOf(alpha, 4))
    expect(b.exchange.post(draftOf(alpha, 4), salt)._tag).toBe("Repeated")
  })

  it("agrees with another after both were apart, in one order", () => {
    const { a, b } = pair()
    for (let n = 1; n <= 300; n++) a.exchange.post(draftOf(alpha, n), salt)
    for (let n = 1; n <= 3; n++) b.exchange.post(draftOf(beta, n), salt)
    a.sync()
    b.sync()
    linked(a, b, ["alpha", "beta"])
    expect(a.log.all).toHaveLength(303)
    expect(hashes(a.log.all)).toEqual(hashes(b.log.all))
  })

  it("takes a public room that a linked server names, and a private one that names it", () => {
    const a = new TestServer(alpha)
    const b = new TestServer(beta, { takes: (room) => room !== "unwanted" })
    a.exchange.openRoom("hall", hall)
    a.exchange.openRoom("unwanted", hall)
    a.exchange.openRoom("duo", { access: "direct", servers: ["beta"] })
    a.exchange.openRoom("secret", { access: "private", servers: ["gamma"] })
    linked(a, b, ["alpha", "beta"])
    expect(b.tags("RoomTaken")).toMatchObject([
      { room: "hall", server: "alpha" },
      { room: "duo", access: { access: "direct", servers: ["beta", "alpha"] } }
    ])
    a.exchange.setAccess("secret", { access: "private", servers: ["gamma", "beta"] })
    carry(a, b)
    expect(b.exchange.roomOf("secret")).toBeDefined()
  })

  it("goes on above the floors of a server that has purged", () => {
    const { a, b } = pair()
    for (let n = 1; n <= 5; n++) a.exchange.post(draftOf(alpha, n), salt)
    a.sync()
    a.exchange.purge("hall", new Map([[alpha.origin, 3]]))
    a.log.purge(new Map([[alpha.origin, 3]]))
    linked(a, b, ["alpha", "beta"])
    expect(b.stored.map(({ seq }) => seq)).toEqual([4, 5])
    expect(b.exchange.roomOf("hall")?.floors.get(alpha.origin)).toBe(3)
    expect(b.tags("LinkEnded")).toEqual([])
    a.exchange.purge("hall", new Map([[alpha.origin, 5]]))
    carry(a, b)
    expect(a.tags("LinkEnded")).toEqual([])
  })

  it("passes presences on, and ends those of a link that ends in one event", () => {
    const { a, b } = pair()
    linked(a, b, ["alpha", "beta"])
    for (const name of ["ala", "cyr"]) {
      a.exchange.setPresence({ room: "hall", person: `${name}@alpha`, state: "here" }, 0)
    }
    carry(a, b)
    expect(b.exchange.presences).toHaveLength(2)
    b.exchange.closeLink(1, "the session has ended")
    expect(b.tags("LinkEnded")).toMatchObject([{ server: "alpha", presences: [{}, {}] }])
    expect(b.exchange.presences).toEqual([])
  })

  it("does not wait for a server that has left for good", () => {
    const a = new TestServer(alpha)
    a.exchange.openRoom("hall", hall, { heads: [], servers: ["beta"] })
    a.exchange.post(draftOf(alpha, 1), salt)
    a.sync()
    expect(a.exchange.roomOf("hall")?.everywhere.size).toBe(0)
    a.exchange.forgetServer("hall", "beta")
    expect(a.tags("Everywhere")).toHaveLength(1)
  })
})

describe("a hostile server", () => {
  const attacked = (...events: ReadonlyArray<Event>): TestServer => {
    const { a, b } = pair()
    linked(a, b, ["alpha", "beta"])
    for (const event of events) b.exchange.receive(1, { t: "event", event }, 0)
    b.sync()
    return b
  }
  const ended = (server: TestServer) => server.tags("LinkEnded")[0]

  it.each<[string, ReadonlyArray<Event>, string, RegExp]>([
    ["forges the text of another", [{ ...eventOf(gamma, 1), body: { text: "x" } }], "refused", /digest: not that/],
    ["signs for another origin", [{ ...eventOf(alpha, 1), origin: gamma.origin }], "refused", /hash: not that/],
    ["lets the clock run away", [eventOf(alpha, 1), eventOf(alpha, 2, 2 ** 40)], "refused", /above that of the room/],
    ["leaves an event out", [eventOf(alpha, 2)], "gap", /follows event 0/],
    ["tells two stories", [eventOf(alpha, 1), eventOf(alpha, 1, 1, { body: { text: "x" } })], "fork", /another event/],
    ["runs a copy of the other's disk", [eventOf(beta, 1)], "fork", /its disk runs twice/]
  ])("that %s is stopped with a reason", (_, events, reason, text) => {
    const server = attacked(...events)
    expect(ended(server)).toMatchObject({ end: { reason, isPassing: reason === "gap" } })
    expect(JSON.stringify(ended(server))).toMatch(text)
    expect(server.stored).toHaveLength(events.length - 1)
    expect(server.sent(1)).toMatchObject([{ t: "stop", reason }])
  })

  it("that uses a name whose key is another one here is stopped", () => {
    const b = new TestServer(beta, { trusts: (server, key) => server !== "gamma" || key === "" })
    const a = new TestServer(alpha)
    a.exchange.openRoom("hall", hall)
    linked(a, b, ["alpha", "beta"])
    b.exchange.receive(1, { t: "event", event: eventOf(gamma, 1) }, 0)
    expect(ended(b)).toMatchObject({ end: { reason: "refused" } })
  })

  it("that sends what is no message gets the reason", () => {
    const { a, b } = pair()
    linked(a, b, ["alpha", "beta"])
    b.exchange.refuse(1, "is no JSON in UTF-8")
    expect(b.sent(1)).toMatchObject([{ reason: "malformed", text: "has sent a message that is no JSON in UTF-8" }])
  })

  it("cannot make the vectors of others grow without end", () => {
    const { a, b } = pair()
    linked(a, b, ["alpha", "beta"])
    for (let at = 0; at < 2000 && b.tags("LinkEnded").length === 0; at++) {
      const vector = Object.fromEntries(Array.from({ length: Limits.messageOrigins }, (_, n) => [`${at} ${n}`, 1]))
      b.exchange.receive(1, { t: "seen", room: "hall", server: "gamma", vector }, 0)
    }
    expect(ended(b)).toMatchObject({ end: { reason: "limit" } })
  })

  it("cannot fill the memory with events that wait for the disk", () => {
    const { a, b } = pair()
    linked(a, b, ["alpha", "beta"])
    for (let n = 1; n <= Limits.unsyncedEvents; n++) b.exchange.post(draftOf(beta, n), salt)
    expect(b.exchange.isFull).toBe(true)
    b.sync()
    expect(b.exchange.isFull).toBe(false)
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import { Link } from "../../../src/protocol/conversation/Link.ts"
import type { LinkMessage } from "../../../src/protocol/conversation/LinkMessage.ts"
import { RoomTable } from "../../../src/protocol/conversation/RoomTable.ts"
import { alpha, eventOf, hall } from "./rooms.ts"

const key = "0a".repeat(32)
const hello = { t: "hello", v: 1, server: "beta", key } as const
const have = { t: "have", room: "hall", access: "public", vector: {}, total: 0 } as const
const stored = { heads: [{ origin: alpha.origin, seq: 2, clock: 2, floor: 0 }], servers: [] }

const linkOf = (proves: (server: string, key: string) => string | undefined = () => undefined): Link => {
  const rooms = new RoomTable("alpha")
  rooms.open("hall", hall, stored)
  rooms.open("duo", { access: "direct", servers: ["gamma"] }, stored)
  return new Link({ own: "alpha", server: "beta", key, rooms, proves }, 0)
}
const sent = (link: Link): ReadonlyArray<LinkMessage> => {
  const messages: Array<LinkMessage> = []
  for (let next = link.nextMessage(); next !== undefined; next = link.nextMessage()) messages.push(next)
  return messages
}
const receive = (link: Link, ...messages: ReadonlyArray<LinkMessage>) =>
  messages.map((message) => link.receive(message, 0))

describe("a link", () => {
  it("greets, announces the rooms that the peer may have, and sends nothing else before the peer's vectors", () => {
    const proved: Array<string> = []
    const link = linkOf((...one) => void proved.push(...one))
    expect(sent(link)).toEqual([{ ...hello, server: "alpha" }])
    receive(link, hello)
    expect(sent(link)).toEqual([{ ...have, vector: { [alpha.origin]: 2 }, total: 2 }, { t: "ready" }])
    link.onSynced(eventOf(alpha, 3))
    expect([link.nextRead(), sent(link)]).toEqual([undefined, []])
    receive(link, have, { t: "ready" })
    expect(link.nextRead()?.room).toBe("hall")
    link.onPage("hall", [eventOf(alpha, 1), eventOf(alpha, 2)])
    expect(sent(link).map(({ t }) => t)).toEqual(["event", "event"])
    expect(proved).toEqual(["beta", key])
  })

  it("ends where the key of the peer is another one than before", () => {
    const link = linkOf(() => "signs with another key")
    receive(link, hello)
    expect(link.end).toMatchObject({ reason: "greeting", isPassing: false })
    expect(sent(link).at(-1)).toEqual({ t: "stop", reason: "greeting", text: "signs with another key" })
  })

  it.each<[string, ReadonlyArray<LinkMessage>, object]>([
    ["an event before the vectors", [hello, { t: "event", event: eventOf(alpha, 1) }], { reason: "order" }],
    ["vectors before the greeting", [have], { reason: "order" }],
    ["a second greeting", [hello, hello], { reason: "order" }],
    ["the greeting of another server", [{ ...hello, server: "gamma" }], { reason: "greeting", isPassing: false }],
    ["a vector that lacks a part", [hello, { ...have, total: 3 }], { reason: "differs", isPassing: true }],
    [
      "an event of a room that it must not have",
      [hello, have, { t: "ready" }, { t: "event", event: eventOf(alpha, 1, 1, { room: "duo" }) }],
      { reason: "order" }
    ]
  ])("ends for %s, and says why", (_, messages, end) => {
    const link = linkOf()
    sent(link)
    receive(link, ...messages)
    expect(link.end).toMatchObject(end)
    expect(sent(link)).toMatchObject([{ t: "stop", reason: link.end?.reason }])
    expect(link.deadline).toBe(Infinity)
    expect(receive(link, have)).toEqual([undefined])
  })

  it("does not tell that a room is here which the peer must not have", () => {
    const link = linkOf()
    const inputs = receive(link, hello, { ...have, room: "duo", access: "direct", servers: ["alpha"] }, { t: "ready" })
    expect(inputs).toEqual([undefined, undefined, undefined])
    expect(JSON.stringify(sent(link))).not.toContain("duo")
    expect(link.end).toBeUndefined()
  })

  it("waits for 30 s for the greeting and the vectors", () => {
    const link = linkOf()
    link.handleTimeout(Limits.greetingMillis - 1)
    expect(link.end).toBeUndefined()
    link.handleTimeout(Limits.greetingMillis)
    expect(link.end?.text).toBe("beta has not greeted and announced its rooms within 30000 ms")
  })

  it("announces again when it is quiet, and every 10 s", () => {
    const link = linkOf()
    receive(link, hello, { ...have, vector: { [alpha.origin]: 2 }, total: 2 }, { t: "ready" })
    sent(link)
    expect(link.deadline).toBe(Limits.quietMillis)
    link.handleTimeout(Limits.quietMillis)
    expect([sent(link), link.deadline]).toEqual([[], Limits.haveMillis])
    link.handleTimeout(Limits.haveMillis)
    expect(sent(link)).toEqual([{ ...have, total: 2 }])
  })

  it("refuses more rooms, and more origins, than it can keep", () => {
    const link = linkOf()
    receive(link, hello)
    for (let at = 0; at <= Limits.linkRooms; at++) receive(link, { ...have, room: `r${at}` })
    expect(link.end?.reason).toBe("limit")
    const other = linkOf()
    receive(other, hello)
    for (let at = 0; at <= Limits.roomOrigins / Limits.messageOrigins + 1; at++) {
      const vector = Object.fromEntries(Array.from({ length: Limits.messageOrigins }, (_, n) => [`${at} ${n}`, 1]))
      receive(other, { t: "have", room: "hall", access: "public", vector })
    }
    expect(other.end?.reason).toBe("limit")
  })

  it("ends with its session, and may go on with another", () => {
    const link = linkOf()
    link.close("the session has ended")
    expect(link.end).toEqual({ reason: "closed", text: "the session has ended", isPassing: true })
    expect(sent(link)).toEqual([])
  })

  it("knows why the peer has ended it", () => {
    const link = linkOf()
    receive(link, { t: "stop", reason: "refused", text: "sent event 1" })
    expect(link.end).toEqual({ reason: "refused", text: "beta has ended the link: sent event 1", isPassing: false })
  })
})

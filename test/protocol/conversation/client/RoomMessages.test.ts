import { describe, expect, it } from "vitest"
import { ClientRoom } from "../../../../src/protocol/conversation/client/ClientRoom.ts"
import { applyToRoom, type RoomMessage } from "../../../../src/protocol/conversation/client/RoomMessages.ts"

const opened = () =>
  new ClientRoom("hall", { cursor: new Map(), last: undefined, make: undefined, isOpenedFirst: true })
const apply = (room: ClientRoom, ...messages: ReadonlyArray<RoomMessage>) =>
  messages.flatMap((message) => applyToRoom(room, message, { author: "ala@alpha", device: "d", now: 7 }))

const here = (person: string) => ({ person, state: "here" as const })

describe("the messages of a room", () => {
  it("tell who is here: all of them, or what has changed", () => {
    const room = opened()
    apply(
      room,
      { t: "people", room: "hall", people: [here("ala@alpha")], isFirst: true },
      { t: "people", room: "hall", people: [here("bo@alpha"), here("cyr@beta")], isFirst: false },
      { t: "presence", room: "hall", person: "bo@alpha", state: "away" }
    )
    expect([...room.people]).toEqual([["ala@alpha", "here"], ["bo@alpha", "away"], ["cyr@beta", "here"]])
    const moved = { t: "moved", room: "hall", joined: [], left: ["cyr@beta"], joinedCount: 0, leftCount: 3 } as const
    apply(room, { ...moved, how: "away", server: "beta" })
    expect([...room.people.keys()]).toEqual(["ala@alpha", "bo@alpha"])
    expect(room.notices).toMatchObject([{ kind: "away", server: "beta", left: ["cyr@beta"], leftCount: 3, time: 7 }])
    apply(room, { ...moved, how: "back", server: "beta", joined: ["cyr@beta"], joinedCount: 1, left: [] })
    apply(room, { t: "presence", room: "hall", person: "ala@alpha", state: "gone" })
    expect([...room.people.keys()]).toEqual(["bo@alpha", "cyr@beta"])
    apply(room, { t: "people", room: "hall", people: [here("dana@alpha")], isFirst: true })
    expect([...room.people.keys()]).toEqual(["dana@alpha"])
  })

  it("that refuse a page end the wait for it", () => {
    const room = opened()
    expect(apply(room, { t: "refused", what: "past", room: "hall", reason: "the log cannot be read" })).toEqual([
      { _tag: "Refused", what: "past", room: "hall", reason: "the log cannot be read", waitMillis: undefined }
    ])
    expect(room.isReadingPast).toBe(false)
  })

  it("that tell of everywhere are events when there is news", () => {
    const room = opened()
    const everywhere: RoomMessage = { t: "everywhere", room: "hall", vector: { o: 3 } }
    expect(apply(room, everywhere, everywhere)).toEqual([{ _tag: "Everywhere", room: "hall" }])
    expect([3, 4].map((seq) => room.isEverywhere({ origin: "o", seq }))).toEqual([true, false])
  })
})

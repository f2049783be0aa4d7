import { describe, expect, it } from "vitest"
import * as Limits from "../../../../src/protocol/conversation/client/ClientLimits.ts"
import type { SeenRoom } from "../../../../src/protocol/conversation/client/ReaderRoom.ts"
import { ReaderRooms } from "../../../../src/protocol/conversation/client/ReaderRooms.ts"

const seen = (room: string): SeenRoom => ({
  room,
  access: "public",
  told: new Map(),
  everywhere: () => new Map(),
  people: () => []
})
const begun = (rooms: ReaderRooms, room: string) => {
  const opening = rooms.begin(room, "open")
  if ("reason" in opening) throw new Error(opening.reason)
  return opening
}

describe("the rooms of a reader", () => {
  it("are opened once, and not after they were closed meanwhile", () => {
    const rooms = new ReaderRooms()
    const first = begun(rooms, "hall")
    expect(rooms.begin("hall", "open")).toEqual({ reason: "the room is open already" })
    rooms.close("hall")
    const second = begun(rooms, "hall")
    expect([rooms.opened(first, seen("hall"), new Map()), rooms.refused(first)]).toEqual([false, undefined])
    expect(rooms.opened(second, seen("hall"), new Map())).toBe(true)
    expect([rooms.get("hall")?.view.seen.room, rooms.close("hall"), rooms.close("hall")]).toEqual(["hall", true, false])
  })

  it("are a number of them at most", () => {
    const rooms = new ReaderRooms()
    for (let at = 0; at < Limits.rooms; at++) begun(rooms, `room${at}`)
    expect(rooms.begin("hall", "open")).toEqual({ reason: `a client has at most ${Limits.rooms} rooms open` })
    rooms.close("room3")
    expect(rooms.begin("hall", "open")).toMatchObject({ room: "hall" })
  })

  it("of two people have the name of both", () => {
    const rooms = new ReaderRooms()
    const make = { t: "make", room: "?", access: "direct", person: "bo@beta" } as const
    expect(rooms.beginToMake(make, "ala@alpha")).toMatchObject({ room: "ala@alpha:bo@beta" })
    const refused = { reason: "a direct room has one other person, and other rooms have none" }
    expect(rooms.beginToMake(make, "bo@beta")).toEqual(refused)
    expect(rooms.beginToMake({ t: "make", room: "x", access: "direct" }, "ala@alpha")).toEqual(refused)
    expect(rooms.beginToMake({ ...make, access: "public" }, "ala@alpha")).toEqual(refused)
  })

  it("have posts, marks and pages to ask for, and messages in turns", () => {
    const rooms = new ReaderRooms()
    for (const room of ["a", "b"]) rooms.opened(begun(rooms, room), seen(room), new Map())
    const post = { t: "post", room: "b", n: 1, kind: "said", body: {} } as const
    expect(rooms.post({ ...post, room: "c" })).toEqual({ reason: "the room is not open" })
    expect(rooms.post(post)).toBeUndefined()
    expect(rooms.nextRequest(true)).toMatchObject({ _tag: "Post", room: "b", post: { n: 1 } })
    const texts = Array.from({ length: 4 }, () => JSON.parse(rooms.nextMessage()?.text ?? ""))
    expect(texts.map(({ room, t }) => [t, room])).toEqual([["opened", "a"], ["opened", "b"], ["people", "a"], [
      "people",
      "b"
    ]])
    expect([rooms.nextRequest(false), rooms.nextRequest(true)]).toMatchObject([undefined, {
      _tag: "Read",
      room: expect.any(String)
    }])
    for (let n = 2; n <= Limits.unansweredPosts; n++) rooms.post({ ...post, n })
    expect(rooms.post({ ...post, n: 65 })).toEqual({
      reason: "64 posts have no answer yet",
      waitMillis: Limits.postWaitMillis
    })
    expect(rooms.post({ ...post, n: 66 })?.reason).toBe("post 65 was refused before it, and has to be sent first")
    rooms.clear()
    expect(rooms.nextRequest(true)).toBeUndefined()
  })

  it("know where the person is, the last state only", () => {
    const rooms = new ReaderRooms()
    rooms.setPresence("hall", "typing")
    rooms.setPresence("hall", "here")
    expect([rooms.hasPresence, rooms.takePresence(), rooms.takePresence()]).toEqual([
      true,
      { _tag: "Presence", room: "hall", state: "here" },
      undefined
    ])
  })
})

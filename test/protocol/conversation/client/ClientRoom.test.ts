import { describe, expect, it } from "vitest"
import { ClientRoom, type Entrance } from "../../../../src/protocol/conversation/client/ClientRoom.ts"
import * as ConversationLimits from "../../../../src/protocol/conversation/ConversationLimits.ts"
import { originOf, Scene } from "../plainEvents.ts"

const plain: Entrance = { cursor: new Map(), last: undefined, make: undefined, isOpenedFirst: true }
const sent = (room: ClientRoom) => {
  const all = []
  for (let next = room.next(0); next !== undefined; next = room.next(0)) all.push(next)
  return all
}
const live = (room: ClientRoom) => {
  sent(room)
  room.onOpened("public")
  room.onLive("ala@alpha")
}

describe("a room of a client", () => {
  it("sends a large cursor in parts, before it opens the room", () => {
    const cursor = new Map(Array.from({ length: 300 }, (_, at) => [`${originOf(`s${at}`)}`, 1] as const))
    const messages = sent(new ClientRoom("hall", { ...plain, cursor }))
    expect(messages.map(({ t }) => t)).toEqual(["cursor", "cursor", "cursor", "open"])
    const sizes = messages.flatMap((one) => one.t === "cursor" ? [Object.keys(one.vector).length] : [])
    expect(sizes).toEqual([ConversationLimits.messageOrigins, ConversationLimits.messageOrigins, 20])
  })

  it("begins anew if the connection was lost before the first events", () => {
    const room = new ClientRoom("hall", { ...plain, last: 5 })
    sent(room)
    room.onOpened("public")
    room.onHave(new Map([[originOf("alpha"), 7]]))
    room.onLost()
    room.onWelcome()
    expect(sent(room)).toEqual([{ t: "open", room: "hall", last: 5 }])
  })

  it("tells what was read to each server, and takes what another device has read", () => {
    const room = new ClientRoom("hall", plain)
    live(room)
    const scene = new Scene("hall")
    const event = scene.add("bo@alpha", "said", { text: "x" })
    expect(room.onEvent(event)).toBe(true)
    expect(room.onEvent(event)).toBe(false)
    room.markAll()
    const mark = { t: "mark", room: "hall", vector: { [event.origin]: 1 } }
    expect(sent(room)).toEqual([mark])
    room.onMark(new Map([[event.origin, 3]]))
    room.markAll()
    expect([sent(room), room.mark.get(event.origin)]).toEqual([[], 3])
    room.onLost()
    room.onWelcome()
    live(room)
    expect(sent(room)).toEqual([{ ...mark, vector: { [event.origin]: 3 } }])
  })

  it("says again that its person is away, and each state once", () => {
    const room = new ClientRoom("hall", plain)
    live(room)
    room.setPresence("away")
    room.setPresence("away")
    expect(sent(room)).toEqual([{ t: "presence", room: "hall", state: "away" }])
    room.onLost()
    room.onWelcome()
    live(room)
    expect(sent(room)).toEqual([{ t: "presence", room: "hall", state: "away" }])
    room.setPresence("here")
    expect(sent(room)).toEqual([{ t: "presence", room: "hall", state: "here" }])
  })

  it("says how many events a server skips of a room that was here before", () => {
    const room = new ClientRoom("hall", { ...plain, cursor: new Map([[originOf("alpha"), 2]]) })
    sent(room)
    expect(room.onHave(new Map([[originOf("alpha"), 5]]))).toBe(3)
  })

  it("keeps the newest notices, and the origins of one room only", () => {
    const room = new ClientRoom("hall", plain)
    for (let at = 0; at < 1000; at++) room.notice({ kind: "told", time: at, text: "x" })
    expect(room.notices).toHaveLength(256)
    expect(room.notices.at(-1)?.time).toBe(999)
    for (let at = 0; at < ConversationLimits.roomOrigins + 5; at++) room.onHave(new Map([[`${at}`, 1]]))
    expect(room.cursor.size).toBe(ConversationLimits.roomOrigins)
    expect(room.onEvent(new Scene("hall").add("bo@alpha", "said", { text: "x" }))).toBe(false)
  })

  it("is closed to the person when the server refuses it later", () => {
    const room = new ClientRoom("hall", plain)
    live(room)
    expect(room.onRefused("you are banned from this room")).toBe(false)
    expect([room.phase, room.refusal, room.isEmpty, sent(room)]).toEqual([
      "refused",
      "you are banned from this room",
      false,
      []
    ])
    room.onWelcome()
    expect(sent(room).map(({ t }) => t)).toEqual(["open"])
  })
})

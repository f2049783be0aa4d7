import { describe, expect, it } from "vitest"
import { ClientRoom } from "../../../../src/protocol/conversation/client/ClientRoom.ts"
import { viewOfRoom } from "../../../../src/protocol/conversation/client/RoomViews.ts"
import { Scene } from "../plainEvents.ts"

describe("the view of a room", () => {
  it("counts as unread what others have said, and shows progress for the person of the client only", () => {
    const room = new ClientRoom("hall", { cursor: new Map(), last: undefined, make: undefined, isOpenedFirst: true })
    room.next(0)
    room.onOpened("public")
    room.onLive("ala@alpha")
    const scene = new Scene("hall")
    const own = scene.add("ala@beta", "said", { text: "mine, from another server" })
    const other = scene.add("bo@alpha", "said", { text: "x" })
    for (const event of [own, other]) room.onEvent(event)
    const view = viewOfRoom(room, (author) => author.startsWith("ala@"), () => false)
    expect(view.unread).toBe(1)
    expect(viewOfRoom(room, () => false, (author) => author === "bo@alpha").unread).toBe(1)
    expect(view.timeline.lines.map((line) => view.progressOf(line))).toEqual(["recorded", undefined])
    expect(view.timeline.lines.map((line) => view.isRead(line))).toEqual([false, false])
    room.onEverywhere(new Map([[own.origin, own.seq]]))
    room.markAll()
    expect(view.timeline.lines.map((line) => view.progressOf(line))).toEqual(["everywhere", undefined])
    const later = viewOfRoom(room, () => false, () => false)
    expect(later.timeline.lines.map((line) => later.isRead(line))).toEqual([true, true])
  })
})

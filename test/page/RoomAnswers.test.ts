import { describe, expect, it } from "vitest"
import { peopleOf, shownAfter } from "../../src/page/RoomAnswers.ts"
import { perform } from "../../src/protocol/conversation/client/TypedLine.ts"
import { hallClient } from "./hallClient.ts"
import { hall, PlayedRooms } from "./playedRooms.ts"

const opened = () => {
  const rooms = new PlayedRooms()
  rooms.record("ala@alpha", "made", { app: "chat", access: "public" })
  rooms.record("ala@alpha", "said", { text: "The build is green" })
  const one = hallClient(rooms, "cyr")
  const shown = (line: string) => shownAfter(perform(one.client, hall, line, 0), one.room(), "alpha")
  return { ...one, rooms, shown }
}

describe("after a line", () => {
  it("a text is posted, and nothing else is shown", () => {
    const { room, rooms, send, shown } = opened()
    expect(shown("hello")).toEqual({})
    send()
    expect(rooms.events.at(-1)?.body).toEqual({ text: "hello" })
    expect(room().unrecorded).toEqual([])
  })

  it("a search and the help are lists", () => {
    const { shown } = opened()
    expect(shown("/search BUILD").list).toEqual({ title: "1 found", lines: ["ala: The build is green"] })
    expect(shown("/help topic").list?.lines).toEqual([expect.stringContaining("/topic [TEXT]")])
  })

  it("people, rooms and links are beside the room, and a room that is entered is shown", () => {
    const { shown } = opened()
    for (const line of ["/who", "/rooms", "/links"]) expect(shown(line)).toEqual({ isAside: true })
    expect(shown("/join kitchen")).toEqual({ room: "kitchen" })
  })

  it("what is wrong stays, with the reason; a page has no files", () => {
    const { shown } = opened()
    expect(shown("/nosuch")).toMatchObject({ isWrong: true, notice: expect.stringContaining("there is no command") })
    expect(shown("/file plan.pdf")).toMatchObject({ isWrong: true, notice: expect.stringContaining("holub join") })
    expect(shown("/topic").isWrong).toBeUndefined()
  })
})

describe("the people of a room", () => {
  it("have their powers and states beside them", () => {
    const { room, rooms } = opened()
    hallClient(rooms, "dan")
    rooms.moved({ joined: ["ala@alpha", "bo@beta"] })
    rooms.tell({ t: "presence", room: hall, person: "bo@beta", state: "typing" })
    expect(peopleOf(room(), "alpha").map(({ name, power, state }) => [name, power, state])).toEqual([
      ["~cyr", undefined, "here"],
      ["~dan", undefined, "here"],
      ["ala", "owner", "here"],
      ["bo@beta", undefined, "typing"]
    ])
  })
})

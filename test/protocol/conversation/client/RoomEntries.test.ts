import { describe, expect, it } from "vitest"
import { dividerOf, entriesOf, type Entry } from "../../../../src/protocol/conversation/client/RoomEntries.ts"
import { hallClient } from "../../../page/hallClient.ts"
import { hall, PlayedRooms } from "../../../page/playedRooms.ts"

const options = { zoneMinutes: 0, isIgnored: () => false, divider: undefined }

const textOf = (entry: Entry): string => {
  switch (entry._tag) {
    case "Line":
      return entry.line._tag === "Said"
        ? `${entry.isNext ? "+ " : ""}${entry.line.nick}: ${entry.line.text}`
        : entry.line._tag
    case "Notice":
      return `${entry.notice.kind} ${entry.notice.server ?? ""}`.trim()
    case "Day":
      return `day ${new Date(entry.time).toISOString().slice(0, 10)}`
    case "New":
      return `${entry.count} new`
    case "Unrecorded":
      return `${entry.post.state}: ${String(entry.post.body["text"])}`
    case "Start":
    case "Earlier":
    case "Coming":
      return entry._tag
  }
}

describe("the entries of a room", () => {
  it("begin each day, and tell which post stands right behind another one", () => {
    const rooms = new PlayedRooms()
    rooms.record("ala@alpha", "said", { text: "one" })
    rooms.record("ala@alpha", "said", { text: "two" })
    rooms.record("bo@beta", "said", { text: "three" })
    rooms.time += 6 * 60_000
    rooms.record("bo@beta", "said", { text: "four" })
    rooms.time += 86_400_000
    rooms.record("bo@beta", "said", { text: "five" })
    const { room } = hallClient(rooms, "cyr")
    expect(entriesOf(room(), options).map(textOf)).toEqual([
      "Start",
      "day 2026-11-30",
      "ala: one",
      "+ ala: two",
      "+ bo: three",
      "+ bo: four",
      "day 2026-12-01",
      "bo: five"
    ])
    // West of Greenwich it is still the day before.
    expect(
      entriesOf(room(), { ...options, zoneMinutes: -13 * 60 }).map(textOf).filter((text) => text.startsWith("day"))
    ).toHaveLength(2)
  })

  it("have notices where they happened, and a line before what is new", () => {
    const rooms = new PlayedRooms()
    rooms.record("ala@alpha", "said", { text: "one" })
    const { room } = hallClient(rooms, "cyr")
    rooms.moved({ how: "away", server: "beta", left: ["bo@beta"] })
    rooms.record("ala@alpha", "said", { text: "two" })
    rooms.record("ala@alpha", "said", { text: "three" })
    const shown = entriesOf(room(), options)
    expect(shown.map(textOf)).toEqual([
      "Start",
      "day 2026-11-30",
      "ala: one",
      "away beta",
      "2 new",
      "ala: two",
      "+ ala: three"
    ])
    expect(new Set(shown.map(({ key }) => key)).size).toBe(shown.length)
    expect(dividerOf(room())?.count).toBe(2)
  })

  it("keep the line before what was new while the person reads, until there is something newer", () => {
    const rooms = new PlayedRooms()
    const { client, room, send } = hallClient(rooms, "cyr")
    rooms.record("ala@alpha", "said", { text: "one" })
    const divider = dividerOf(room())
    client.markRead(hall)
    send()
    expect(dividerOf(room())).toBeUndefined()
    expect(entriesOf(room(), { ...options, divider }).map(textOf)).toContain("1 new")
  })

  it("end with posts that are not recorded yet, and leave out people who are ignored", () => {
    const rooms = new PlayedRooms()
    rooms.record("ala@alpha", "said", { text: "one" })
    const { client, room } = hallClient(rooms, "cyr")
    client.post(hall, { kind: "said", body: { text: "two" }, re: undefined }, 0)
    const shown = entriesOf(room(), { ...options, isIgnored: (author) => author === "ala@alpha" })
    expect(shown.map(textOf)).toEqual(["Start", "waiting: two"])
  })
})

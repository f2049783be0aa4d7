import { describe, expect, it } from "vitest"
import { RoomLines } from "../../../src/cli/room/RoomLines.ts"
import { Scene } from "../../protocol/conversation/plainEvents.ts"
import { at, clientView, me, notice, now, roomView, sketch } from "./roomViews.ts"

const around = (view: ReturnType<typeof sketch>) => ({ view, now, zoneMinutes: 60 })

describe("rooms as lines", () => {
  it("begin with the history, and go on with what is recorded; own posts stand where they were typed", () => {
    const scene = new Scene("hall")
    scene.add("bo@beta", "said", { text: "one\ntwo" }, { time: at("11:00") })
    const news = scene.add("bo@beta", "said", { text: "three" }, { time: at("11:01") })
    const lines = new RoomLines(undefined)
    const before = clientView([roomView(scene, { unreadEvents: [news] })])
    expect(lines.textsOf([{ _tag: "Recorded", event: news }, { _tag: "Live", room: "hall" }], around(before))).toEqual([
      "12:00 bo@beta: one\n12:00 bo@beta: two",
      "-- 1 new --",
      "12:01 bo@beta: three"
    ])
    expect(lines.open).toBe("hall")
    const mine = scene.add(me, "said", { text: "yes" }, { time: at("11:02") })
    const edit = scene.add("bo@beta", "edited", { text: "four" }, {
      time: at("11:03"),
      re: { origin: news.origin, seq: news.seq }
    })
    const joined = scene.add("cyr@beta", "joined", {}, { time: at("11:04") })
    const lost = notice("lost", joined, { time: at("11:05"), server: "alpha", text: "the connection was reset" })
    const after = clientView([roomView(scene, { notices: [lost] }), roomView(new Scene("words"))])
    const events = [mine, edit, joined].map((event) => ({ _tag: "Recorded" as const, event }))
    expect(lines.textsOf([...events, { _tag: "Live", room: "hall" }], around(after))).toEqual([
      "12:01 [#hall] bo@beta: four (edited)",
      "12:04 [#hall] * cyr@beta joined",
      "12:05 [#hall] * not connected to alpha: the connection was reset"
    ])
    expect(lines.textsOf([], around(after))).toEqual([])
  })

  it("answer what was typed", () => {
    const view = sketch()
    const lines = new RoomLines("hall")
    expect(lines.textsOfAnswer({ _tag: "Wrong", text: "there is no command /fo" }, around(view))).toEqual([
      "* there is no command /fo"
    ])
    expect(lines.textsOfAnswer({ _tag: "Show", what: "people" }, around(view)).slice(0, 3)).toEqual([
      "7 people",
      "ala",
      "bo@beta"
    ])
    expect(lines.textsOfAnswer({ _tag: "Show", what: "links" }, around(view))).toEqual([
      "beta   linked",
      "gamma  linked"
    ])
    expect(lines.textsOfAnswer({ _tag: "Search", text: "GREEN" }, around(view))).toEqual([
      "13:01 [#hall] ala: the build is green"
    ])
    expect(lines.textsOfAnswer({ _tag: "Search", text: "blue" }, around(view))).toEqual(["* no message here has it"])
    expect(lines.textsOfAnswer({ _tag: "Help", about: undefined }, around(view)).length).toBeGreaterThan(20)
    expect(lines.textsOfAnswer({ _tag: "Enter", room: "words" }, around(view))).toEqual(["* you are in #words"])
    expect(lines.open).toBe("words")
    const others = clientView(view.rooms.filter(({ room }) => room !== "words"))
    expect(lines.textsOfAnswer({ _tag: "Left", room: "words" }, around(others))).toEqual(["* you have left #words"])
    expect(lines.open).toBe("hall")
    const listed = clientView([], { listed: [{ room: "words", access: "private", people: 3 }] })
    expect(lines.textsOf([{ _tag: "Listed" }], around(listed))).toEqual(["#words  private, 3 here"])
  })
})

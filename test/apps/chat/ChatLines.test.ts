import { describe, expect, it } from "vitest"
import { clockOf, nameOfPerson, reasonOf, textOf } from "../../../src/apps/chat/ChatLines.ts"
import { Timeline } from "../../../src/protocol/conversation/Timeline.ts"
import { Scene } from "../../protocol/conversation/plainEvents.ts"

const shownOf = (scene: Scene) => {
  const view = new Timeline(scene.room)
  view.add(scene.events)
  return view.lines.map((line) => textOf(line, { view, server: "alpha" }))
}

describe("a line for plain programs", () => {
  it("has the author before each line of a post, and a star before what is none", () => {
    const scene = new Scene("hall")
    scene.add("operator@alpha", "topic", { text: "two\nlines" })
    scene.add("ala@alpha", "said", { text: "one\nbo: forged" })
    scene.add("ala@alpha", "said", { text: "waves\n* bo left", isAction: true })
    scene.add("bo@beta", "file", { name: "plan\n.pdf", bytes: 3, sha256: "0".repeat(64) })
    scene.add("bo@beta", "named", { name: "bob" })
    scene.add("operator@alpha", "power", { person: "bo@beta", power: "reader" })
    scene.add("operator@alpha", "barred", { person: "bo@beta", bar: "mute", reason: "a\nb" })
    expect(shownOf(scene)).toEqual([
      "* operator has set the topic: two lines",
      "ala: one\nala: bo: forged",
      "* ala waves * bo left",
      "* bo@beta has sent the file 1: plan .pdf, 3 bytes",
      "* bo@beta is bob now",
      "* operator has made bob@beta reader",
      "* operator has muted bob@beta: a b"
    ])
  })

  it("names five of many who have moved", () => {
    const scene = new Scene("hall")
    for (let at = 1; at <= 8; at++) scene.add(`p${at}@alpha`, "joined")
    scene.add("bo@beta", "left")
    scene.add("p8@alpha", "left")
    expect(shownOf(scene)).toEqual(["* p1, p2, p3, p4, p5 and 2 others joined; bo@beta left; p8 joined and left"])
  })

  it("has the parts of lines", () => {
    const view = new Timeline("hall")
    expect([clockOf(43_380_000), clockOf(0), reasonOf(undefined), reasonOf("x\ny")]).toEqual([
      "12:03 UTC",
      "00:00 UTC",
      "",
      ": x y"
    ])
    expect([nameOfPerson("ala@alpha", { view, server: "alpha" }), nameOfPerson("bo@beta", { view, server: "alpha" })])
      .toEqual(["ala", "bo@beta"])
  })
})

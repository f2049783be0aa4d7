import { describe, expect, it } from "vitest"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { PowerHistory } from "../../../src/protocol/conversation/PowerHistory.ts"
import { saidBy } from "../../../src/protocol/conversation/SignedEvent.ts"
import { firstNickOf, TimelineFold } from "../../../src/protocol/conversation/TimelineFold.ts"
import { refOf, Scene } from "./plainEvents.ts"

const fold = (events: ReadonlyArray<Event>) => {
  let powers = PowerHistory.of("words")
  const lines = new TimelineFold({ isLate: () => false, numberOf: () => 1 }, { topic: undefined, nicks: new Map() })
  for (const event of events) {
    const said = saidBy(event)
    if (said !== undefined) lines.apply({ event, said }, powers.before(event))
    powers = powers.add(event)
  }
  return lines
}
const opened = () => {
  const scene = new Scene("words")
  scene.add("ala@alpha", "made", { app: "chat", access: "public" })
  return scene
}
const texts = (events: ReadonlyArray<Event>) =>
  fold(events).lines.flatMap((line) => line._tag === "Said" ? [`${line.nick}: ${line.text}`] : [])

describe("the lines of a room", () => {
  it("have edits of their author, and no other's", () => {
    const scene = opened()
    const said = scene.add("bo@alpha", "said", { text: "tset" })
    scene.add("bo@alpha", "edited", { text: "test" }, { re: refOf(said) })
    scene.add("cyr@beta", "edited", { text: "forged" }, { re: refOf(said) })
    scene.add("ala@alpha", "edited", { text: "owner" }, { re: refOf(said) })
    expect(texts(scene.events)).toEqual(["bo: test"])
    expect(fold(scene.events).lineOf(said)).toMatchObject({ isEdited: true })
  })

  it("are hidden by their author or a moderator, and no other", () => {
    const scene = opened()
    const [one, two, three] = [1, 2, 3].map((at) => scene.add("bo@alpha", "said", { text: String(at) }))
    scene.add("bo@alpha", "removed", {}, { re: refOf(one!) })
    scene.add("ala@alpha", "removed", {}, { re: refOf(two!) })
    scene.add("cyr@beta", "removed", {}, { re: refOf(three!) })
    expect(texts(scene.events)).toEqual(["bo: 3"])
    expect(fold(scene.events).lineOf(one!)).toBeUndefined()
  })

  it("keep powers and bars, which nobody can remove", () => {
    const scene = opened()
    const given = scene.add("ala@alpha", "power", { person: "bo@alpha", power: "moderator" })
    scene.add("ala@alpha", "removed", {}, { re: refOf(given) })
    expect(fold(scene.events).lineOf(given)).toMatchObject({ _tag: "Power", person: "bo@alpha", power: "moderator" })
  })

  it("have reactions, each once for a person, until it is taken back", () => {
    const scene = opened()
    const said = scene.add("ala@alpha", "said", { text: "x" })
    for (const author of ["bo@alpha", "cyr@beta", "bo@alpha"]) {
      scene.add(author, "reacted", { sign: "+" }, { re: refOf(said) })
    }
    scene.add("bo@alpha", "reacted", { sign: "-" }, { re: refOf(said) })
    scene.add("bo@alpha", "reacted", { sign: "-", isOff: true }, { re: refOf(said) })
    expect(fold(scene.events).lineOf(said)).toMatchObject({
      reactions: [{ sign: "+", people: ["bo@alpha", "cyr@beta"] }]
    })
  })

  it("leave out what its author had not the power for", () => {
    const scene = opened()
    scene.add("ala@alpha", "barred", { person: "bo@alpha", bar: "mute", until: 100_000 })
    scene.add("bo@alpha", "said", { text: "muted" })
    scene.add("bo@alpha", "said", { text: "later" }, { time: 100_000 })
    scene.add("bo@alpha", "topic", { text: "mine" })
    scene.add("ala@alpha", "topic", { text: "ours" })
    scene.add("ala@alpha", "barred", { person: "cyr@beta", bar: "ban" })
    scene.add("cyr@beta", "joined")
    expect(texts(scene.events)).toEqual(["bo: later"])
    expect(fold(scene.events).context.topic).toBe("ours")
    expect(fold(scene.events).lines.some(({ _tag }) => _tag === "Moved")).toBe(false)
  })

  it("show a post that was repeated once", () => {
    const scene = opened()
    for (const text of ["one", "one"]) scene.add("bo@alpha", "said", { text }, { device: "phone", n: 7 })
    expect(texts(scene.events)).toEqual(["bo: one"])
  })

  it("have the nick that its author had then; a guest stays a guest", () => {
    const scene = opened()
    scene.add("bo@alpha", "said", { text: "1" })
    scene.add("bo@alpha", "named", { name: "Bob" })
    scene.add("bo@alpha", "said", { text: "2" })
    scene.add("bo@alpha", "named", { name: "B\u202eob" })
    scene.add("~eva@beta", "named", { name: "eva2" })
    scene.add("~eva@beta", "said", { text: "3" })
    expect(texts(scene.events)).toEqual(["bo: 1", "Bob: 2", "~eva2: 3"])
  })

  it("make hostile names of other servers harmless", () => {
    expect(firstNickOf("ala@alpha")).toBe("ala")
    expect(firstNickOf("~guest-7@alpha")).toBe("~guest-7")
    expect(firstNickOf("a\u202e b:c@evil")).toBe("?a\ufffd_b_c")
    expect(firstNickOf(`${"x".repeat(200)}@evil`)).toBe(`?${"x".repeat(32)}`)
  })
})

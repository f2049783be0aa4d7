import { describe, expect, it } from "vitest"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { PowerHistory } from "../../../src/protocol/conversation/PowerHistory.ts"
import { barOf, powerOf } from "../../../src/protocol/conversation/Powers.ts"
import { comparePlaces } from "../../../src/protocol/conversation/RoomOrder.ts"
import { Random } from "../../simulation/Random.ts"
import { randomRoom, Scene, shuffled } from "./plainEvents.ts"

const historyOf = (room: string, events: ReadonlyArray<Event>) =>
  events.reduce((history, event) => history.add(event), PowerHistory.of(room))

describe("the history of powers", () => {
  it("has the powers before each place", () => {
    const scene = new Scene("words")
    const made = scene.add("ala@alpha", "made", { app: "chat", access: "public" })
    const said = scene.add("bo@alpha", "said", { text: "x" })
    const given = scene.add("ala@alpha", "power", { person: "bo@alpha", power: "moderator" })
    const history = historyOf("words", scene.events)
    expect(powerOf(history.before(made), "ala@alpha")).toBe("speaker")
    expect(powerOf(history.before(said), "ala@alpha")).toBe("owner")
    expect(powerOf(history.before(given), "bo@alpha")).toBe("speaker")
    expect(powerOf(history.now, "bo@alpha")).toBe("moderator")
  })

  it("changes what followed when an event comes late", () => {
    const scene = new Scene("words")
    const [made, given, taken, used] = [
      scene.add("ala@alpha", "made", { app: "chat", access: "public" }),
      scene.add("ala@alpha", "power", { person: "bo@beta", power: "moderator" }),
      scene.add("ala@alpha", "power", { person: "bo@beta", power: "speaker" }),
      scene.add("bo@beta", "barred", { person: "cyr@beta", bar: "mute" })
    ]
    const early = historyOf("words", [made, given, used])
    expect(barOf(early.now, "cyr@beta", 0)).toBe("mute")
    expect(barOf(early.add(taken).now, "cyr@beta", 0)).toBeUndefined()
    // A history is a value.
    expect(barOf(early.now, "cyr@beta", 0)).toBe("mute")
  })

  it("is the same object after an event that it has, or that is none of powers", () => {
    const scene = new Scene("words")
    const made = scene.add("ala@alpha", "made", { app: "chat", access: "public" })
    const history = historyOf("words", [made])
    expect(history.add(made)).toBe(history)
    expect(history.add(scene.add("ala@alpha", "said", { text: "x" }))).toBe(history)
  })

  it("is that of the rules, at each place, in whatever order the events come", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new Random(seed)
      const scene = randomRoom(random, 60)
      const history = historyOf(scene.room, shuffled(random, scene.events))
      const ordered = scene.events.toSorted(comparePlaces)
      for (const at of ordered.keys()) {
        const powers = history.before(ordered[at]!)
        const model = modelOf(ordered.slice(0, at))
        for (const person of ["ala@alpha", "bo@alpha", "cyr@beta", "dana@gamma", "~eva@gamma"]) {
          expect([seed, person, powerOf(powers, person)]).toEqual([seed, person, model.power(person)])
          for (const time of [0, 20_000, 1e12]) expect(barOf(powers, person, time)).toBe(model.bar(person, time))
        }
      }
    }
  })
})

/** The rules, written from docs/CONVERSATION.md without a look at the code: all events from the beginning, each time. */
const modelOf = (events: ReadonlyArray<Event>) => {
  const levels = ["reader", "speaker", "moderator", "owner"]
  const given: Record<string, string> = {}
  const bars: Array<{ person: string; bar: string; until: number }> = []
  const power = (person: string) => given[person] ?? "speaker"
  const bar = (person: string, time: number) => {
    const last = bars.findLast((one) => one.person === person && one.bar !== "kick")
    return last === undefined || last.bar === "none" || time >= last.until ? undefined : last.bar
  }
  const level = (person: string) => levels.indexOf(power(person))
  let owner: string | undefined
  for (const { author, body, kind, time } of events) {
    if (body === null) continue
    const isModerator = level(author) >= 2 && bar(author, time) === undefined
    const person = String(body["person"])
    if (kind === "made" && owner === undefined) given[owner = author] = "owner"
    if (kind === "power" && isModerator) {
      const isOver = person === author || level(author) > level(person)
      if (isOver && level(author) > levels.indexOf(String(body["power"]))) given[person] = String(body["power"])
    }
    if (kind === "barred" && isModerator && level(author) > level(person)) {
      bars.push({
        person,
        bar: String(body["bar"]),
        until: typeof body["until"] === "number" ? body["until"] : Infinity
      })
    }
  }
  return { power, bar }
}

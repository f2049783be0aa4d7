import { describe, expect, it } from "vitest"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { nickOf } from "../../../src/protocol/conversation/Names.ts"
import { PowerHistory } from "../../../src/protocol/conversation/PowerHistory.ts"
import { maySpeak, powerOf } from "../../../src/protocol/conversation/Powers.ts"
import { comparePlaces } from "../../../src/protocol/conversation/RoomOrder.ts"
import { Timeline } from "../../../src/protocol/conversation/Timeline.ts"
import { Random } from "../../simulation/Random.ts"
import { randomRoom, refOf, Scene, shuffled } from "./plainEvents.ts"

const opened = () => {
  const scene = new Scene("words")
  scene.add("ala@alpha", "made", { app: "chat", access: "public" })
  return scene
}
const viewOf = (room: string, ...batches: ReadonlyArray<ReadonlyArray<Event>>) => {
  const timeline = new Timeline(room)
  for (const batch of batches) timeline.add(batch)
  return timeline
}
/** What does not depend on the order of arrival. */
const canonical = ({ lines, topic }: Timeline) => ({
  topic,
  lines: lines.map((line) => ({ ...line, isLate: false, ...line._tag === "File" ? { number: 0 } : {} }))
})

describe("the timeline of a room", () => {
  it("marks what came late, and puts it into its place", () => {
    const scene = opened()
    const [one, late, two] = ["one", "late", "two"].map((text) => scene.add("bo@alpha", "said", { text }))
    const timeline = viewOf("words", [scene.events[0]!, one!, two!], [late!])
    expect(timeline.lines.map((line) => line._tag === "Said" ? [line.text, line.isLate] : [])).toEqual([
      [],
      ["one", false],
      ["late", true],
      ["two", false]
    ])
    expect(viewOf("words", scene.events).lines.some(({ isLate }) => isLate)).toBe(false)
  })

  it("takes back what was said after a bar that came late", () => {
    const scene = opened()
    const bar = scene.add("ala@alpha", "barred", { person: "bo@beta", bar: "mute" })
    const said = scene.add("bo@beta", "said", { text: "x" })
    const timeline = viewOf("words", [scene.events[0]!, said])
    expect(timeline.lineOf(said)).toBeDefined()
    timeline.add([bar])
    expect(timeline.lineOf(said)).toBeUndefined()
  })

  it("numbers files in the order in which they came, for good", () => {
    const scene = opened()
    const [one, late, two] = ["one", "late", "two"].map((name) =>
      scene.add("bo@alpha", "file", { name, bytes: 1, sha256: "0".repeat(64) })
    )
    const timeline = viewOf("words", [scene.events[0]!, one!, two!], [late!])
    expect([1, 2, 3, 4].map((number) => timeline.file(number)?.file.name)).toEqual(["one", "two", "late", undefined])
    timeline.add([scene.add("bo@alpha", "removed", {}, { re: refOf(two!) })])
    expect([1, 2, 3].map((number) => timeline.file(number)?.file.name)).toEqual(["one", undefined, "late"])
  })

  it("counts as unread what others have posted beyond a vector", () => {
    const scene = opened()
    const mine = scene.add("ala@alpha", "said", { text: "1" })
    const other = scene.add("bo@beta", "said", { text: "2" })
    const last = scene.add("bo@beta", "said", { text: "3" })
    scene.add("bo@beta", "joined")
    const timeline = viewOf("words", scene.events)
    expect(timeline.unread(new Map(), (author) => author !== "ala@alpha")).toBe(2)
    expect(timeline.unread(new Map([[other.origin, other.seq]]), (author) => author !== "ala@alpha")).toBe(1)
    expect(timeline.unread(new Map([[mine.origin, mine.seq], [last.origin, last.seq]]), () => true)).toBe(0)
    expect(timeline.unread(new Map(), () => true)).toBe(3)
  })

  it("loses the lines whose text was erased, and finds the last post of a person", () => {
    const scene = opened()
    const [one, two] = ["one", "two"].map((text) => scene.add("bo@alpha", "said", { text }))
    const timeline = viewOf("words", scene.events)
    expect(timeline.lastPostOf("bo@alpha")).toMatchObject({ text: "two" })
    timeline.erase(refOf(two!))
    timeline.erase({ origin: "none", seq: 1 })
    expect(timeline.lastPostOf("bo@alpha")).toMatchObject({ text: "one", ref: refOf(one!) })
    expect(timeline.lastPostOf("zoe@alpha")).toBeUndefined()
  })

  it("keeps its newest events, and what earlier ones mean for them", () => {
    const scene = opened()
    scene.add("ala@alpha", "topic", { text: "old topic" })
    scene.add("bo@alpha", "named", { name: "Bob" })
    scene.add("ala@alpha", "barred", { person: "cyr@beta", bar: "mute" })
    const first = scene.add("bo@alpha", "file", { name: "first", bytes: 1, sha256: "0".repeat(64) })
    const timeline = new Timeline("words", { most: 100 })
    for (const event of scene.events) timeline.add([event])
    for (let at = 0; at < 1000; at++) {
      timeline.add([scene.add(at % 2 === 0 ? "bo@alpha" : "cyr@beta", "said", { text: String(at) })])
    }
    expect(timeline.lines.length).toBeLessThanOrEqual(125)
    expect(timeline.lines.every((line) => line._tag === "Said" && line.nick === "Bob")).toBe(true)
    expect([timeline.topic, timeline.file(1), timeline.lineOf(first)]).toEqual(["old topic", undefined, undefined])
    timeline.add([scene.add("bo@alpha", "file", { name: "second", bytes: 1, sha256: "0".repeat(64) })])
    expect(timeline.file(2)?.file.name).toBe("second")
    expect(timeline.nickOf("bo@alpha")).toBe("Bob")
  })

  it("knows the powers of an earlier part of the log", () => {
    const scene = opened()
    const powers = PowerHistory.of("words").add(scene.events[0]!)
    const timeline = new Timeline("words", { powers })
    timeline.add([scene.add("ala@alpha", "topic", { text: "x" })])
    expect([timeline.topic, maySpeak(timeline.powers, "ala@alpha", 0)]).toEqual(["x", true])
  })

  it("is the same in whatever order and in whatever parts the events come, and follows the rules", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new Random(seed)
      const scene = randomRoom(random, 80)
      const whole = viewOf(scene.room, scene.events)
      const mixed = shuffled(random, [...scene.events, ...scene.events.slice(0, 10)])
      const parts = viewOf(scene.room)
      for (let at = 0; at < mixed.length;) {
        const size = random.integer(1, 8)
        parts.add(mixed.slice(at, at += size))
        if (random.chance(0.3)) expect(parts.lines.length).toBeLessThanOrEqual(mixed.length)
      }
      expect([seed, canonical(parts)]).toEqual([seed, canonical(whole)])
      const shown = whole.lines.flatMap((line) =>
        line._tag === "Said"
          ? [
            `${line.nick} ${line.text} ${
              line.reactions.map(({ people, sign }) => sign + people.length).toSorted().join()
            }`
          ]
          : []
      )
      expect([seed, shown]).toEqual([seed, modelOf(scene)])
    }
  })
})

/** The texts that are shown, from the rules of docs/CONVERSATION.md. Powers have a model of their own. */
const modelOf = ({ events, room }: Scene): ReadonlyArray<string> => {
  const ordered = events.toSorted(comparePlaces)
  const powers = ordered.reduce((history, event) => history.add(event), PowerHistory.of(room))
  const known = ordered.filter((event) => event.body !== null)
  const speaks = (event: Event) => maySpeak(powers.before(event), event.author, event.time)
  const isMeant = (target: Event) => (event: Event) =>
    event.re?.origin === target.origin && event.re.seq === target.seq && comparePlaces(event, target) > 0
  const isModerator = (event: Event) => {
    const before = powers.before(event)
    return ["owner", "moderator"].some((power) => power === powerOf(before, event.author)) &&
      maySpeak(before, event.author, event.time)
  }
  const nameAt = (event: Event) => {
    const first = event.author.slice(0, event.author.lastIndexOf("@"))
    const names = known.filter((one) =>
      one.kind === "named" && one.author === event.author && comparePlaces(one, event) < 0
    )
      .map(({ body }) => nickOf(String(body?.["name"]))).flatMap((read) => read._tag === "Name" ? [read.name] : [])
    const last = names.at(-1)
    return last === undefined ? first : first.startsWith("~") ? `~${last}` : last
  }
  const seen = new Set<string>()
  return known.flatMap((post) => {
    if (post.kind !== "said" && post.kind !== "file" || !speaks(post)) return []
    const key = `${post.author} ${post.device} ${post.n}`
    if (seen.has(key)) return []
    seen.add(key)
    const about = known.filter(isMeant(post))
    if (post.kind === "file") return []
    if (about.some((event) => event.kind === "removed" && (event.author === post.author || isModerator(event)))) {
      return []
    }
    const text = about.findLast((event) =>
      event.kind === "edited" && event.author === post.author && speaks(event)
    )?.body?.["text"] ?? post.body?.["text"]
    const reactions = ["+", "-"].flatMap((sign) => {
      const people = new Set(about.filter((event) => event.kind === "reacted").map(({ author }) => author))
      const those = Array.from(people).filter((author) => {
        const last = about.findLast((event) =>
          event.kind === "reacted" && event.author === author && event.body?.["sign"] === sign && speaks(event)
        )
        return last !== undefined && last.body?.["isOff"] !== true
      })
      return those.length === 0 ? [] : [sign + those.length]
    })
    return [`${nameAt(post)} ${String(text)} ${reactions.toSorted().join()}`]
  })
}

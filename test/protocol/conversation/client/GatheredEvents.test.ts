import { describe, expect, it } from "vitest"
import { GatheredEvents } from "../../../../src/protocol/conversation/client/GatheredEvents.ts"
import * as PeopleLimits from "../../../../src/protocol/conversation/PeopleLimits.ts"
import { Scene } from "../plainEvents.ts"

describe("the events of a client's room", () => {
  it("become lines when these are looked at; earlier ones get none, and still count", () => {
    const scene = new Scene("words")
    const made = scene.add("ala@alpha", "made", { app: "chat", access: "public" })
    const topic = scene.add("ala@alpha", "topic", { text: "early" })
    const said = scene.add("bo@alpha", "said", { text: "hello" })
    const later = scene.add("ala@alpha", "topic", { text: "late" })
    const events = new GatheredEvents("words")
    for (const event of [said, made, topic]) events.add(event, event === said ? "first" : "earlier")
    expect(events.timeline.lines.map(({ _tag }) => _tag)).toEqual(["Said"])
    expect(events.timeline.topic).toBe("early")
    events.add(later, "new")
    expect(events.timeline.lines.map(({ _tag }) => _tag)).toEqual(["Said", "Topic"])
    expect([events.oldest?.seq, events.newest?.seq]).toEqual([said.seq, later.seq])
    for (const event of [made, topic]) events.add(event, "past")
    expect(events.timeline.lines.map(({ _tag }) => _tag)).toEqual(["Made", "Topic", "Said", "Topic"])
    expect(events.oldest?.seq).toBe(made.seq)
  })

  it("keeps a late event from hiding that there are others before the first ones", () => {
    const scene = new Scene("words")
    const late = scene.add("bo@beta", "said", { text: "late" })
    scene.add("ala@alpha", "said", { text: "not here" })
    const first = scene.add("ala@alpha", "said", { text: "first" })
    const events = new GatheredEvents("words")
    events.add(first, "first")
    events.add(late, "new")
    expect(events.oldest).toMatchObject({ seq: first.seq, origin: first.origin })
  })

  it("has no beginning any more when the oldest ones were dropped", () => {
    const scene = new Scene("words")
    const events = new GatheredEvents("words")
    events.complete()
    for (let at = 0; at <= PeopleLimits.shownEvents * 1.25; at++) {
      events.add(scene.add("ala@alpha", "said", { text: `${at}` }), "first")
    }
    expect(events.timeline.size).toBe(PeopleLimits.shownEvents)
    expect([events.isWhole, events.oldest?.seq]).toEqual([false, events.timeline.first?.seq])
    expect(events.timeline.isFull).toBe(true)
  })
})

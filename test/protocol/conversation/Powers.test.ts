import { describe, expect, it } from "vitest"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import {
  barOf,
  hall,
  mayBar,
  mayGive,
  mayModerate,
  maySpeak,
  none,
  powerOf,
  type Powers,
  powersAfter
} from "../../../src/protocol/conversation/Powers.ts"
import { Scene } from "./plainEvents.ts"

const after = (events: ReadonlyArray<Event>, room = "words") => events.reduce<Powers>(powersAfter, none(room))

const opened = () => {
  const scene = new Scene("words")
  scene.add("ala@alpha", "made", { app: "chat", access: "public" })
  return scene
}

describe("the powers of a room", () => {
  it("make its creator the owner, and everybody else a speaker", () => {
    const powers = after(opened().events)
    expect(powerOf(powers, "ala@alpha")).toBe("owner")
    expect(powerOf(powers, "bo@alpha")).toBe("speaker")
    expect(maySpeak(powers, "bo@alpha", 0)).toBe(true)
    expect(mayModerate(powers, "bo@alpha", 0)).toBe(false)
  })

  it("are not given by making the room again", () => {
    const scene = opened()
    scene.add("mal@beta", "made", { app: "chat", access: "public" })
    expect(powerOf(after(scene.events), "mal@beta")).toBe("speaker")
  })

  it("make the operator of each server the owner of the hall, and of no other room", () => {
    expect(powerOf(none(hall), "operator@beta")).toBe("owner")
    expect(powerOf(none(hall), "operator2@beta")).toBe("speaker")
    expect(powerOf(none("words"), "operator@beta")).toBe("speaker")
  })

  it("are given by a greater power only", () => {
    const scene = opened()
    scene.add("bo@alpha", "power", { person: "bo@alpha", power: "moderator" })
    scene.add("ala@alpha", "power", { person: "bo@alpha", power: "moderator" })
    scene.add("bo@alpha", "power", { person: "cyr@beta", power: "moderator" })
    scene.add("bo@alpha", "power", { person: "dana@gamma", power: "reader" })
    scene.add("bo@alpha", "power", { person: "ala@alpha", power: "reader" })
    scene.add("ala@alpha", "power", { person: "eva@gamma", power: "owner" })
    const powers = after(scene.events)
    expect(["ala@alpha", "bo@alpha", "cyr@beta", "dana@gamma", "eva@gamma"].map((person) => powerOf(powers, person)))
      .toEqual(["owner", "moderator", "speaker", "reader", "speaker"])
    expect(maySpeak(powers, "dana@gamma", 0)).toBe(false)
    expect(mayGive(powers, "bo@alpha", "dana@gamma", "speaker", 0)).toBe(true)
    expect(mayGive(powers, "dana@gamma", "dana@gamma", "speaker", 0)).toBe(false)
    scene.add("ala@alpha", "power", { person: "ala@alpha", power: "speaker" })
    expect(powerOf(after(scene.events), "ala@alpha")).toBe("speaker")
  })

  it("bar people until a time, or for good, and take it back", () => {
    const scene = opened()
    scene.add("ala@alpha", "barred", { person: "bo@alpha", bar: "mute", until: 50_000 })
    scene.add("bo@alpha", "barred", { person: "cyr@beta", bar: "ban" })
    scene.add("ala@alpha", "barred", { person: "dana@gamma", bar: "ban", reason: "spam" })
    scene.add("ala@alpha", "barred", { person: "dana@gamma", bar: "kick" })
    const powers = after(scene.events)
    expect([barOf(powers, "bo@alpha", 49_999), barOf(powers, "bo@alpha", 50_000)]).toEqual(["mute", undefined])
    expect([barOf(powers, "cyr@beta", 0), barOf(powers, "dana@gamma", 8e15)]).toEqual([undefined, "ban"])
    expect([maySpeak(powers, "bo@alpha", 0), maySpeak(powers, "bo@alpha", 50_000)]).toEqual([false, true])
    scene.add("ala@alpha", "barred", { person: "dana@gamma", bar: "none" })
    expect(barOf(after(scene.events), "dana@gamma", 0)).toBeUndefined()
  })

  it("are not used by one who is barred, nor against an equal", () => {
    const scene = opened()
    for (const person of ["bo@alpha", "cyr@beta"]) scene.add("ala@alpha", "power", { person, power: "moderator" })
    expect(mayBar(after(scene.events), "bo@alpha", "cyr@beta", 0)).toBe(false)
    scene.add("ala@alpha", "barred", { person: "bo@alpha", bar: "mute" })
    const powers = after(scene.events)
    expect([mayModerate(powers, "bo@alpha", 0), mayBar(powers, "bo@alpha", "dana@gamma", 0)]).toEqual([false, false])
    expect(mayBar(powers, "cyr@beta", "dana@gamma", 0)).toBe(true)
  })

  it("are the same object after an event that changes none", () => {
    const scene = opened()
    const powers = after(scene.events)
    for (const [kind, body] of [["said", { text: "x" }], ["power", null], ["barred", null], ["unknown", {}]] as const) {
      expect(powersAfter(powers, scene.add("ala@alpha", kind, body))).toBe(powers)
    }
  })
})

import { describe, expect, it } from "vitest"
import { guestsMayNot, isOfTwo, notInvited, refusalToOpen } from "../../../src/protocol/conversation/AccessRules.ts"
import { directRoomOf } from "../../../src/protocol/conversation/DirectRoom.ts"
import { none, type Powers, powersAfter } from "../../../src/protocol/conversation/Powers.ts"
import { Scene } from "./plainEvents.ts"

const powersOf = (scene: Scene): Powers => scene.events.reduce(powersAfter, none(scene.room))

describe("a room", () => {
  it("that is public is open to everybody who is not banned", () => {
    const scene = new Scene("kitchen")
    scene.add("ala@alpha", "made", { app: "chat", access: "public" })
    scene.add("ala@alpha", "barred", { person: "~bo@alpha", bar: "ban", until: 50_000 })
    const powers = powersOf(scene)
    expect(refusalToOpen("public", powers, "~cyr@beta", 0)).toBeUndefined()
    expect(refusalToOpen("public", powers, "~bo@alpha", 0)).toBe("you are banned from this room")
    expect(refusalToOpen("public", powers, "~bo@alpha", 50_000)).toBeUndefined()
  })

  it("that is private is open to accounts that have a power in it", () => {
    const scene = new Scene("plans")
    scene.add("ala@alpha", "made", { app: "chat", access: "private" })
    scene.add("ala@alpha", "power", { person: "bo@alpha", power: "speaker" })
    scene.add("ala@alpha", "power", { person: "~eva@alpha", power: "speaker" })
    scene.add("ala@alpha", "power", { person: "dana@alpha", power: "speaker" })
    scene.add("ala@alpha", "barred", { person: "dana@alpha", bar: "ban" })
    // One who has no power cannot give one.
    scene.add("cyr@alpha", "power", { person: "cyr@alpha", power: "speaker" })
    const powers = powersOf(scene)
    const refusals = ["ala", "bo", "~eva", "dana", "cyr"].map((nick) =>
      refusalToOpen("private", powers, `${nick}@alpha`, 0)
    )
    expect(refusals).toEqual([undefined, undefined, guestsMayNot, "you are banned from this room", notInvited])
  })

  it("that is direct is open to its two people", () => {
    const room = directRoomOf("bo@beta", "ala@alpha") ?? ""
    expect(room).toBe("ala@alpha:bo@beta")
    expect(directRoomOf("ala@alpha", "bo@beta")).toBe(room)
    const refusals = ["ala@alpha", "bo@beta", "la@alpha", "bo@bet", "~bo@beta", "", "ala@alpha:bo@beta"].map((person) =>
      refusalToOpen("direct", none(room), person, 0)
    )
    expect(refusals).toEqual([undefined, undefined, notInvited, notInvited, guestsMayNot, notInvited, notInvited])
    expect([isOfTwo("hall", "hall"), directRoomOf("a".repeat(200), "b".repeat(60))]).toEqual([false, undefined])
  })
})

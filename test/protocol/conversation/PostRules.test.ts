import { describe, expect, it } from "vitest"
import type { KnownBody } from "../../../src/protocol/conversation/EventBody.ts"
import { isPosted, needsAbout, noPower, notPosted, refusalOf } from "../../../src/protocol/conversation/PostRules.ts"
import { none, type Powers, powersAfter } from "../../../src/protocol/conversation/Powers.ts"
import { Scene } from "./plainEvents.ts"

const scene = new Scene("kitchen")
scene.add("ala@alpha", "made", { app: "chat", access: "public" })
scene.add("ala@alpha", "power", { person: "mod@alpha", power: "moderator" })
scene.add("ala@alpha", "power", { person: "reader@alpha", power: "reader" })
scene.add("mod@alpha", "barred", { person: "muted@alpha", bar: "mute", until: 1_000_000 })
const powers: Powers = scene.events.reduce(powersAfter, none(scene.room))

/** What becomes of a post of each of these people: `bo` has the usual power. */
const refusals = (said: KnownBody, about?: { readonly author: string; readonly kind: string }) =>
  ["ala", "mod", "bo", "reader", "muted"].map((nick) =>
    refusalOf(powers, { author: `${nick}@alpha`, said, about }, 500_000)
  )
const mayNot = "you can read in this room, and not write"

describe("the rules of posts", () => {
  it("let speakers say, and react to what was said", () => {
    const speakers = [undefined, undefined, undefined, mayNot, mayNot]
    expect(refusals({ kind: "said", body: { text: "x" } })).toEqual(speakers)
    expect(refusals({ kind: "file", body: { name: "x", bytes: 1, sha256: "0".repeat(64) } })).toEqual(speakers)
    const reacted = { kind: "reacted", body: { sign: "+" } } as const
    expect(refusals(reacted, { author: "cyr@beta", kind: "file" })).toEqual(speakers)
    expect(new Set([...refusals(reacted), ...refusals(reacted, { author: "cyr@beta", kind: "made" })])).toEqual(
      new Set(["there is no message to react to"])
    )
    expect(
      refusalOf(powers, { author: "muted@alpha", said: { kind: "said", body: { text: "x" } }, about: undefined }, 1e6)
    )
      .toBeUndefined()
  })

  it("let an author edit its own texts", () => {
    const edited = { kind: "edited", body: { text: "x" } } as const
    const notOwn = "only its author can edit a message"
    expect(refusals(edited, { author: "bo@alpha", kind: "said" })).toEqual([notOwn, notOwn, undefined, notOwn, notOwn])
    expect(refusals(edited, { author: "muted@alpha", kind: "said" })[4]).toBe(mayNot)
    expect(refusals(edited, { author: "bo@alpha", kind: "file" })[2]).toBe("there is no message to edit")
    expect(refusals(edited)[2]).toBe("there is no message to edit")
  })

  it("let an author and moderators remove, except for what the powers of the room follow from", () => {
    const removed = { kind: "removed", body: {} } as const
    expect(refusals(removed, { author: "bo@alpha", kind: "said" })).toEqual([
      undefined,
      undefined,
      undefined,
      noPower,
      noPower
    ])
    for (const kind of ["said", "edited", "reacted", "file", "topic"]) {
      expect(refusals(removed, { author: "muted@alpha", kind })[4]).toBeUndefined()
    }
    for (const kind of ["made", "power", "barred", "named", "joined", "app", "unknown"]) {
      const refused = `an event of the kind ${kind} cannot be removed`
      expect(new Set(refusals(removed, { author: "ala@alpha", kind }))).toEqual(new Set([refused]))
    }
    expect(refusals(removed)[0]).toBe("there is no message to remove")
  })

  it("let moderators set the topic and bar those who have less power, and owners give powers", () => {
    const moderators = [undefined, undefined, noPower, noPower, noPower]
    expect(refusals({ kind: "topic", body: { text: "x" } })).toEqual(moderators)
    expect(refusals({ kind: "barred", body: { person: "bo@alpha", bar: "kick" } })).toEqual(moderators)
    expect(refusals({ kind: "barred", body: { person: "mod@alpha", bar: "kick" } })[1]).toBe(noPower)
    expect(refusals({ kind: "power", body: { person: "bo@alpha", power: "speaker" } })).toEqual(moderators)
    expect(refusals({ kind: "power", body: { person: "bo@alpha", power: "moderator" } })).toEqual([
      undefined,
      noPower,
      noPower,
      noPower,
      noPower
    ])
    expect(refusals({ kind: "power", body: { person: "bo@alpha", power: "owner" } })[0]).toBe(noPower)
  })

  it("take no other kind from a client", () => {
    const others: ReadonlyArray<KnownBody> = [
      { kind: "made", body: { app: "chat", access: "public" } },
      { kind: "joined", body: {} },
      { kind: "left", body: {} },
      { kind: "named", body: { name: "x" } },
      { kind: "app", body: {} }
    ]
    for (const said of others) {
      expect([isPosted(said.kind), refusals(said)[0]]).toEqual([false, notPosted(said.kind)])
    }
    expect([isPosted("toString"), isPosted("said"), needsAbout("said"), needsAbout("removed")]).toEqual([
      false,
      true,
      false,
      true
    ])
  })
})

import { describe, expect, it } from "@effect/vitest"
import { SitePresence } from "../../../src/node/cluster/SitePresence.ts"

const ala = { person: "ala@alpha", state: "here" } as const

describe("the people of a room of a site", () => {
  it("are there as long as one host says so", () => {
    const presence = new SitePresence()
    expect([presence.set(1, ala), presence.set(2, ala)]).toEqual([ala, undefined])
    expect(presence.leave(1)).toEqual([])
    expect(presence.all).toEqual([ala])
    expect(presence.set(1, { ...ala, state: "gone" })).toBeUndefined()
    expect(presence.leave(2)).toEqual([ala.person])
    expect(presence.all).toEqual([])
  })

  it("have the newest state that a host has said", () => {
    const presence = new SitePresence()
    const away = { ...ala, state: "away" } as const
    presence.set(1, ala)
    expect(presence.set(2, away)).toEqual(away)
    expect(presence.set(1, ala)).toEqual(ala)
    expect(presence.all).toEqual([ala])
    expect(presence.set(1, { ...ala, state: "gone" })).toBeUndefined()
    expect(presence.set(2, { ...ala, state: "gone" })).toEqual({ ...ala, state: "gone" })
  })
})

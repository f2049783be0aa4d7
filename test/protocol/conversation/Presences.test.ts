import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import type { PresenceMessage } from "../../../src/protocol/conversation/LinkMessage.ts"
import { Presences } from "../../../src/protocol/conversation/Presences.ts"
import { alpha, beta } from "./rooms.ts"

const here = (person: string, n: number, state: PresenceMessage["state"] = "here"): PresenceMessage => ({
  t: "presence",
  room: "hall",
  person,
  state,
  origin: beta.origin,
  n
})
const from = { link: 1, server: "beta" }
const bo = { room: "hall", person: "bo@beta", state: "here" }

describe("presences", () => {
  it("of this server are renewed every 10 s until they are gone", () => {
    const presences = new Presences(alpha.origin)
    const ala = { room: "hall", person: "ala@alpha", state: "here" } as const
    expect(presences.set(ala, 0)).toMatchObject({ ...ala, origin: alpha.origin, n: 1 })
    expect(presences.deadline).toBe(Limits.renewalMillis)
    expect(presences.handleTimeout(1)).toEqual({ renewed: [], over: [] })
    expect(presences.handleTimeout(Limits.renewalMillis).renewed).toMatchObject([{ ...ala, n: 2 }])
    expect(presences.set({ ...ala, state: "gone" }, 11_000)).toMatchObject({ state: "gone", n: 3 })
    expect(presences.all).toEqual([])
  })

  it("of others are over after 30 s", () => {
    const presences = new Presences(alpha.origin)
    expect(presences.receive(here("bo@beta", 1), from, 0)).toEqual(here("bo@beta", 1))
    expect(presences.all).toEqual([bo])
    expect(presences.handleTimeout(Limits.leaseMillis)).toEqual({ renewed: [], over: [bo] })
    expect(presences.deadline).toBe(Infinity)
  })

  it("are passed on once, whichever links they come by", () => {
    const presences = new Presences(alpha.origin)
    presences.receive(here("bo@beta", 2), from, 0)
    expect(presences.receive(here("bo@beta", 2), { link: 2, server: "gamma" }, 0)).toBeUndefined()
    expect(presences.receive(here("bo@beta", 1, "gone"), from, 0)).toBeUndefined()
    presences.receive(here("bo@beta", 3, "gone"), from, 0)
    expect(presences.receive(here("bo@beta", 2), from, 0)).toBeUndefined()
    expect(presences.all).toEqual([])
  })

  it("that came by a link end with it", () => {
    const presences = new Presences(alpha.origin)
    presences.receive(here("bo@beta", 1), from, 0)
    presences.receive(here("cyr@beta", 2), { link: 2, server: "gamma" }, 0)
    expect(presences.onLinkEnd(1)).toEqual([bo])
    expect(presences.onLinkEnd(1)).toEqual([])
    expect(presences.all).toHaveLength(1)
  })

  it("of a person of another server than the origin are refused", () => {
    expect(new Presences(alpha.origin).receive(here("ala@alpha", 1), from, 0)).toEqual({
      refused: "says where a person of alpha is, but the origin is of beta"
    })
  })

  it("of one linked server leave a share to others", () => {
    const presences = new Presences(alpha.origin)
    let taken = 0
    while (taken < Limits.leases && presences.receive(here(`p${taken}@beta`, 1), from, 0) !== undefined) taken++
    expect(taken).toBeLessThanOrEqual(Limits.leases / 3 + 1)
    expect(presences.receive(here("cyr@beta", 1), { link: 2, server: "gamma" }, 0)).toBeDefined()
    presences.onLinkEnd(1)
    expect(presences.receive(here("new@beta", 1), from, 0)).toBeDefined()
  })
})

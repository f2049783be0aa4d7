import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Linked, LinkListed, Unlinked } from "../../src/telemetry/LinkEvents.ts"

const head = { v: 1, time: "2026-12-01T00:00:00.000Z" }

describe("the lines about links", () => {
  it("name the server, and say whether a link that has ended is tried again", () => {
    const isLinked = Schema.is(Linked)
    const isUnlinked = Schema.is(Unlinked)
    expect([isLinked({ ...head, type: "linked", server: "beta" }), isLinked({ ...head, type: "linked" })]).toEqual([
      true,
      false
    ])
    const ended = { ...head, type: "unlinked", server: "beta", message: "lost" }
    expect([isUnlinked({ ...ended, isFinal: true }), isUnlinked(ended)]).toEqual([true, false])
  })

  it("have no address for a server that dials this one", () => {
    expect(Schema.is(LinkListed)({ ...head, type: "link", server: "beta", key: "hk1a" })).toBe(true)
  })
})

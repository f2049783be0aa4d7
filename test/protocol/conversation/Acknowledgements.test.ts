import { describe, expect, it } from "@effect/vitest"
import { Acknowledgements } from "../../../src/protocol/conversation/Acknowledgements.ts"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import { recordOf, type Vector } from "../../../src/protocol/conversation/Vector.ts"

const vector = (seq: number): Vector => new Map([["o", seq]])

/** A server has this: what every server has by now, and had not before. */
const tell = (acknowledgements: Acknowledgements, server: string, seq: number): object => {
  const seen = acknowledgements.onVector(server, vector(seq))
  return seen === undefined ? {} : recordOf(acknowledgements.advance(seen.news))
}

describe("what every server has", () => {
  it("is the least of all, and waits for a server of which nothing has come", () => {
    const acknowledgements = new Acknowledgements("alpha", ["beta", "gamma"])
    expect(tell(acknowledgements, "alpha", 5)).toEqual({})
    expect(tell(acknowledgements, "beta", 3)).toEqual({})
    expect(tell(acknowledgements, "gamma", 4)).toEqual({ o: 3 })
    expect(tell(acknowledgements, "beta", 5)).toEqual({ o: 4 })
    expect(tell(acknowledgements, "beta", 1)).toEqual({})
    expect(recordOf(acknowledgements.everywhere)).toEqual({ o: 4 })
  })

  it("is not taken back by a server that joins", () => {
    const acknowledgements = new Acknowledgements("alpha", ["beta"])
    tell(acknowledgements, "alpha", 2)
    tell(acknowledgements, "beta", 2)
    expect(acknowledgements.onVector("gamma", new Map())?.isNew).toBe(true)
    expect(recordOf(acknowledgements.everywhere)).toEqual({ o: 2 })
    tell(acknowledgements, "alpha", 3)
    expect(tell(acknowledgements, "beta", 3)).toEqual({})
    expect(tell(acknowledgements, "gamma", 3)).toEqual({ o: 3 })
  })

  it("does not wait for a server that has left", () => {
    const acknowledgements = new Acknowledgements("alpha", ["beta"])
    tell(acknowledgements, "alpha", 2)
    expect(recordOf(acknowledgements.forget("beta"))).toEqual({ o: 2 })
    expect(acknowledgements.forget("beta").size).toBe(0)
    expect(acknowledgements.forget("alpha").size).toBe(0)
    expect(acknowledgements.servers).toEqual(["alpha"])
  })

  it("has a limit of servers", () => {
    const acknowledgements = new Acknowledgements("alpha")
    for (let n = 1; n < Limits.roomServers; n++) expect(acknowledgements.onVector(`s${n}`, vector(1))).toBeDefined()
    expect(acknowledgements.onVector("one-more", vector(1))).toBeUndefined()
    expect(acknowledgements.onVector("s1", vector(2))).toBeDefined()
  })

  it("counts the origins that a vector adds", () => {
    const acknowledgements = new Acknowledgements("alpha", ["beta"])
    expect(acknowledgements.originsIn("beta", vector(1))).toBe(1)
    expect(acknowledgements.originsIn("gamma", vector(1))).toBe(2)
    acknowledgements.onVector("beta", vector(1))
    expect(acknowledgements.originsIn("beta", vector(2))).toBe(0)
    expect(recordOf(acknowledgements.others.get("beta") ?? new Map())).toEqual({ o: 1 })
  })
})

import { describe, expect, it } from "@effect/vitest"
import { PendingVectors } from "../../../src/protocol/conversation/PendingVectors.ts"

describe("vectors that wait to be passed on", () => {
  it("are collected for each room and server, and taken once", () => {
    const pending = new PendingVectors()
    pending.add("hall", "beta", new Map([["o", 1]]))
    pending.add("hall", "beta", new Map([["o", 3], ["p", 1]]))
    pending.add("hall", "gamma", new Map([["o", 2]]))
    pending.add("hall", "beta", new Map([["o", 2]]))
    expect(pending.take()).toEqual([
      { room: "hall", server: "beta", vector: new Map([["o", 3], ["p", 1]]) },
      { room: "hall", server: "gamma", vector: new Map([["o", 2]]) }
    ])
    expect(pending.take()).toEqual([])
  })
})

import { describe, expect, it } from "@effect/vitest"
import { vectorOfHeads } from "../../../src/conversation/store/Heads.ts"
import { alpha, beta } from "./events.ts"

describe("the heads of a room", () => {
  it("are a vector", () => {
    const vector = vectorOfHeads(
      new Map([[alpha, { seq: 5, clock: 5, floor: 3 }], [beta, { seq: 1, clock: 1, floor: 0 }]])
    )
    expect(vector).toEqual(new Map([[alpha, 5], [beta, 1]]))
  })
})

import { describe, expect, it } from "@effect/vitest"
import { seqIn, vectorOf } from "../../../src/conversation/store/Heads.ts"
import { alpha, beta } from "./events.ts"

describe("the heads of a room", () => {
  it("are a vector, in which an unknown origin has 0", () => {
    const vector = vectorOf(new Map([[alpha, { seq: 5, clock: 1, floor: 3 }], [beta, { seq: 1, clock: 1, floor: 0 }]]))
    expect(vector).toEqual({ [alpha]: 5, [beta]: 1 })
    expect([seqIn(vector, alpha), seqIn(vector, "constructor"), seqIn(vector, "__proto__")]).toEqual([5, 0, 0])
  })
})

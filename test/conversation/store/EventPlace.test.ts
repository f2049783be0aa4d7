import { describe, expect, it } from "@effect/vitest"
import { compare } from "../../../src/conversation/store/EventPlace.ts"
import { alpha, beta, nameOf, post } from "./events.ts"

describe("the place of an event", () => {
  it("is by clock, then by origin, then by number", () => {
    const events = [
      post(beta, 9, { clock: 2 }),
      post(alpha, 10, { clock: 3 }),
      post(alpha, 9, { clock: 3 }),
      post(beta, 1, { clock: 3 })
    ]
    expect(events.toReversed().toSorted(compare).map(nameOf)).toEqual(["b9", "a9", "a10", "b1"])
    expect(compare(post(alpha, 1), post(alpha, 1))).toBe(0)
  })
})

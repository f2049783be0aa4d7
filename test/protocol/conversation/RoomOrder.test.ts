import { describe, expect, it } from "vitest"
import { comparePlaces, postKeyOf } from "../../../src/protocol/conversation/RoomOrder.ts"

const place = (clock: number, origin: string, seq: number) => ({ clock, origin, seq })

describe("the order of a room", () => {
  it("is by clock, then origin, then number", () => {
    const places = [place(2, "a", 2), place(1, "b", 1), place(1, "a", 9), place(1, "a", 1), place(2, "B", 3)]
    expect(places.toSorted(comparePlaces)).toEqual([
      place(1, "a", 1),
      place(1, "a", 9),
      place(1, "b", 1),
      place(2, "B", 3),
      place(2, "a", 2)
    ])
    expect(comparePlaces(place(1, "a", 1), place(1, "a", 1))).toBe(0)
  })

  it("has one key for a post that is repeated", () => {
    const post = { author: "ala@alpha", device: "d", n: 1 }
    expect(postKeyOf({ ...post })).toBe(postKeyOf(post))
    expect(
      new Set([post, { ...post, n: 2 }, { ...post, device: "e" }, { ...post, author: "bo@alpha" }].map(postKeyOf)).size
    ).toBe(4)
  })
})

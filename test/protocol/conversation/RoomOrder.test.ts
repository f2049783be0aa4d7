import { describe, expect, it } from "@effect/vitest"
import { comparePlaces, countBefore, postKeyOf } from "../../../src/protocol/conversation/RoomOrder.ts"

const place = (clock: number, origin: string, seq: number) => ({ clock, origin, seq })

describe("the order of a room", () => {
  it("is by clock, origin and number", () => {
    const sorted = [place(1, "b", 9), place(2, "Z", 1), place(2, "a", 1), place(2, "a", 2), place(10, "a", 1)]
    expect(sorted.toReversed().toSorted(comparePlaces)).toEqual(sorted)
    expect(comparePlaces(place(1, "a", 1), place(1, "a", 1))).toBe(0)
  })
})

describe("the number of events before a place", () => {
  it("is that of a search from the beginning", () => {
    const ordered = [place(1, "a", 1), place(1, "b", 1), place(3, "a", 2), place(3, "a", 3), place(7, "b", 2)]
    for (let count = 0; count <= ordered.length; count++) {
      for (const wanted of [...ordered, place(0, "a", 1), place(3, "", 0), place(5, "a", 4), place(9, "c", 1)]) {
        const some = ordered.slice(0, count)
        const expected = some.filter((one) => comparePlaces(one, wanted) < 0).length
        expect(countBefore(count, (at) => some[at], wanted)).toBe(expected)
      }
    }
  })
})

describe("the key of a post", () => {
  const post = { author: "ala@alpha", device: "d", n: 1 }

  it("is equal for repetitions only", () => {
    expect(postKeyOf({ ...post })).toBe(postKeyOf(post))
    const others = [{ ...post, n: 2 }, { ...post, device: "e" }, { ...post, author: "bo@alpha" }]
    expect(others.map(postKeyOf)).not.toContain(postKeyOf(post))
  })
})

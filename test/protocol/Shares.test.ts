import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { Shares } from "../../src/protocol/Shares.ts"

describe("shares of a resource", () => {
  it("leave two thirds to others when one holder takes all that it gets", () => {
    const shares = new Shares(300, 16)
    let taken = 0
    while (shares.take("greedy")) taken++
    expect([taken, shares.free, shares.isScarce]).toEqual([100, 200, false])
    expect([shares.take("other"), shares.heldBy("other"), shares.heldBy("greedy")]).toEqual([true, 1, 100])
  })

  it("always let a holder have the least, while there is some", () => {
    const shares = new Shares(40, 16)
    const takenBy = (holder: string): number => {
      let taken = 0
      while (shares.take(holder)) taken++
      return taken
    }
    expect(["a", "b", "c", "d"].map(takenBy)).toEqual([16, 16, 8, 0])
    expect(shares.isScarce).toBe(true)
    shares.give("a", 10)
    expect([takenBy("d"), shares.heldBy("a")]).toEqual([10, 6])
  })

  it("keep a part for holders that have nothing, which the least of others does not take", () => {
    const shares = new Shares(40, 16, 5)
    const takenBy = (holder: string): number => {
      let taken = 0
      while (shares.take(holder)) taken++
      return taken
    }
    expect(["a", "b", "c", "d", "e", "f", "g", "h", "i"].map(takenBy)).toEqual([16, 16, 3, 1, 1, 1, 1, 1, 0])
    shares.give("a", 10)
    expect([takenBy("a"), takenBy("i"), shares.free]).toEqual([5, 1, 4])
  })

  it("are never more than there is, and all come back", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(FastCheck.tuple(FastCheck.integer({ min: 0, max: 5 }), FastCheck.integer({ min: 1, max: 50 }))),
        (asked) => {
          const shares = new Shares(200, 10)
          const taken = asked.filter(([holder, amount]) => shares.take(String(holder), amount))
          expect(shares.free).toBe(200 - taken.reduce((sum, [, amount]) => sum + amount, 0))
          expect(shares.free).toBeGreaterThanOrEqual(0)
          for (const [holder, amount] of taken) shares.give(String(holder), amount)
          expect([shares.free, ...asked.map(([holder]) => shares.heldBy(String(holder)))]).toEqual([
            200,
            ...asked.map(() => 0)
          ])
        }
      )
    )
  })
})

import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Deadlines } from "../../src/transport/Deadlines.ts"

describe("deadlines", () => {
  it("are taken in order after any sequence of sets, changes and removals", () => {
    const change = fc.record({ who: fc.nat(20), at: fc.oneof(fc.nat(50), fc.constant(Infinity)) })
    fc.assert(fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const all = Array.from({ length: 21 }, (_, number) => ({ number }))
      const deadlines = new Deadlines<{ readonly number: number }>()
      const expected = new Map<number, number>()
      for (const { at, who } of changes) {
        const whose = all[who]
        if (whose === undefined) continue
        deadlines.set(whose, at)
        if (at === Infinity) expected.delete(who)
        else expected.set(who, at)
        expect(deadlines.first).toBe(Math.min(Infinity, ...expected.values()))
      }
      const taken: Array<number> = []
      for (let now = 0; now <= 50; now++) {
        for (let due = deadlines.takeDue(now); due !== undefined; due = deadlines.takeDue(now)) {
          expect(expected.get(due.number)).toBe(now)
          taken.push(due.number)
        }
      }
      expect(taken.toSorted()).toEqual([...expected.keys()].toSorted())
    }))
  })

  it("that are not due are not taken", () => {
    const deadlines = new Deadlines<object>()
    const one = {}
    deadlines.set(one, 10)
    expect([deadlines.takeDue(9), deadlines.takeDue(10), deadlines.takeDue(10), deadlines.first]).toEqual([
      undefined,
      one,
      undefined,
      Infinity
    ])
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { Ranges } from "../../../../src/protocol/flock/streams/Ranges.ts"

const parameters = { seed: 20_250_801 }

const boundsOf = (ranges: Ranges): ReadonlyArray<readonly [number, number]> =>
  Array.from({ length: ranges.count }, (_, index) => [ranges.firstAt(index), ranges.endAt(index)] as const)

const of = (...bounds: ReadonlyArray<readonly [number, number]>): Ranges => {
  const ranges = new Ranges()
  for (const [first, end] of bounds) ranges.add(first, end)
  return ranges
}

describe("ranges", () => {
  it("are empty at first", () => {
    const ranges = new Ranges()
    expect([ranges.isEmpty, ranges.count, ranges.firstAt(0), ranges.endAt(0), ranges.has(0)]).toEqual([
      true,
      0,
      NaN,
      NaN,
      false
    ])
  })

  it("that touch are merged", () => {
    expect(boundsOf(of([0, 2], [4, 6], [2, 4]))).toEqual([[0, 6]])
    expect(boundsOf(of([4, 6], [2, 4]))).toEqual([[2, 6]])
    expect(boundsOf(of([0, 2], [3, 4]))).toEqual([[0, 2], [3, 4]])
  })

  it("that overlap are merged", () => {
    expect(boundsOf(of([0, 2], [4, 6], [8, 10], [12, 13], [1, 9]))).toEqual([[0, 10], [12, 13]])
  })

  it("report whether an added range contains new integers", () => {
    const ranges = of([2, 6], [8, 9])
    expect([ranges.add(2, 6), ranges.add(3, 4), ranges.add(8, 9), ranges.add(5, 5)]).toEqual(
      [false, false, false, false]
    )
    expect([ranges.add(5, 7), ranges.add(9, 10), ranges.add(0, 1)]).toEqual([true, true, true])
  })

  it("are split when the middle is removed", () => {
    const ranges = of([0, 10])
    ranges.remove(4, 6)
    expect(boundsOf(ranges)).toEqual([[0, 4], [6, 10]])
  })

  it("are equivalent to a set of their integers", () => {
    const steps = FastCheck.array(FastCheck.tuple(FastCheck.boolean(), FastCheck.nat(40), FastCheck.nat(12)), {
      maxLength: 60
    })
    FastCheck.assert(
      FastCheck.property(steps, (all) => {
        const ranges = new Ranges()
        const model = new Set<number>()
        for (const [isAdded, first, length] of all) {
          const span = Array.from({ length }, (_, index) => first + index)
          if (isAdded) expect(ranges.add(first, first + length)).toBe(span.some((value) => !model.has(value)))
          else ranges.remove(first, first + length)
          for (const value of span) {
            if (isAdded) model.add(value)
            else model.delete(value)
          }
          const expected = Array.from({ length: 60 }, (_, value) => model.has(value))
          expect(expected.map((_, value) => ranges.has(value))).toEqual(expected)
        }
        // The ranges are ascending, not empty, and do not touch.
        const bounds = boundsOf(ranges).flat()
        expect(bounds).toEqual(Array.from(new Set(bounds)).toSorted((a, b) => a - b))
        expect(ranges.isEmpty).toBe(model.size === 0)
      }),
      parameters
    )
  })
})

describe("a range", () => {
  it.each<[number, number, boolean]>([
    [10, 20, true],
    [12, 18, true],
    [9, 12, false],
    [18, 21, false],
    [12, 32, false],
    [5, 5, true],
    [22, 28, false]
  ])(
    "from %i to %i is included in 10 to 20 and 30 to 40: %s",
    (first, end, isIncluded) => {
      const ranges = new Ranges()
      ranges.add(10, 20)
      ranges.add(30, 40)
      expect(ranges.includes(first, end)).toBe(isIncluded)
    }
  )
})

import { expect, it } from "vitest"
import { RecentMax } from "../../../../../src/protocol/flock/congestion/bbr/RecentMax.ts"

it("is the maximum of the current and the previous span", () => {
  const max = new RecentMax()
  const seen: Array<number> = []
  for (const value of [5, 9, 3]) {
    max.update(value)
    seen.push(max.value)
  }
  for (const value of [4, 2]) {
    max.advance()
    max.update(value)
    seen.push(max.value)
  }
  expect(seen).toEqual([5, 9, 9, 9, 4])
})

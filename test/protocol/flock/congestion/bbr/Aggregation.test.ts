import { expect, it } from "vitest"
import { Aggregation } from "../../../../../src/protocol/flock/congestion/bbr/Aggregation.ts"
import { ackOf } from "../../told.ts"

const rate = 10
const tell = (aggregation: Aggregation, newlyAckedBytes: number, now: number, { round = 0, windowBytes = 1e6 } = {}) =>
  aggregation.update(ackOf({ newlyAckedBytes }), rate, windowBytes, round, true, now)

it("is what came at once beyond what the rate lets one expect", () => {
  const aggregation = new Aggregation(0)
  tell(aggregation, 400, 10)
  expect(aggregation.extraBytes).toBe(400)
  tell(aggregation, 400, 20)
  expect(aggregation.extraBytes).toBe(800 - 10 * rate)
  // Nothing came until all of it was to be expected: a new burst is measured from here.
  tell(aggregation, 500, 200)
  expect(aggregation.extraBytes).toBe(700)
})

it("is at most the window, and not what came after a pause", () => {
  const aggregation = new Aggregation(0)
  aggregation.restart(1000)
  tell(aggregation, 5000, 1000, { windowBytes: 3000 })
  expect(aggregation.extraBytes).toBe(3000)
})

it("is forgotten after two spans of five rounds", () => {
  const aggregation = new Aggregation(0)
  tell(aggregation, 5000, 0)
  const seen = [4, 5, 9, 10].map((round) => {
    tell(aggregation, 0, 10_000 * round, { round })
    return aggregation.extraBytes
  })
  expect(seen).toEqual([5000, 5000, 5000, 0])
})

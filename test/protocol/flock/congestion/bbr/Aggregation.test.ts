import { expect, it } from "vitest"
import { Aggregation } from "../../../../../src/protocol/flock/congestion/bbr/Aggregation.ts"
import { ackOf } from "../../controllerInputs.ts"

const rate = 10
const acknowledge = (
  aggregation: Aggregation,
  newlyAckedBytes: number,
  now: number,
  { round = 0, windowBytes = 1e6 } = {}
) => aggregation.update(ackOf({ newlyAckedBytes }), rate, windowBytes, round, true, now)

it("is the number of acknowledged bytes beyond those expected from the rate", () => {
  const aggregation = new Aggregation(0)
  acknowledge(aggregation, 400, 10)
  expect(aggregation.extraBytes).toBe(400)
  acknowledge(aggregation, 400, 20)
  expect(aggregation.extraBytes).toBe(800 - 10 * rate)
  // Nothing was acknowledged until all of it was expected: a new interval starts here.
  acknowledge(aggregation, 500, 200)
  expect(aggregation.extraBytes).toBe(700)
})

it("is at most the window, and starts again after a pause", () => {
  const aggregation = new Aggregation(0)
  aggregation.restart(1000)
  acknowledge(aggregation, 5000, 1000, { windowBytes: 3000 })
  expect(aggregation.extraBytes).toBe(3000)
})

it("is forgotten after two spans of five rounds", () => {
  const aggregation = new Aggregation(0)
  acknowledge(aggregation, 5000, 0)
  const seen = [4, 5, 9, 10].map((round) => {
    acknowledge(aggregation, 0, 10_000 * round, { round })
    return aggregation.extraBytes
  })
  expect(seen).toEqual([5000, 5000, 5000, 0])
})

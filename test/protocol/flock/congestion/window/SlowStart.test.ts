import { expect, it } from "vitest"
import { SlowStart } from "../../../../../src/protocol/flock/congestion/window/SlowStart.ts"
import { ackOf } from "../../controllerInputs.ts"

const make = () => {
  const slowStart = new SlowStart()
  let roundStartBytes = 0
  let deliveredBytes = 0
  return {
    slowStart,
    /** Growth of the window in a round of ten ACKs of 1,000 bytes with that round trip. */
    round: (roundTripMillis: number): number => {
      const priorDeliveredBytes = roundStartBytes
      let grownBytes = 0
      for (let count = 0; count < 10; count++) {
        deliveredBytes += 1000
        if (count === 0) roundStartBytes = deliveredBytes
        grownBytes += slowStart.growthBytes(
          ackOf({ newlyAckedBytes: 1000, roundTripMillis, priorDeliveredBytes, deliveredBytes })
        )
      }
      return grownBytes
    }
  }
}

it("grows by the acknowledged bytes while the round trip is constant", () => {
  const { round, slowStart } = make()
  expect([round(100), round(112), round(124)]).toEqual([10_000, 10_000, 10_000])
  expect(slowStart.isOver).toBe(false)
})

it("grows by a quarter after eight longer round trips, and is over five rounds later", () => {
  const { round, slowStart } = make()
  round(100)
  expect([round(113), round(113), round(113), round(113)]).toEqual([8500, 2500, 2500, 2500])
  round(113)
  expect(slowStart.isOver).toBe(false)
  round(113)
  expect(slowStart.isOver).toBe(true)
})

it("continues as before when the round trip decreases again", () => {
  const { round, slowStart } = make()
  round(100)
  round(113)
  round(105)
  expect([round(105), slowStart.isOver]).toEqual([10_000, false])
})

it("requires an increase of 4 to 16 ms, regardless of an eighth of the round trip", () => {
  const short = make()
  short.round(1)
  expect([short.round(4.9), short.round(8.9)]).toEqual([10_000, 8500])
  const long = make()
  long.round(1000)
  expect([long.round(1015), long.round(1031)]).toEqual([10_000, 8500])
})

import { expect, it } from "vitest"
import { Rounds } from "../../../../../src/protocol/flock/congestion/bbr/Rounds.ts"
import { ackOf } from "../../told.ts"

/** Whether each ACK, as what was delivered when its packet left and what is now, begins a round. */
const starts = (rounds: Rounds, acks: ReadonlyArray<readonly [prior: number, delivered: number]>) =>
  acks.map(([priorDeliveredBytes, deliveredBytes]) => {
    rounds.update(ackOf({ priorDeliveredBytes, deliveredBytes }))
    return rounds.isStart
  })

it("a round ends when a packet arrives that was sent after its start", () => {
  const rounds = new Rounds()
  expect(starts(rounds, [[0, 100], [0, 200], [99, 300], [100, 400], [399, 500], [400, 600]]))
    .toEqual([true, false, false, true, false, true])
  expect(rounds.count).toBe(3)
})

it("can be begun anew: what was in flight then does not end it", () => {
  const rounds = new Rounds()
  starts(rounds, [[0, 100]])
  rounds.restart(250)
  expect(starts(rounds, [[100, 300], [249, 400], [250, 500]])).toEqual([false, false, true])
})

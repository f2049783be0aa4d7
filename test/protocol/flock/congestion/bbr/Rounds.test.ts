import { expect, it } from "vitest"
import { Rounds } from "../../../../../src/protocol/flock/congestion/bbr/Rounds.ts"
import { ackOf } from "../../controllerInputs.ts"

/** Whether each ACK begins a round. An ACK is given by the delivered bytes when its packet was sent, and those now. */
const starts = (rounds: Rounds, acks: ReadonlyArray<readonly [prior: number, delivered: number]>) =>
  acks.map(([priorDeliveredBytes, deliveredBytes]) => {
    rounds.update(ackOf({ priorDeliveredBytes, deliveredBytes }))
    return rounds.isStart
  })

it("ends when a packet is acknowledged that was sent after its start", () => {
  const rounds = new Rounds()
  expect(starts(rounds, [[0, 100], [0, 200], [99, 300], [100, 400], [399, 500], [400, 600]]))
    .toEqual([true, false, false, true, false, true])
  expect(rounds.count).toBe(3)
})

it("can be restarted: packets in flight at that time do not end it", () => {
  const rounds = new Rounds()
  starts(rounds, [[0, 100]])
  rounds.restart(250)
  expect(starts(rounds, [[100, 300], [249, 400], [250, 500]])).toEqual([false, false, true])
})

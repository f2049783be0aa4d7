import { beforeEach, expect, it } from "vitest"
import { Losses } from "../../../../../src/protocol/flock/congestion/bbr/Losses.ts"
import { Model } from "../../../../../src/protocol/flock/congestion/bbr/Model.ts"
import { Startup } from "../../../../../src/protocol/flock/congestion/bbr/Startup.ts"
import { ackOf, Flights } from "../../controllerInputs.ts"

let model: Model
let startup: Startup
let flights: Flights

beforeEach(() => {
  model = new Model({ maxDatagramBytes: 1000, random: () => 0 }, 0)
  startup = new Startup(model, new Losses(model))
  flights = new Flights()
  model.minRoundTrip.update(100, 0)
})

/** A round in which `packets` of a hundred packets are lost. */
const round = (packets: number, roundTripMillis: number): void => {
  for (let packet = 0; packet < packets; packet++) startup.onPacketLost()
  const ack = flights.next(100_000, { lostSinceSendBytes: packets * 1000, roundTripMillis })
  model.rounds.update(ack)
  model.congested.update(ack, 100, true, 0)
  startup.checkDone(ack)
}

it("continues while the path is not full", () => {
  round(0, 100)
  expect(model.phase).toBe("Startup")
  model.fullPipe.isReached = true
  round(0, 100)
  expect(model.phase).toBe("Drain")
})

it("ends when a round with a queue loses six packets, with the BDP as the long-term bound", () => {
  model.bandwidth = 800
  round(5, 150)
  expect(model.phase).toBe("Startup")
  round(6, 150)
  expect([model.phase, model.inflightLongBytes]).toEqual(["Drain", 80_000])
})

it("does not end for losses without a queue", () => {
  round(20, 100)
  round(20, 100)
  expect(model.phase).toBe("Startup")
})

it("is drained when at most the BDP is in flight, or after three rounds", () => {
  model.fullPipe.isReached = true
  model.bandwidth = 800
  round(0, 100)
  const isDrained = (bytesInFlight: number) => startup.isDrained(ackOf({ bytesInFlight }))
  expect([isDrained(80_001), isDrained(80_000)]).toEqual([false, true])
  model.rounds.count += 3
  expect(isDrained(80_001)).toBe(false)
  model.rounds.count++
  expect(isDrained(80_001)).toBe(true)
})

import { beforeEach, describe, expect, it } from "vitest"
import { Losses } from "../../../../../src/protocol/flock/congestion/bbr/Losses.ts"
import { Model } from "../../../../../src/protocol/flock/congestion/bbr/Model.ts"
import { ProbeBandwidth } from "../../../../../src/protocol/flock/congestion/bbr/ProbeBandwidth.ts"
import type { Ack } from "../../../../../src/protocol/flock/congestion/Congestion.ts"
import { ackOf, Flights, packetOf, totalsOf } from "../../controllerInputs.ts"

/** 1,000 bytes per millisecond and 100 ms. */
const bdpBytes = 100_000

let random: number
let model: Model
let losses: Losses
let cycle: ProbeBandwidth
let flights: Flights

beforeEach(() => {
  random = 0
  model = new Model({ maxDatagramBytes: 1000, random: () => random }, 0)
  losses = new Losses(model)
  cycle = new ProbeBandwidth(model, losses)
  flights = new Flights()
  model.minRoundTrip.update(100, 0)
  model.maxBandwidth.update(1000)
  model.bandwidth = 1000
  model.windowBytes = 2 * bdpBytes
  cycle.goDown(ackOf(), 0)
})

/** An ACK that begins a round, a round trip after the previous one. */
const round = (fields: Partial<Ack> = {}): void => {
  const ack = flights.next(bdpBytes, { roundTripMillis: 100, bytesInFlight: bdpBytes, ...fields })
  model.rounds.update(ack)
  model.congested.update(ack, 100, true, 0)
  model.updateBandwidth(ack)
  losses.updateLatestDelivery(ack)
  cycle.update(ack, flights.now)
  losses.advanceLatestDelivery(ack)
}
const roundsUntil = (phase: string, fields: Partial<Ack> = {}): number => {
  for (let count = 1; count < 100; count++) {
    round(fields)
    if (model.phase === phase) return count
  }
  return Infinity
}

describe("the cycle", () => {
  it("is Down until the BDP is in flight, Cruise, Refill for a round, Up and Down", () => {
    round({ bytesInFlight: bdpBytes + 1 })
    expect(model.phase).toBe("Down")
    random = 0.999
    cycle.goDown(ackOf(), flights.now)
    round()
    expect(model.phase).toBe("Cruise")
    expect(roundsUntil("Refill")).toBe(1)
    expect(roundsUntil("Up")).toBe(1)
    expect(roundsUntil("Down")).toBe(2)
  })

  it("waits at most three rounds for the queue to drain", () => {
    roundsUntil("Down", { bytesInFlight: 2 * bdpBytes })
    flights.now = -1000
    expect(roundsUntil("Cruise", { bytesInFlight: 2 * bdpBytes })).toBeLessThanOrEqual(3)
  })

  it("probes soon after a probe that found more, two to three seconds after one that did not", () => {
    expect(roundsUntil("Up")).toBeLessThanOrEqual(3)
    roundsUntil("Down")
    const wentDownAt = flights.now
    roundsUntil("Refill")
    expect(flights.now - wentDownAt).toBe(2100)
    random = 0.999
    roundsUntil("Up")
    roundsUntil("Down")
    const wentDownAgainAt = flights.now
    roundsUntil("Refill")
    expect(flights.now - wentDownAgainAt).toBe(3000)
  })

  it("probes after as many rounds as the BDP has packets, like Reno", () => {
    roundsUntil("Up")
    roundsUntil("Down")
    model.bandwidth = 50
    expect(roundsUntil("Refill")).toBe(5)
  })
})

describe("the phase Up", () => {
  beforeEach(() => {
    roundsUntil("Up")
  })

  it("adds a quarter of the BDP", () => {
    expect(cycle.upWindowBytes).toBe(1.25 * bdpBytes + 2000)
  })

  it("continues while a round increases the rate by 15 %", () => {
    round()
    round({ rateBytesPerMilli: 1160, bytesInFlight: 120_000 })
    expect([model.phase, cycle.upWindowBytes]).toEqual(["Up", 120_000 + bdpBytes / 4 + 2000])
    round({ rateBytesPerMilli: 1300 })
    expect(model.phase).toBe("Down")
  })

  it("stops at congestion, which sets the long-term bound", () => {
    round({ roundTripMillis: 150 })
    const lose = (lostBytes: number) =>
      cycle.onLoss(packetOf({ bytes: 1000, inFlightBytes: 120_000 }), totalsOf({ lostBytes }), flights.now)
    lose(2000)
    expect([model.phase, model.inflightLongBytes]).toEqual(["Up", Infinity])
    lose(5000)
    expect([model.phase, model.inflightLongBytes]).toEqual(["Down", 119_000])
    lose(50_000)
    expect(model.inflightLongBytes).toBe(119_000)
  })

  it("lowers the bound by at most three tenths, and not for an application-limited packet", () => {
    round({ roundTripMillis: 150 })
    cycle.onLoss(packetOf({ bytes: 1000, inFlightBytes: 10_000 }), totalsOf({ lostBytes: 5000 }), flights.now)
    expect(model.inflightLongBytes).toBe(0.7 * bdpBytes)
  })

  it("raises the bound to the bytes in flight without loss", () => {
    model.inflightLongBytes = 110_000
    round({ inFlightAtSendBytes: 115_000 })
    expect(model.inflightLongBytes).toBe(115_000)
  })
})

it("probes at once when its rate decreases while there is a queue, because others have taken a part", () => {
  roundsUntil("Up")
  roundsUntil("Down")
  const crowded = { roundTripMillis: 150, rateBytesPerMilli: 900 }
  expect(roundsUntil("Refill", crowded)).toBe(3)
})

import { beforeEach, describe, expect, it } from "vitest"
import { Losses } from "../../../../../src/protocol/flock/congestion/bbr/Losses.ts"
import { Model } from "../../../../../src/protocol/flock/congestion/bbr/Model.ts"
import { ackOf, Flights, packetOf, totalsOf } from "../../told.ts"

let flights: Flights
let model: Model
let losses: Losses

beforeEach(() => {
  flights = new Flights()
  model = new Model({ maxDatagramBytes: 1000, random: () => 0 }, 0)
  losses = new Losses(model)
  model.phase = "Cruise"
  model.windowBytes = 200_000
  model.maxBandwidth.update(1000)
})

const flight = (bytes: number, lostSinceSendBytes: number, roundTripMillis: number): void => {
  const ack = flights.next(bytes, { lostSinceSendBytes, roundTripMillis })
  model.congested.update(ack, 100, true, 0)
  losses.updateLatestDelivery(ack)
  losses.advanceLatestDelivery(ack)
}
const short = (): ReadonlyArray<number> => [model.bandwidthShort, model.inflightShortBytes]

describe("a round that lost, with a queue,", () => {
  it("lowers the bounds by three tenths", () => {
    flight(100_000, 50_000, 150)
    expect(short()).toEqual([700, 140_000])
  })

  it("lowers them no further than to what arrived", () => {
    flight(300_000, 20_000, 300)
    const [bandwidth, inflight] = short()
    expect(bandwidth).toBeCloseTo(280_000 / 300)
    expect(inflight).toBe(280_000)
  })

  it("lowers nothing while probing", () => {
    model.phase = "Up"
    flight(100_000, 10_000, 150)
    expect(short()).toEqual([Infinity, Infinity])
  })
})

it("a round that lost without a queue lowers nothing", () => {
  flight(100_000, 10_000, 100)
  expect(short()).toEqual([Infinity, Infinity])
})

it("what the last round brought is known until the next, unless it is reset", () => {
  flight(100_000, 0, 100)
  expect([losses.bandwidthLatest, losses.inflightLatestBytes]).toEqual([1000, 100_000])
  flight(50_000, 0, 100)
  expect([losses.bandwidthLatest, losses.inflightLatestBytes]).toEqual([500, 50_000])
  losses.reset()
  expect([losses.bandwidthLatest, losses.inflightLatestBytes]).toEqual([0, 0])
})

it("more than two in a hundred lost of what was in flight is too much", () => {
  flight(100_000, 0, 150)
  const isTooMuch = (lostSinceSendBytes: number) =>
    losses.isInflightTooHigh(ackOf({ inFlightAtSendBytes: 100_000, lostSinceSendBytes }))
  expect([isTooMuch(2000), isTooMuch(2001)]).toEqual([false, true])
})

describe("what was in flight when a probe's losses passed the threshold", () => {
  const lost = (lostBytes: number): number | undefined =>
    losses.inflightAtLoss(packetOf({ bytes: 1000, inFlightBytes: 100_000 }), totalsOf({ lostBytes }))

  it("is worked out to the byte", () => {
    flight(100_000, 0, 150)
    losses.isProbeSample = true
    expect(lost(2000)).toBeUndefined()
    // 99,000 before the packet, 2,000 of them lost: already too much.
    expect(lost(3000)).toBe(99_000)
    // With 1,500 lost, two in a hundred of 99,490 are passed within the packet.
    expect(lost(2500)).toBeCloseTo(99_000 + (0.02 * 99_000 - 1500) / 0.98)
  })

  it("is not asked of other packets", () => {
    flight(100_000, 0, 150)
    expect(lost(3000)).toBeUndefined()
  })
})

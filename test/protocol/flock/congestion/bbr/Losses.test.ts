import { beforeEach, describe, expect, it } from "vitest"
import { Losses } from "../../../../../src/protocol/flock/congestion/bbr/Losses.ts"
import { Model } from "../../../../../src/protocol/flock/congestion/bbr/Model.ts"
import { ackOf, Flights, packetOf, totalsOf } from "../../controllerInputs.ts"

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

describe("a round with losses and a queue", () => {
  it("lowers the bounds by three tenths", () => {
    flight(100_000, 50_000, 150)
    expect(short()).toEqual([700, 140_000])
  })

  it("lowers them at most to the delivered bytes", () => {
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

it("a round with losses but without a queue lowers nothing", () => {
  flight(100_000, 10_000, 100)
  expect(short()).toEqual([Infinity, Infinity])
})

it("the deliveries of the last round are kept until the next, unless they are reset", () => {
  flight(100_000, 0, 100)
  expect([losses.bandwidthLatest, losses.inflightLatestBytes]).toEqual([1000, 100_000])
  flight(50_000, 0, 100)
  expect([losses.bandwidthLatest, losses.inflightLatestBytes]).toEqual([500, 50_000])
  losses.reset()
  expect([losses.bandwidthLatest, losses.inflightLatestBytes]).toEqual([0, 0])
})

it("a loss of more than 2 % of the bytes in flight is too much", () => {
  flight(100_000, 0, 150)
  const isTooMuch = (lostSinceSendBytes: number) =>
    losses.isInflightTooHigh(ackOf({ inFlightAtSendBytes: 100_000, lostSinceSendBytes }))
  expect([isTooMuch(2000), isTooMuch(2001)]).toEqual([false, true])
})

describe("the bytes in flight when a probe's losses exceeded the threshold", () => {
  const lost = (lostBytes: number): number | undefined =>
    losses.inflightAtLoss(packetOf({ bytes: 1000, inFlightBytes: 100_000 }), totalsOf({ lostBytes }))

  it("are computed to the byte", () => {
    flight(100_000, 0, 150)
    losses.isProbeSample = true
    expect(lost(2000)).toBeUndefined()
    // 99,000 bytes before the packet, of which 2,000 are lost: this already exceeds the threshold.
    expect(lost(3000)).toBe(99_000)
    // With 1,500 bytes lost before the packet, the threshold of 2 % is exceeded within the packet, at 99,490 bytes.
    expect(lost(2500)).toBeCloseTo(99_000 + (0.02 * 99_000 - 1500) / 0.98)
  })

  it("are undefined for packets that belong to no probe", () => {
    flight(100_000, 0, 150)
    expect(lost(3000)).toBeUndefined()
  })
})

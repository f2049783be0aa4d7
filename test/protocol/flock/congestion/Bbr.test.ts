import { beforeEach, describe, expect, it } from "vitest"
import { Bbr } from "../../../../src/protocol/flock/congestion/Bbr.ts"
import type { Ack } from "../../../../src/protocol/flock/congestion/Congestion.ts"
import { Flights, packetOf, totalsOf } from "../controllerInputs.ts"

/** The path: 1,000 bytes per millisecond, 100 ms. */
const rate = 1000
const roundTripMillis = 100
const bdpBytes = 100_000

let bbr: Bbr
let flights: Flights

beforeEach(() => {
  bbr = new Bbr({ maxDatagramBytes: 1000, random: () => 0.5 }, 0)
  flights = new Flights()
})

const phase = () => bbr.explain().phase
const flight = (bytes: number, fields: Partial<Ack> = {}): void => {
  const ack = flights.next(bytes, { roundTripMillis, bytesInFlight: bytes, ...fields })
  bbr.onAck(ack, flights.now)
}
/** Sends a window per round trip for `count` rounds; the path delivers at most its BDP. */
const rounds = (count: number, fields: Partial<Ack> = {}): void => {
  for (let round = 0; round < count; round++) flight(Math.min(bbr.congestionWindowBytes, bdpBytes), fields)
}
const until = (wanted: string, fields: Partial<Ack> = {}): number => {
  for (let count = 1; count < 100; count++) {
    rounds(1, fields)
    if (phase() === wanted) return count
  }
  return Infinity
}

describe("at the start", () => {
  it("paces the first window over the round trip of the handshake, or a long default, and the next over the measured one", () => {
    expect(bbr.congestionWindowBytes).toBe(32_000)
    expect(bbr.pacingRateBytesPerMilli).toBeCloseTo(2.77 * 32_000 / 333)
    const known = new Bbr({ maxDatagramBytes: 1000, random: () => 0.5, roundTripMillis: 20 }, 0)
    expect(known.pacingRateBytesPerMilli).toBeCloseTo(2.77 * 32_000 / 20)
    flight(10_000)
    expect(bbr.pacingRateBytesPerMilli).toBeCloseTo(2.77 * 32_000 / roundTripMillis)
    expect(bbr.congestionWindowBytes).toBe(42_000)
  })

  it("doubles until the path is full, drains, and continues with the BDP", () => {
    const started = until("Drain", { bytesInFlight: 2 * bdpBytes })
    expect(started).toBeLessThan(10)
    expect(bbr.pacingRateBytesPerMilli).toBeCloseTo(0.35 * 0.99 * rate)
    rounds(1)
    expect(phase()).toBe("Cruise")
  })
})

describe("on a measured path", () => {
  beforeEach(() => {
    until("Cruise")
  })

  it("paces slightly slower than the path with a window of two BDP", () => {
    expect(bbr.pacingRateBytesPerMilli).toBeCloseTo(0.99 * rate)
    expect(bbr.congestionWindowBytes).toBeGreaterThanOrEqual(2 * bdpBytes)
    expect(bbr.congestionWindowBytes).toBeLessThanOrEqual(3 * bdpBytes)
    expect(bbr.sendQuantumBytes).toBe(2000)
  })

  it("probes for bandwidth a quarter faster, and paces slower after that", () => {
    until("Up")
    expect(bbr.pacingRateBytesPerMilli).toBeCloseTo(1.25 * 0.99 * rate)
    until("Down", { bytesInFlight: 1.2 * bdpBytes })
    expect(bbr.pacingRateBytesPerMilli).toBeCloseTo(0.9 * 0.99 * rate)
  })

  it("ignores loss without a queue", () => {
    const lost = { lostSinceSendBytes: 10_000, rateBytesPerMilli: rate }
    rounds(1, lost)
    expect(bbr.explain()).toMatchObject({ bandwidthBytesPerMilli: rate, inflightShortBytes: Infinity })
  })

  it("reduces its rate for loss with a queue", () => {
    until("Up")
    until("Cruise")
    rounds(2, { lostSinceSendBytes: 6000, roundTripMillis: 150, rateBytesPerMilli: 940 })
    expect(bbr.explain()).toMatchObject({ bandwidthBytesPerMilli: 940 })
    expect(bbr.congestionWindowBytes).toBeLessThanOrEqual(2 * bdpBytes)
    expect(bbr.pacingRateBytesPerMilli).toBeCloseTo(0.99 * 940)
  })

  it("drains the path every five seconds to measure the round trip, and continues as before", () => {
    const windowBytes = bbr.congestionWindowBytes
    // No sample is as short as the minimum round trip.
    until("ProbeRoundTrip", { bytesInFlight: bdpBytes / 2, roundTripMillis: roundTripMillis + 1 })
    expect(bbr.congestionWindowBytes).toBeLessThanOrEqual(bdpBytes / 2)
    const took = until("Cruise", { bytesInFlight: bdpBytes / 2 })
    expect(took).toBeLessThanOrEqual(4)
    rounds(1)
    expect(bbr.congestionWindowBytes).toBeGreaterThanOrEqual(Math.min(windowBytes, 2 * bdpBytes))
  })

  it("keeps four packets in flight in persistent congestion, and restores its window with the first acknowledgement", () => {
    const windowBytes = bbr.congestionWindowBytes
    bbr.onPersistentCongestion()
    expect(bbr.congestionWindowBytes).toBe(4000)
    flight(1000, { rateBytesPerMilli: 10 })
    expect(bbr.congestionWindowBytes).toBeGreaterThan(0.8 * windowBytes)
  })

  it("restarts after a pause at the rate of the path", () => {
    until("Up")
    const packet = packetOf({ bytes: 1000, isApplicationLimited: true })
    bbr.onPacketSent(packet, totalsOf({ bytesInFlight: 1000 }), flights.now + 1000)
    expect(bbr.pacingRateBytesPerMilli).toBeCloseTo(0.99 * rate)
  })
})

it("keeps three quanta in flight on a very short path", () => {
  const fast = { roundTripMillis: 0.1, rateBytesPerMilli: 1_000_000 }
  for (let round = 0; round < 30; round++) flight(100_000, fast)
  expect(bbr.sendQuantumBytes).toBe(64_000)
  expect(bbr.congestionWindowBytes).toBeGreaterThanOrEqual(3 * 64_000)
})

import { beforeEach, describe, expect, it } from "vitest"
import type { PacketState } from "../../../../src/protocol/flock/congestion/Congestion.ts"
import { DeliveryRate, packetState } from "../../../../src/protocol/flock/recovery/DeliveryRate.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

let rate: DeliveryRate

beforeEach(() => {
  rate = new DeliveryRate()
})

const send = (now: number, bytes = 1000): PacketState => {
  const packet = packetState()
  rate.onPacketSent(packet, bytes, now)
  return packet
}
const sample = (packets: ReadonlyArray<PacketState>, now: number, minRoundTripMillis = 0) => {
  for (const packet of packets) rate.onPacketAcked(packet, now)
  const taken = rate.takeSample(minRoundTripMillis)
  const kept = taken === undefined ? undefined : { ...taken }
  rate.endTurn()
  return kept
}

it("counts the bytes in flight, delivered and lost", () => {
  const [first, second, third] = [send(0), send(1), send(2), send(3)]
  if (first !== undefined) rate.onPacketAcked(first, 100)
  if (second !== undefined) rate.onPacketLost(second)
  if (third !== undefined) rate.onPacketForgotten(third)
  expect([rate.bytesInFlight, rate.deliveredBytes, rate.lostBytes]).toEqual([1000, 1000, 1000])
})

it("there is no sample without an acknowledged packet", () => {
  send(0)
  expect(rate.takeSample(0)).toBeUndefined()
})

it("the round trip of a sample is bounded: an hour between them is the sleep of a program, not the path (K4)", () => {
  expect(sample([send(0)], 3_600_000)).toMatchObject({ roundTripMillis: Limits.longestRoundTripMillis })
})

describe("the rate", () => {
  it("is measured from sending a packet to its acknowledgement", () => {
    const first = [0, 1, 2, 3].map((now) => send(now))
    expect(sample(first, 103)).toMatchObject({ newlyAckedBytes: 4000, roundTripMillis: 100, sampleBytes: 4000 })
    const second = [104, 105, 106, 107].map((now) => send(now))
    expect(sample(second, 207)).toMatchObject({
      priorDeliveredBytes: 4000,
      sampleBytes: 4000,
      rateBytesPerMilli: 4000 / 103,
      newestSentAt: 107,
      inFlightAtSendBytes: 4000
    })
  })

  it("is at most the send rate, even if ACKs arrive together", () => {
    const packets = [0, 100, 200].map((now) => send(now))
    sample(packets.slice(0, 1), 290)
    // Two packets, sent 100 ms apart, are acknowledged within 10 ms.
    expect(sample(packets.slice(1), 300)?.rateBytesPerMilli).toBe(3000 / 300)
  })

  it("is unknown when the interval is shorter than the minimum round trip", () => {
    const packet = send(0)
    expect(sample([packet], 4, 5)?.rateBytesPerMilli).toBe(0)
  })

  it("excludes time in which nothing was in flight", () => {
    sample([send(0)], 100)
    expect(sample([send(5000)], 5100)?.rateBytesPerMilli).toBe(10)
  })
})

it("the newest packet determines the sample, in any order of acknowledgement", () => {
  const packets = [0, 1, 2].map((now) => send(now))
  expect(sample(packets.toReversed(), 102)).toMatchObject({ newestSentAt: 2, newlyAckedBytes: 3000 })
})

it("reports the bytes lost since the newest packet was sent", () => {
  const [first, second, third] = [send(0), send(1), send(2)]
  rate.onPacketLost(first)
  const fourth = send(50)
  rate.onPacketLost(second)
  expect(sample([third], 102)).toMatchObject({ lostSinceSendBytes: 2000, lostBytes: 2000 })
  expect(sample([fourth], 150)).toMatchObject({ lostSinceSendBytes: 1000 })
})

it("packets are marked until the bytes in flight at the application's pause are delivered", () => {
  const before = send(0)
  rate.markApplicationLimited()
  const [after, later] = [send(1), send(2)]
  expect(sample([before], 100)?.isApplicationLimited).toBe(false)
  expect([sample([after], 101)?.isApplicationLimited, rate.isApplicationLimited]).toEqual([true, false])
  const free = send(102)
  expect([sample([later], 103), sample([free], 202)].map((one) => one?.isApplicationLimited)).toEqual([true, false])
})

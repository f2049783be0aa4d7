import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { ReceivedPackets } from "../../../../src/protocol/flock/recovery/ReceivedPackets.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

const parameters = { seed: 20_250_801 }

/** The state after ack-eliciting packets with those numbers, all at the same time. */
const afterReceiving = (...numbers: ReadonlyArray<number>): ReceivedPackets => {
  const received = new ReceivedPackets()
  for (const packetNumber of numbers) received.onReceived(packetNumber, true, 100)
  return received
}

const span = (first: number, count: number, step = 1): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => first + index * step)

describe("an acknowledgement", () => {
  it("without a packet is not due", () => {
    const received = new ReceivedPackets()
    expect([received.isAckPending, received.deadline, received.largest]).toEqual([false, Infinity, -1])
  })

  it("of one packet is delayed by 5 ms, of two it is not", () => {
    const received = afterReceiving(0)
    expect([received.isAckPending, received.deadline]).toEqual([true, 100 + Limits.ackDelayMillis])
    received.onReceived(1, true, 103)
    expect(received.deadline).toBe(103)
  })

  it("is not delayed by a gap, nor when the gap is filled", () => {
    expect(afterReceiving(1).deadline).toBe(100)
    const received = afterReceiving(0, 1, 3)
    received.takeAck(100)
    received.onReceived(2, true, 110)
    expect(received.deadline).toBe(110)
    received.takeAck(110)
    received.onReceived(4, true, 120)
    expect(received.deadline).toBe(120 + Limits.ackDelayMillis)
  })

  it("is not postponed by later packets", () => {
    const received = afterReceiving(1)
    received.onReceived(2, false, 101)
    expect(received.deadline).toBe(100)
    const one = afterReceiving(0)
    one.onReceived(1, false, 104)
    expect(one.deadline).toBe(100 + Limits.ackDelayMillis)
  })

  it("is not due for packets that are not ack-eliciting, but contains them", () => {
    const received = new ReceivedPackets()
    received.onReceived(0, false, 100)
    received.onReceived(2, false, 100)
    expect([received.isAckPending, received.deadline]).toEqual([false, Infinity])
    received.onReceived(3, true, 100)
    expect(received.takeAck(100).ranges).toEqual([2, 3, 0, 0])
  })

  it("is pending once", () => {
    const received = afterReceiving(0, 1)
    received.takeAck(100)
    expect([received.isAckPending, received.deadline]).toEqual([false, Infinity])
  })

  it("contains the delay since the newest packet, in microseconds", () => {
    const received = afterReceiving(0, 1)
    received.onReceived(5, true, 101.5)
    received.onReceived(3, true, 103)
    expect(received.takeAck(104.0004)).toEqual({
      _tag: "Ack",
      delayMicros: 2500,
      ranges: [5, 5, 3, 3, 0, 1]
    })
    // The time of the packet may be after that of the ACK.
    received.onReceived(6, true, 110)
    expect(received.takeAck(109).delayMicros).toBe(0)
  })

  it("has the 64 newest ranges", () => {
    const { ranges } = afterReceiving(...span(0, 100, 2)).takeAck(100)
    expect(ranges).toHaveLength(2 * Limits.ackRanges)
    expect([ranges.slice(0, 4), ranges.slice(-2)]).toEqual([[198, 198, 196, 196], [72, 72]])
  })
})

describe("a packet", () => {
  it("is new once (R2, C2)", () => {
    const received = afterReceiving(0, 1, 5)
    expect([0, 1, 2, 4, 5, 6].map((packetNumber) => received.isNew(packetNumber))).toEqual([
      false,
      false,
      true,
      true,
      false,
      true
    ])
  })

  it("with a number far behind counts as received, so that memory is bounded (R8)", () => {
    const received = afterReceiving(...span(1, Limits.rememberedRanges, 2))
    expect([received.isNew(0), received.isNew(2)]).toEqual([true, true])
    received.onReceived(2 * Limits.rememberedRanges + 1, true, 100)
    // The oldest range, which is the number 1, is forgotten.
    expect([0, 1, 2].map((packetNumber) => received.isNew(packetNumber))).toEqual([false, false, true])
    received.onReceived(1000, true, 100)
    expect([2, 3, 4].map((packetNumber) => received.isNew(packetNumber))).toEqual([false, false, true])
  })

  it("is never new again, in any order of arrival", () => {
    const numbers = FastCheck.array(FastCheck.nat(2000), { maxLength: 900, size: "max" })
    FastCheck.assert(
      FastCheck.property(numbers, (all) => {
        const received = new ReceivedPackets()
        const seen = new Set<number>()
        for (const packetNumber of all) {
          if (received.isNew(packetNumber)) {
            expect(seen.has(packetNumber)).toBe(false)
            received.onReceived(packetNumber, true, 0)
          }
          seen.add(packetNumber)
        }
        for (const packetNumber of seen) expect(received.isNew(packetNumber)).toBe(false)
        expect(received.largest).toBe(all.reduce((most, each) => Math.max(most, each), -1))
        expect(received.takeAck(0).ranges.every((bound) => seen.has(bound))).toBe(true)
      }),
      { ...parameters, numRuns: 60 }
    )
  })

  it("may have a number above 32 bits (R7)", () => {
    const first = 2 ** 32 - 3
    const received = afterReceiving(...span(first, 6))
    expect(received.largest).toBe(2 ** 32 + 2)
    expect(received.takeAck(100).ranges).toEqual([first, first + 5])
    expect([received.isNew(first), received.isNew(2 ** 32), received.isNew(2 ** 32 + 3)]).toEqual([false, false, true])
  })
})

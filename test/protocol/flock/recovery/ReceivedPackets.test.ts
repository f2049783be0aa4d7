import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { ReceivedPackets } from "../../../../src/protocol/flock/recovery/ReceivedPackets.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

const parameters = { seed: 20_250_801 }

/** After ack-eliciting packets of those numbers, all at once. */
const after = (...numbers: ReadonlyArray<number>): ReceivedPackets => {
  const received = new ReceivedPackets()
  for (const packetNumber of numbers) received.onReceived(packetNumber, true, 100)
  return received
}

const span = (first: number, count: number, step = 1): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => first + index * step)

describe("an acknowledgement", () => {
  it("of nothing is not due", () => {
    const received = new ReceivedPackets()
    expect([received.isAckPending, received.deadline, received.largest]).toEqual([false, Infinity, -1])
  })

  it("of one packet waits 5 ms for company, of two it does not", () => {
    const received = after(0)
    expect([received.isAckPending, received.deadline]).toEqual([true, 100 + Limits.ackDelayMillis])
    received.onReceived(1, true, 103)
    expect(received.deadline).toBe(103)
  })

  it("does not wait where a packet is missing, nor when it comes", () => {
    expect(after(1).deadline).toBe(100)
    const received = after(0, 1, 3)
    received.takeAck(100)
    received.onReceived(2, true, 110)
    expect(received.deadline).toBe(110)
    received.takeAck(110)
    received.onReceived(4, true, 120)
    expect(received.deadline).toBe(120 + Limits.ackDelayMillis)
  })

  it("is not put off by what comes later", () => {
    const received = after(1)
    received.onReceived(2, false, 101)
    expect(received.deadline).toBe(100)
    const one = after(0)
    one.onReceived(1, false, 104)
    expect(one.deadline).toBe(100 + Limits.ackDelayMillis)
  })

  it("is not due for packets that ask for none, and tells of them all the same", () => {
    const received = new ReceivedPackets()
    received.onReceived(0, false, 100)
    received.onReceived(2, false, 100)
    expect([received.isAckPending, received.deadline]).toEqual([false, Infinity])
    received.onReceived(3, true, 100)
    expect(received.takeAck(100).ranges).toEqual([2, 3, 0, 0])
  })

  it("is news once", () => {
    const received = after(0, 1)
    received.takeAck(100)
    expect([received.isAckPending, received.deadline]).toEqual([false, Infinity])
  })

  it("tells how long the newest packet has waited, in microseconds", () => {
    const received = after(0, 1)
    received.onReceived(5, true, 101.5)
    received.onReceived(3, true, 103)
    expect(received.takeAck(104.0004)).toEqual({
      type: "Ack",
      delayMicros: 2500,
      ranges: [5, 5, 3, 3, 0, 1]
    })
    // A clock that stands still, or the packet's time ahead of this turn's.
    received.onReceived(6, true, 110)
    expect(received.takeAck(109).delayMicros).toBe(0)
  })

  it("has the 64 newest ranges", () => {
    const { ranges } = after(...span(0, 100, 2)).takeAck(100)
    expect(ranges).toHaveLength(2 * Limits.ackRanges)
    expect([ranges.slice(0, 4), ranges.slice(-2)]).toEqual([[198, 198, 196, 196], [72, 72]])
  })
})

describe("a packet", () => {
  it("is new once (R2, C2)", () => {
    const received = after(0, 1, 5)
    expect([0, 1, 2, 4, 5, 6].map((packetNumber) => received.isNew(packetNumber))).toEqual([
      false,
      false,
      true,
      true,
      false,
      true
    ])
  })

  it("of a number far behind counts as seen, so that memory has an end (R8)", () => {
    const received = after(...span(1, Limits.rememberedRanges, 2))
    expect([received.isNew(0), received.isNew(2)]).toEqual([true, true])
    received.onReceived(2 * Limits.rememberedRanges + 1, true, 100)
    // The oldest range, the number 1, is given up.
    expect([0, 1, 2].map((packetNumber) => received.isNew(packetNumber))).toEqual([false, false, true])
    received.onReceived(1000, true, 100)
    expect([2, 3, 4].map((packetNumber) => received.isNew(packetNumber))).toEqual([false, false, true])
  })

  it("is never new again, in whatever order packets come", () => {
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

  it("numbers may pass the end of 32 bits (R7)", () => {
    const first = 2 ** 32 - 3
    const received = after(...span(first, 6))
    expect(received.largest).toBe(2 ** 32 + 2)
    expect(received.takeAck(100).ranges).toEqual([first, first + 5])
    expect([received.isNew(first), received.isNew(2 ** 32), received.isNew(2 ** 32 + 3)]).toEqual([false, false, true])
  })
})

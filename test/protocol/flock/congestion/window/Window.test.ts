import { describe, expect, it } from "vitest"
import { Window } from "../../../../../src/protocol/flock/congestion/window/Window.ts"
import { ackOf, packetOf } from "../../controllerInputs.ts"

const make = () => new Window({ maxDatagramBytes: 1000 })

it("starts with ten datagrams and grows by the acknowledged bytes", () => {
  const window = make()
  expect(window.onAck(ackOf({ newlyAckedBytes: 3000 }))).toBe(false)
  expect(window.bytes).toBe(13_000)
})

it("does not grow when the application limits the sender", () => {
  const window = make()
  window.onAck(ackOf({ newlyAckedBytes: 3000, isApplicationLimited: true }))
  expect(window.bytes).toBe(10_000)
})

describe("a recovery period", () => {
  it("begins with the first loss, and not with losses of packets sent before", () => {
    const window = make()
    expect(window.beginsRecovery(packetOf({ sentAt: 10 }), 50)).toBe(true)
    expect(window.beginsRecovery(packetOf({ sentAt: 50 }), 60)).toBe(false)
    expect(window.beginsRecovery(packetOf({ sentAt: 51 }), 90)).toBe(true)
  })

  it("allows growth by packets sent after its start, in congestion avoidance", () => {
    const window = make()
    window.beginsRecovery(packetOf({ sentAt: 10 }), 50)
    window.reduceTo(5000)
    expect(window.onAck(ackOf({ newlyAckedBytes: 1000, newestSentAt: 50 }))).toBe(false)
    expect(window.onAck(ackOf({ newlyAckedBytes: 1000, newestSentAt: 51 }))).toBe(true)
    expect(window.bytes).toBe(5000)
  })
})

it("keeps at least two datagrams", () => {
  const window = make()
  window.reduceTo(100)
  expect([window.bytes, window.thresholdBytes]).toEqual([2000, 2000])
})

it("grows by slow start to the threshold after persistent congestion, regardless of round trips", () => {
  const window = make()
  window.beginsRecovery(packetOf({ sentAt: 10 }), 50)
  window.reduceTo(5000)
  window.onPersistentCongestion()
  expect([window.bytes, window.isSlowStart]).toEqual([2000, true])
  window.onAck(ackOf({ newlyAckedBytes: 3000, newestSentAt: 20 }))
  expect([window.bytes, window.isSlowStart]).toEqual([5000, false])
})

it("ends slow start when the round trip remains longer", () => {
  const window = make()
  let deliveredBytes = 0
  for (let round = 0; round < 8; round++) {
    const priorDeliveredBytes = deliveredBytes
    for (let count = 0; count < 8; count++) {
      deliveredBytes += 1000
      window.onAck(
        ackOf({
          newlyAckedBytes: 1000,
          roundTripMillis: round === 0 ? 100 : 150,
          priorDeliveredBytes,
          deliveredBytes: priorDeliveredBytes + 1000
        })
      )
    }
    deliveredBytes = priorDeliveredBytes + 1000
  }
  expect([window.isSlowStart, window.thresholdBytes]).toEqual([false, window.bytes])
})

it("paces at two windows per smoothed round trip, at 1.25 after slow start", () => {
  const window = make()
  expect(window.pacingRateBytesPerMilli).toBe(Infinity)
  window.onAck(ackOf({ roundTripMillis: 100 }))
  expect(window.pacingRateBytesPerMilli).toBe(200)
  window.onAck(ackOf({ roundTripMillis: 180 }))
  expect([window.smoothedMillis, window.quantumBytes]).toEqual([110, 2000])
  window.reduceTo(8800)
  expect(window.pacingRateBytesPerMilli).toBeCloseTo(100)
})

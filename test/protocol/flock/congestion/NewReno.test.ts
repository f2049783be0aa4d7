import { expect, it } from "vitest"
import { NewReno } from "../../../../src/protocol/flock/congestion/NewReno.ts"
import { ackOf, packetOf, totalsOf } from "../controllerInputs.ts"

it("halves the window once per recovery period, then adds a datagram per window", () => {
  const reno = new NewReno({ maxDatagramBytes: 1000 })
  reno.onAck(ackOf({ newlyAckedBytes: 10_000 }))
  for (const sentAt of [10, 20]) reno.onLoss(packetOf({ sentAt }), totalsOf(), 100)
  expect(reno.congestionWindowBytes).toBe(10_000)
  reno.onAck(ackOf({ newlyAckedBytes: 5000, newestSentAt: 101 }))
  expect(reno.congestionWindowBytes).toBe(10_500)
  expect(reno.explain()).toEqual({ phase: "Avoidance", windowBytes: 10_500, thresholdBytes: 10_000 })
})

it("restarts from two datagrams after persistent congestion", () => {
  const reno = new NewReno({ maxDatagramBytes: 1000 })
  reno.onLoss(packetOf({ sentAt: 10 }), totalsOf(), 100)
  reno.onPersistentCongestion()
  expect(reno.explain()).toEqual({ phase: "SlowStart", windowBytes: 2000, thresholdBytes: 5000 })
})

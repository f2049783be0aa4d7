import { beforeEach, expect, it } from "vitest"
import { Model } from "../../../../../src/protocol/flock/congestion/bbr/Model.ts"
import { ProbeRoundTrip } from "../../../../../src/protocol/flock/congestion/bbr/ProbeRoundTrip.ts"
import { ackOf } from "../../controllerInputs.ts"

let model: Model
let probe: ProbeRoundTrip

beforeEach(() => {
  model = new Model({ maxDatagramBytes: 1000, random: () => 0 }, 0)
  probe = new ProbeRoundTrip(model)
  model.minRoundTrip.update(100, 0)
  model.bandwidth = 1000
  model.windowBytes = 200_000
  probe.enter(ackOf({ deliveredBytes: 1_000_000, bytesInFlight: 150_000 }))
})

const isDone = (bytesInFlight: number, now: number, isRoundStart = false): boolean => {
  model.rounds.isStart = isRoundStart
  return probe.isDone(ackOf({ bytesInFlight, deliveredBytes: 1_100_000 }), now)
}

it("halves the bytes in flight, for a round and 200 ms from when the queue is drained", () => {
  expect([model.phase, probe.windowBytes]).toEqual(["ProbeRoundTrip", 50_000])
  expect([
    isDone(50_001, 1000, true),
    isDone(50_000, 1100),
    isDone(50_000, 1301),
    isDone(50_000, 1302, true)
  ]).toEqual([false, false, false, true])
})

it("lasts 200 ms, however short the round", () => {
  expect([isDone(50_000, 1100), isDone(50_000, 1110, true), isDone(50_000, 1300), isDone(50_000, 1300.5)])
    .toEqual([false, false, false, true])
})

it("restores the window, and the next interval begins", () => {
  model.windowBytes = 50_000
  isDone(50_000, 5000)
  isDone(50_000, 5300, true)
  expect(model.windowBytes).toBe(200_000)
  model.minRoundTrip.update(100, 10_300)
  expect(model.minRoundTrip.isProbeDue).toBe(false)
})

it("marks samples of packets sent meanwhile as limited", () => {
  isDone(40_000, 1100)
  const isLimiting = (priorDeliveredBytes: number) => probe.isLimiting(ackOf({ priorDeliveredBytes }))
  expect([isLimiting(1_140_000), isLimiting(1_140_001)]).toEqual([true, false])
})

it("keeps at least four packets in flight", () => {
  model.bandwidth = 1
  expect(probe.windowBytes).toBe(4000)
})

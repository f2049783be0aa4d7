import { expect, it } from "vitest"
import { initialWindowBytes } from "../../../../../src/protocol/flock/congestion/Congestion.ts"
import { WindowController } from "../../../../../src/protocol/flock/congestion/window/WindowController.ts"

/** Decides nothing. */
class Idle extends WindowController {
  readonly name = "newreno"

  onPacketSent(): void {}

  onAck(): void {}

  onLoss(): void {}
}

it("limits the sender by its window, which begins in slow start without a rate", () => {
  const controller = new Idle({ maxDatagramBytes: 1000 })
  expect(controller.congestionWindowBytes).toBe(initialWindowBytes(1000))
  expect(controller.pacingRateBytesPerMilli).toBe(Infinity)
  expect(controller.explain()).toEqual({ phase: "SlowStart", windowBytes: 10_000, thresholdBytes: Infinity })
})

it("keeps the window below its upper bound, which may change at any time", () => {
  const controller = new Idle({ maxDatagramBytes: 1000, maxWindowBytes: 5000 })
  expect([controller.maxWindowBytes, controller.congestionWindowBytes]).toEqual([5000, 5000])
  controller.maxWindowBytes = 3000
  expect([controller.maxWindowBytes, controller.congestionWindowBytes]).toEqual([3000, 3000])
})

it("grows to the initial window of larger datagrams, and shrinks to two datagrams after persistent congestion", () => {
  const controller = new Idle({ maxDatagramBytes: 1000 })
  controller.onDatagramBytes(1400)
  expect(controller.congestionWindowBytes).toBe(initialWindowBytes(1400))
  controller.onPersistentCongestion()
  expect(controller.congestionWindowBytes).toBe(2800)
})

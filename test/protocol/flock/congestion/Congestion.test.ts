import { describe, expect, it } from "vitest"
import { Bbr } from "../../../../src/protocol/flock/congestion/Bbr.ts"
import type { Congestion, CongestionOptions } from "../../../../src/protocol/flock/congestion/Congestion.ts"
import { initialWindowBytes, sendQuantumBytes } from "../../../../src/protocol/flock/congestion/Congestion.ts"
import { Cubic } from "../../../../src/protocol/flock/congestion/Cubic.ts"
import { NewReno } from "../../../../src/protocol/flock/congestion/NewReno.ts"
import { ackOf, packetOf, totalsOf } from "../controllerInputs.ts"

it.each([[1200, 12_000], [1472, 14_720], [1500, 14_720], [8900, 17_800], [65_507, 131_014]])(
  "the initial window is ten datagrams of %i bytes, within the bounds of RFC 9002 §7.2",
  (datagramBytes, windowBytes) => expect(initialWindowBytes(datagramBytes)).toBe(windowBytes)
)

it.each([
  [10, 1200, 2400],
  [20_000, 1200, 20_000],
  [1e6, 1000, 64_000],
  [1e6, 1472, 65_507],
  [Infinity, 1200, 65_507],
  [1, 65_507, 131_014]
])(
  "at %d bytes per millisecond in datagrams of %i a quantum is %i bytes",
  (rate, datagramBytes, quantumBytes) => expect(sendQuantumBytes(rate, datagramBytes)).toBe(quantumBytes)
)

/** Name, minimum window in datagrams, initial window in bytes for datagrams of 8,900 bytes, constructor. */
const controllers: ReadonlyArray<readonly [string, number, number, (options: CongestionOptions) => Congestion]> = [
  ["bbr", 4, 46_464, (options) => new Bbr({ ...options, random: () => 0.5 }, 0)],
  ["cubic", 2, 17_800, (options) => new Cubic(options)],
  ["newreno", 2, 17_800, (options) => new NewReno(options)]
]

describe.each(controllers)("%s", (_name, leastDatagrams, firstWindowBytes, make) => {
  const acknowledge = (controller: Congestion, newlyAckedBytes: number, now = 100): void =>
    controller.onAck(ackOf({ newlyAckedBytes, deliveredBytes: newlyAckedBytes, newestSentAt: now - 100 }), now)

  it("starts again with a larger datagram before the first acknowledgement", () => {
    const controller = make({ maxDatagramBytes: 1200 })
    controller.onDatagramBytes(8900)
    expect(controller.congestionWindowBytes).toBe(firstWindowBytes)
  })

  it("keeps its window with another datagram size, above the minimum for it", () => {
    const controller = make({ maxDatagramBytes: 1200 })
    acknowledge(controller, 8000)
    const windowBytes = controller.congestionWindowBytes
    controller.onDatagramBytes(1472)
    controller.onDatagramBytes(1200)
    expect(controller.congestionWindowBytes).toBe(windowBytes)
    controller.onDatagramBytes(65_507)
    expect(controller.congestionWindowBytes).toBe(leastDatagrams * 65_507)
    expect(controller.sendQuantumBytes).toBe(2 * 65_507)
    controller.onDatagramBytes(1200)
    expect(controller.congestionWindowBytes).toBe(leastDatagrams * 65_507)
  })

  it("is reduced to the minimum for its current datagram size", () => {
    const controller = make({ maxDatagramBytes: 1200 })
    acknowledge(controller, 8000)
    controller.onDatagramBytes(1472)
    controller.onPersistentCongestion(totalsOf(), 200)
    expect(controller.congestionWindowBytes).toBe(leastDatagrams * 1472)
  })

  it("keeps its window within a bound that may change, even below the minimum", () => {
    const controller = make({ maxDatagramBytes: 1000, maxWindowBytes: 14_000 })
    for (const now of [100, 200, 300]) acknowledge(controller, 9000, now)
    expect(controller.congestionWindowBytes).toBe(14_000)
    controller.maxWindowBytes = 12_000
    expect([controller.congestionWindowBytes, controller.maxWindowBytes]).toEqual([12_000, 12_000])
    controller.onLoss(packetOf({ bytes: 1000, sentAt: 250 }), totalsOf({ lostBytes: 1000 }), 300)
    for (const now of [500, 600, 700]) acknowledge(controller, 12_000, now)
    expect(controller.congestionWindowBytes).toBeLessThanOrEqual(12_000)
    controller.maxWindowBytes = 500
    expect(controller.congestionWindowBytes).toBe(1000)
    controller.maxWindowBytes = Infinity
    for (const now of [800, 900]) acknowledge(controller, 3000, now)
    expect(controller.congestionWindowBytes).toBeGreaterThan(1000)
  })
})

import { beforeEach, describe, expect, it } from "vitest"
import { Cubic } from "../../../../src/protocol/flock/congestion/Cubic.ts"
import { ackOf, packetOf, totalsOf } from "../controllerInputs.ts"

const maxDatagramBytes = 1000
let cubic: Cubic

const lose = (sentAt: number, now: number) => cubic.onLoss(packetOf({ sentAt }), totalsOf(), now)

/** Acknowledges a whole window every 100 ms in that time. */
const acknowledge = (fromMillis: number, toMillis: number): void => {
  for (let now = fromMillis; now <= toMillis; now += 100) {
    const newlyAckedBytes = cubic.congestionWindowBytes
    cubic.onAck(ackOf({ newlyAckedBytes, newestSentAt: now - 100, roundTripMillis: 100 }), now)
  }
}

beforeEach(() => {
  cubic = new Cubic({ maxDatagramBytes })
  cubic.onAck(ackOf({ newlyAckedBytes: 990_000 }), 0)
})

it("reduces the window by three tenths, once per recovery period", () => {
  lose(10, 100)
  lose(20, 110)
  expect(cubic.congestionWindowBytes).toBe(700_000)
})

describe("after a loss", () => {
  beforeEach(() => {
    lose(10, 100)
    // The old maximum is reached when 0.4 t³ is 300 datagrams (RFC 9438 §4.2).
    acknowledge(300, 300 + Math.cbrt(300 / 0.4) * 1000)
  })

  it("reaches the old maximum after K seconds", () => {
    expect(cubic.congestionWindowBytes / 1_000_000).toBeCloseTo(1, 2)
  })

  it("grows slowly there and faster and faster beyond", () => {
    const at = [cubic.congestionWindowBytes]
    for (const [from, to] of [[9500, 11_400], [11_500, 13_400], [13_500, 15_400]] as const) {
      acknowledge(from, to)
      at.push(cubic.congestionWindowBytes)
    }
    const [first = 0, second = 0, third = 0] = at.slice(1).map((bytes, index) => bytes - (at[index] ?? 0))
    expect(first).toBeLessThan(10_000)
    expect(second).toBeGreaterThan(2 * first)
    expect(third).toBeGreaterThan(2 * second)
  })
})

it("leaves bandwidth to others when it loses before it reaches the old maximum", () => {
  lose(10, 100)
  acknowledge(300, 2000)
  const lostAtBytes = cubic.congestionWindowBytes
  lose(1950, 2100)
  expect(lostAtBytes).toBeLessThan(1_000_000)
  expect(cubic.explain().lastMaxBytes).toBeCloseTo(0.85 * lostAtBytes)
})

it("grows at least like Reno, by half a datagram per round trip", () => {
  cubic = new Cubic({ maxDatagramBytes })
  lose(10, 100)
  acknowledge(300, 1200)
  // The cubic function reaches ten datagrams after two seconds: here it is 0.4 · 0.95³ below.
  expect(cubic.congestionWindowBytes / 1000).toBeGreaterThan(7 + 9 * 0.5)
})

it("does not grow by time in which nothing was in flight", () => {
  const grown = [0, 20_000].map((pauseMillis) => {
    cubic = new Cubic({ maxDatagramBytes })
    cubic.onAck(ackOf({ newlyAckedBytes: 990_000 }), 0)
    lose(10, 100)
    acknowledge(300, 500)
    const packet = packetOf({ bytes: 1000, isApplicationLimited: true })
    cubic.onPacketSent(packet, totalsOf({ bytesInFlight: 1000 }), 600 + pauseMillis)
    acknowledge(700 + pauseMillis, 800 + pauseMillis)
    return cubic.congestionWindowBytes
  })
  expect(grown[1]).toBeLessThanOrEqual(grown[0] ?? 0)
})

it("keeps the old maximum in bytes, and reaches it in the time for larger datagrams", () => {
  lose(10, 100)
  cubic.onDatagramBytes(8000)
  expect(cubic.explain().lastMaxBytes).toBeCloseTo(1_000_000)
  acknowledge(300, 300 + Math.cbrt(300 / 8 / 0.4) * 1000)
  expect(cubic.congestionWindowBytes / 1_000_000).toBeCloseTo(1, 1)
})

it("restarts from two datagrams after persistent congestion", () => {
  lose(10, 100)
  cubic.onPersistentCongestion()
  expect(cubic.explain()).toMatchObject({ phase: "SlowStart", windowBytes: 2000, thresholdBytes: 700_000 })
})

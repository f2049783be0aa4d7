import { describe, expect, it } from "vitest"
import { framesIn, packet, Pair, someBytes } from "./pair.ts"

const openedStream = (pair: Pair, length: number) => {
  const stream = pair.client.streams.open()
  if (stream === undefined) throw new Error("no stream")
  pair.client.streams.write(stream, someBytes(length))
  return stream
}

const bytesOf = (length: number): Uint8Array => new Uint8Array(length)

describe("a transmission", () => {
  it("fits into the window, except for the probes after a probe timeout, which carry the oldest data", () => {
    const pair = new Pair()
    openedStream(pair, 45_000)
    pair.passes = () => false
    pair.flush(pair.client, "client")
    const { congestion, rate } = pair.client.recovery
    expect(rate.bytesInFlight).toBeLessThan(congestion.congestionWindowBytes + 1472)
    expect(rate.bytesInFlight).toBeGreaterThan(congestion.congestionWindowBytes - 1200)
    const before = pair.sent.length
    pair.run(pair.client.deadline)
    pair.flush(pair.client, "client")
    const probes = pair.sent.slice(before)
    expect(probes).toHaveLength(2)
    expect(probes.flatMap(framesIn)[0]).toMatchObject({ _tag: "Stream", offset: 0 })
  })

  it("is a run of datagrams of one length, of which the last is shorter", () => {
    const pair = new Pair()
    const stream = openedStream(pair, 9000)
    pair.client.streams.finish(stream)
    // Too little data for a probe of the MTU.
    expect(pair.client.nextTransmit(0)?.datagramBytes).toBe(1200)
    const target = bytesOf(64 * 1200)
    const length = pair.client.fill(target, 0)
    for (let at = 0; at + 1200 < length; at += 1200) pair.deliver("server", target.subarray(at, at + 1200))
    expect(pair.server.counters.receivedPackets).toBe(Math.floor((length - 1) / 1200))
  })

  it("detects that larger datagrams arrive, and that they no longer arrive (W10)", () => {
    const pair = new Pair()
    const stream = openedStream(pair, 30_000)
    pair.run(500)
    expect(pair.client.mtuDiscovery.datagramBytes).toBe(1472)
    pair.passes = ({ bytes }) => bytes.length <= 1200
    pair.client.streams.write(stream, someBytes(10_000))
    const before = pair.client.recovery.counters.probeTimeouts
    while (pair.client.mtuDiscovery.datagramBytes > 1200 && pair.now < 5000) pair.run(pair.now + 1)
    expect(pair.client.recovery.counters.probeTimeouts - before).toBeLessThanOrEqual(3)
    pair.run(5000)
    expect(pair.read("server", 0)).toHaveLength(40_000)
    expect(pair.client.mtuDiscovery.datagramBytes).toBe(1200)
  })

  it("is paced: each quantum has to wait for the timer", () => {
    const pair = new Pair({}, { maxData: 10 ** 6, maxStreamData: 10 ** 6 })
    const stream = openedStream(pair, 10)
    pair.run(100)
    pair.client.streams.write(stream, someBytes(500_000))
    pair.run(400)
    const at = new Map<number, number>()
    for (const sent of pair.sent) {
      if (sent.from === "client") at.set(sent.at, (at.get(sent.at) ?? 0) + sent.bytes.length)
    }
    expect(at.size).toBeGreaterThan(20)
    expect(Math.max(...at.values())).toBeLessThan(pair.client.recovery.congestion.congestionWindowBytes / 4)
    expect(pair.client.limitedMillis.pacing).toBeGreaterThan(0)
  })

  it.each([[1, false], [20, true]])(
    "is marked application-limited when the timer is %i ms late: %s",
    (late, isLimited) => {
      const pair = new Pair({}, { maxData: 10 ** 6, maxStreamData: 10 ** 6 })
      const stream = openedStream(pair, 10)
      pair.run(100)
      pair.client.streams.write(stream, someBytes(500_000))
      const { congestion, rate } = pair.client.recovery
      do pair.run(pair.now + 1)
      while (rate.isApplicationLimited || rate.bytesInFlight + 4000 > congestion.congestionWindowBytes)
      pair.now = pair.client.deadline + late
      pair.flush(pair.client, "client")
      expect(rate.isApplicationLimited).toBe(isLimited)
    }
  )

  it("reports the limiting factor: here the peer's window", () => {
    const pair = new Pair({}, { maxStreamData: 1000 })
    openedStream(pair, 2000)
    pair.run(1000)
    pair.client.nextTransmit(1000)
    pair.deliver("client", packet("client", 50, { _tag: "Ping" }))
    pair.run(2000)
    expect(pair.client.limitedMillis.window).toBeGreaterThan(900)
    expect(pair.client.limitedMillis.congestion).toBe(0)
  })
})

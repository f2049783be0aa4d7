import { describe, expect, it } from "vitest"
import type { Congestion } from "../../../../src/protocol/flock/congestion/Congestion.ts"
import { LossDetection } from "../../../../src/protocol/flock/recovery/LossDetection.ts"
import type { Frame } from "../../../../src/protocol/flock/wire/Frame.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

/** A LossDetection that records its events. Packet n contains MAX_DATA of n bytes, and its datagram has 1,000 bytes. */
const setUp = () => {
  const events: Array<string> = []
  const numberOf = (frame: Frame): number => frame._tag === "MaxData" ? frame.bytes : -1
  const congestion: Congestion = {
    name: "newreno",
    congestionWindowBytes: 100_000,
    pacingRateBytesPerMilli: Infinity,
    maxWindowBytes: Infinity,
    onDatagramBytes: () => undefined,
    sendQuantumBytes: 2400,
    onPacketSent: () => undefined,
    onAck: ({ newlyAckedBytes }) => events.push(`delivered ${newlyAckedBytes}`),
    onLoss: () => events.push("congestion"),
    onPersistentCongestion: () => events.push("persistent congestion"),
    explain: () => ({})
  }
  const lossDetection = new LossDetection(congestion, 25, {
    onFrameAcked: (frame) => events.push(`acked ${numberOf(frame)}`),
    onFrameLost: (frame) => events.push(`lost ${numberOf(frame)}`),
    onMtuProbe: (bytes, isAcked) => events.push(`probe of ${bytes} ${isAcked ? "acked" : "lost"}`),
    onDatagramOutcome: () => undefined
  })
  const send = (count: number, now: number): void => {
    for (let sent = 0; sent < count; sent++) {
      const packet = lossDetection.sent.add()
      packet.frames.push({ _tag: "MaxData", bytes: packet.packetNumber })
      lossDetection.onSent(packet, 1000, true, now)
    }
  }
  const ack = (now: number, ...ranges: ReadonlyArray<number>): boolean =>
    lossDetection.onAck({ _tag: "Ack", delayMicros: 0, ranges }, now)
  const takeEvents = (): ReadonlyArray<string> => events.splice(0)
  return { lossDetection, send, ack, takeEvents }
}

describe("an acknowledgement", () => {
  it("removes its packets from flight, once, and samples the round trip of the newest", () => {
    const { ack, takeEvents, lossDetection, send } = setUp()
    send(2, 0)
    send(1, 2)
    expect(ack(50, 1, 2)).toBe(true)
    expect(takeEvents()).toEqual(["acked 1", "acked 2", "delivered 2000"])
    expect([lossDetection.rate.bytesInFlight, lossDetection.roundTrip.latestMillis]).toEqual([1000, 48])
    ack(51, 1, 2)
    expect([takeEvents(), lossDetection.roundTrip.latestMillis]).toEqual([[], 48])
  })

  it("of a packet that was never sent is rejected without effect (R10)", () => {
    const { ack, takeEvents, lossDetection, send } = setUp()
    send(3, 0)
    expect([ack(50, 0, 3), ack(50, 2_000_000, 2_000_000)]).toEqual([false, false])
    expect([takeEvents(), lossDetection.rate.bytesInFlight, lossDetection.roundTrip.isMeasured]).toEqual([
      [],
      3000,
      false
    ])
  })

  it("of a number that was left out is rejected (R10)", () => {
    const { ack, send, lossDetection } = setUp()
    send(2, 0)
    lossDetection.skipNumber()
    send(2, 0)
    expect([ack(50, 0, 4), ack(50, 3, 4, 0, 1)]).toEqual([false, true])
  })
})

describe("a packet", () => {
  it("is lost when three later ones were acknowledged, not when two were", () => {
    const { ack, takeEvents, lossDetection, send } = setUp()
    send(4, 0)
    ack(50, 3, 3)
    expect(takeEvents()).toEqual(["acked 3", "lost 0", "congestion", "delivered 1000"])
    expect([lossDetection.rate.bytesInFlight, lossDetection.counters.lostPackets]).toEqual([2000, 1])
  })

  it("is lost when a later one was acknowledged and 9/8 of the round trip have passed", () => {
    const { ack, takeEvents, lossDetection, send } = setUp()
    send(1, 0)
    send(1, 16)
    ack(80, 1, 1)
    // With a round trip of 64 ms the first packet was due at 72; the time of the next one is not yet reached.
    expect([takeEvents(), lossDetection.deadline]).toEqual([
      ["acked 1", "lost 0", "congestion", "delivered 1000"],
      Infinity
    ])
    send(1, 100)
    send(1, 101)
    ack(165, 3, 3)
    expect([takeEvents(), lossDetection.deadline]).toEqual([["acked 3", "delivered 1000"], 100 + 72])
    expect([lossDetection.onTimeout(172), takeEvents()]).toEqual([false, ["lost 2", "congestion"]])
  })

  it("that is acknowledged after it was declared lost counts as delivered, and raises the reordering threshold", () => {
    const { ack, takeEvents, lossDetection, send } = setUp()
    send(6, 0)
    ack(50, 5, 5)
    expect(takeEvents().filter((what) => what.startsWith("lost"))).toEqual(["lost 0", "lost 1", "lost 2"])
    ack(51, 0, 5)
    expect(takeEvents().filter((what) => what.startsWith("acked")).toSorted()).toEqual([
      "acked 0",
      "acked 1",
      "acked 2",
      "acked 3",
      "acked 4"
    ])
    expect(lossDetection.counters.spuriousLosses).toBe(3)
    send(6, 60)
    ack(100, 11, 11)
    expect(takeEvents().filter((what) => what.startsWith("lost"))).toEqual([])
  })

  it("that probed the MTU is lost without congestion", () => {
    const { ack, takeEvents, lossDetection, send } = setUp()
    const probe = lossDetection.sent.add()
    probe.probedBytes = 1472
    lossDetection.onSent(probe, 1472, true, 0)
    send(3, 0)
    ack(50, 1, 3)
    expect(takeEvents()).toEqual(["acked 1", "acked 2", "acked 3", "probe of 1472 lost", "delivered 3000"])
    expect([lossDetection.counters.lostPackets, lossDetection.rate.bytesInFlight]).toEqual([0, 0])
  })

  it("that is not ack-eliciting is settled at once", () => {
    const { lossDetection } = setUp()
    lossDetection.onSent(lossDetection.sent.add(), 40, false, 0)
    expect([lossDetection.deadline, lossDetection.rate.bytesInFlight]).toEqual([Infinity, 0])
  })
})

describe("a probe timeout", () => {
  it("resends the frames of the oldest packet and doubles each time, without declaring a loss", () => {
    const { ack, takeEvents, lossDetection, send } = setUp()
    send(1, 0)
    ack(16, 0, 0)
    takeEvents()
    send(2, 20)
    // RFC 9002 §6.2.1: the round trip, four times its variation, and the peer's maximum ACK delay.
    const once = 16 + 4 * 8 + 25
    expect([lossDetection.deadline, lossDetection.onTimeout(20 + once)]).toEqual([20 + once, true])
    expect([takeEvents(), lossDetection.deadline, lossDetection.rate.bytesInFlight]).toEqual([
      ["lost 1"],
      20 + 2 * once,
      2000
    ])
    lossDetection.onTimeout(20 + 2 * once)
    expect(lossDetection.deadline).toBe(20 + 4 * once)
    for (let more = 0; more < 9; more++) lossDetection.onTimeout(20 + 8 * once)
    expect(lossDetection.deadline).toBe(20 + Limits.probeTimeoutMillis)
  })

  it("resends the data after a probe of the MTU", () => {
    const { takeEvents, lossDetection, send } = setUp()
    const probe = lossDetection.sent.add()
    probe.probedBytes = 1472
    lossDetection.onSent(probe, 1472, true, 0)
    send(2, 0)
    lossDetection.onTimeout(2000)
    expect(takeEvents()).toEqual(["lost 1"])
  })

  it("between many losses is persistent congestion", () => {
    const { ack, takeEvents, send } = setUp()
    send(1, 0)
    ack(10, 0, 0)
    for (let at = 100; at < 1000; at += 100) send(1, at)
    send(1, 1000)
    ack(1010, 10, 10)
    expect(takeEvents()).toContain("persistent congestion")
  })

  it("is as short as the first after an acknowledgement", () => {
    const { ack, lossDetection, send } = setUp()
    send(1, 0)
    lossDetection.onTimeout(1000)
    lossDetection.onTimeout(3000)
    expect(lossDetection.timeouts).toBe(2)
    send(1, 3000)
    ack(3040, 1, 1)
    expect(lossDetection.timeouts).toBe(0)
  })

  it("does not count a probe of the MTU that the system refused", () => {
    const { lossDetection, send } = setUp()
    send(1, 0)
    const probe = lossDetection.sent.add()
    probe.probedBytes = 65_507
    lossDetection.onSent(probe, 65_507, true, 0)
    expect(lossDetection.rate.bytesInFlight).toBe(66_507)
    lossDetection.forgetMtuProbe(8972)
    expect(lossDetection.rate.bytesInFlight).toBe(66_507)
    lossDetection.forgetMtuProbe(65_507)
    expect(lossDetection.rate.bytesInFlight).toBe(1000)
    expect(lossDetection.sent.next).toBe(2)
  })
})

describe("another path", () => {
  it("begins with nothing known: what is in flight is sent again, and neither its loss nor a late acknowledgement is a sample", () => {
    const { ack, takeEvents, lossDetection, send } = setUp()
    send(2, 0)
    ack(40, 0, 0)
    takeEvents()
    const congestion = { ...lossDetection.congestion }
    lossDetection.restart(congestion, 50)
    expect([takeEvents(), lossDetection.rate.bytesInFlight, lossDetection.roundTrip.isMeasured, lossDetection.deadline])
      .toEqual([["lost 1"], 0, false, Infinity])
    expect([lossDetection.congestion, lossDetection.counters.lostPackets]).toEqual([congestion, 0])
    ack(60, 1, 1)
    expect([takeEvents(), lossDetection.roundTrip.isMeasured, lossDetection.counters.spuriousLosses])
      .toEqual([["acked 1"], false, 0])
    send(1, 70)
    ack(100, 2, 2)
    expect([takeEvents(), lossDetection.roundTrip.latestMillis]).toEqual([["acked 2", "delivered 1000"], 30])
  })
})

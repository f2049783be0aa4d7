import { describe, expect, it } from "vitest"
import type { Congestion } from "../../../../src/protocol/flock/congestion/Congestion.ts"
import { LossDetection } from "../../../../src/protocol/flock/recovery/LossDetection.ts"
import type { Frame } from "../../../../src/protocol/flock/wire/Frame.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

/** A recovery, and a list of what it said. Packet n carries MAX_DATA of n bytes and has a thousand. */
const recovery = () => {
  const said: Array<string> = []
  const numberOf = (frame: Frame): number => frame.type === "MaxData" ? frame.bytes : -1
  const congestion: Congestion = {
    name: "newreno",
    congestionWindowBytes: 100_000,
    pacingRateBytesPerMilli: Infinity,
    maxWindowBytes: Infinity,
    onDatagramBytes: () => undefined,
    sendQuantumBytes: 2400,
    onPacketSent: () => undefined,
    onAck: ({ newlyAckedBytes }) => said.push(`delivered ${newlyAckedBytes}`),
    onLoss: () => said.push("congestion"),
    onPersistentCongestion: () => said.push("persistent congestion"),
    explain: () => ({})
  }
  const one = new LossDetection(congestion, 25, {
    onFrameAcked: (frame) => said.push(`acked ${numberOf(frame)}`),
    onFrameLost: (frame) => said.push(`lost ${numberOf(frame)}`),
    onMtuProbe: (bytes, arrived) => said.push(`probe of ${bytes} ${arrived ? "arrived" : "lost"}`),
    onDatagramOutcome: () => undefined
  })
  const send = (count: number, now: number): void => {
    for (let sent = 0; sent < count; sent++) {
      const packet = one.sent.add()
      packet.frames.push({ type: "MaxData", bytes: packet.packetNumber })
      one.onSent(packet, 1000, true, now)
    }
  }
  const ack = (now: number, ...ranges: ReadonlyArray<number>): boolean =>
    one.onAck({ type: "Ack", delayMicros: 0, ranges }, now)
  const heard = (): ReadonlyArray<string> => said.splice(0)
  return { one, send, ack, heard }
}

describe("an acknowledgement", () => {
  it("frees what it names, once, and gives a round trip from the newest", () => {
    const { ack, heard, one, send } = recovery()
    send(2, 0)
    send(1, 2)
    expect(ack(50, 1, 2)).toBe(true)
    expect(heard()).toEqual(["acked 1", "acked 2", "delivered 2000"])
    expect([one.rate.bytesInFlight, one.roundTrip.latestMillis]).toEqual([1000, 48])
    ack(51, 1, 2)
    expect([heard(), one.roundTrip.latestMillis]).toEqual([[], 48])
  })

  it("of what was never sent is refused and changes nothing (R10)", () => {
    const { ack, heard, one, send } = recovery()
    send(3, 0)
    expect([ack(50, 0, 3), ack(50, 2_000_000, 2_000_000)]).toEqual([false, false])
    expect([heard(), one.rate.bytesInFlight, one.roundTrip.isMeasured]).toEqual([[], 3000, false])
  })

  it("of a number that was left out on purpose is refused (R10)", () => {
    const { ack, send, one } = recovery()
    send(2, 0)
    one.skipNumber()
    send(2, 0)
    expect([ack(50, 0, 4), ack(50, 3, 4, 0, 1)]).toEqual([false, true])
  })
})

describe("a packet", () => {
  it("is lost when three later ones arrived, and not for two", () => {
    const { ack, heard, one, send } = recovery()
    send(4, 0)
    ack(50, 3, 3)
    expect(heard()).toEqual(["acked 3", "lost 0", "congestion", "delivered 1000"])
    expect([one.rate.bytesInFlight, one.counters.lostPackets]).toEqual([2000, 1])
  })

  it("is lost when a later one arrived and nine eighths of the round trip have passed", () => {
    const { ack, heard, one, send } = recovery()
    send(1, 0)
    send(1, 16)
    ack(80, 1, 1)
    // 64 ms of round trip: the first is due at 72, which is over. The next one's time is yet to come.
    expect([heard(), one.deadline]).toEqual([["acked 1", "lost 0", "congestion", "delivered 1000"], Infinity])
    send(1, 100)
    send(1, 101)
    ack(165, 3, 3)
    expect([heard(), one.deadline]).toEqual([["acked 3", "delivered 1000"], 100 + 72])
    expect([one.onTimeout(172), heard()]).toEqual([false, ["lost 2", "congestion"]])
  })

  it("that was lost and arrives after all is no longer missing, and is not lost as early next time", () => {
    const { ack, heard, one, send } = recovery()
    send(6, 0)
    ack(50, 5, 5)
    expect(heard().filter((what) => what.startsWith("lost"))).toEqual(["lost 0", "lost 1", "lost 2"])
    ack(51, 0, 5)
    expect(heard().filter((what) => what.startsWith("acked")).toSorted()).toEqual([
      "acked 0",
      "acked 1",
      "acked 2",
      "acked 3",
      "acked 4"
    ])
    expect(one.counters.spuriousLosses).toBe(3)
    send(6, 60)
    ack(100, 11, 11)
    expect(heard().filter((what) => what.startsWith("lost"))).toEqual([])
  })

  it("that tried out a size is lost without congestion", () => {
    const { ack, heard, one, send } = recovery()
    const probe = one.sent.add()
    probe.probedBytes = 1472
    one.onSent(probe, 1472, true, 0)
    send(3, 0)
    ack(50, 1, 3)
    expect(heard()).toEqual(["acked 1", "acked 2", "acked 3", "probe of 1472 lost", "delivered 3000"])
    expect([one.counters.lostPackets, one.rate.bytesInFlight]).toEqual([0, 0])
  })

  it("that asks for no acknowledgement is not waited for", () => {
    const { one } = recovery()
    one.onSent(one.sent.add(), 40, false, 0)
    expect([one.deadline, one.rate.bytesInFlight]).toEqual([Infinity, 0])
  })
})

describe("silence", () => {
  it("lets the oldest packet's frames go again after a probe timeout, twice as late each time, and none is lost", () => {
    const { ack, heard, one, send } = recovery()
    send(1, 0)
    ack(16, 0, 0)
    heard()
    send(2, 20)
    // RFC 9002 §6.2: the round trip, four times its variation, and the peer's delay.
    const once = 16 + 4 * 8 + 25
    expect([one.deadline, one.onTimeout(20 + once)]).toEqual([20 + once, true])
    expect([heard(), one.deadline, one.rate.bytesInFlight]).toEqual([["lost 1"], 20 + 2 * once, 2000])
    one.onTimeout(20 + 2 * once)
    expect(one.deadline).toBe(20 + 4 * once)
    for (let more = 0; more < 9; more++) one.onTimeout(20 + 8 * once)
    expect(one.deadline).toBe(20 + Limits.probeTimeoutMillis)
  })

  it("after a probe of the path's size lets the data behind it go again", () => {
    const { heard, one, send } = recovery()
    const probe = one.sent.add()
    probe.probedBytes = 1472
    one.onSent(probe, 1472, true, 0)
    send(2, 0)
    one.onTimeout(2000)
    expect(heard()).toEqual(["lost 1"])
  })

  it("of many round trips between losses is persistent congestion", () => {
    const { ack, heard, send } = recovery()
    send(1, 0)
    ack(10, 0, 0)
    for (let at = 100; at < 1000; at += 100) send(1, at)
    send(1, 1000)
    ack(1010, 10, 10)
    expect(heard()).toContain("persistent congestion")
  })

  it("ends with the first acknowledgement: the next timeout is as short as the first", () => {
    const { ack, one, send } = recovery()
    send(1, 0)
    one.onTimeout(1000)
    one.onTimeout(3000)
    expect(one.timeouts).toBe(2)
    send(1, 3000)
    ack(3040, 1, 1)
    expect(one.timeouts).toBe(0)
  })

  it("holds nothing for a probe that the system did not take", () => {
    const { one, send } = recovery()
    send(1, 0)
    const probe = one.sent.add()
    probe.probedBytes = 65_507
    one.onSent(probe, 65_507, true, 0)
    expect(one.rate.bytesInFlight).toBe(66_507)
    one.forgetMtuProbe(8972)
    expect(one.rate.bytesInFlight).toBe(66_507)
    one.forgetMtuProbe(65_507)
    expect(one.rate.bytesInFlight).toBe(1000)
    expect(one.sent.next).toBe(2)
  })
})

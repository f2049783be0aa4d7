import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { frame } from "./bench.ts"
import { Client } from "./client.ts"

const { ack, fin, kpa, nack } = Frame.Kind
const idle = frame(ack, 0, 0)
const busy = frame(nack, 0, 0)

describe("a timer", () => {
  it("that fires early changes nothing", () => {
    const client = new Client()
    client.announce(1)
    expect([client.timeoutAt(999), client.core.deadline]).toEqual([[], 1000])
    expect(client.timeoutAt(1000)).toEqual(["INF 0"])
  })
})

describe("keep-alive (§5.2)", () => {
  it("begins 5 s after the end of a message", () => {
    const client = new Client()
    client.deliver()
    expect([client.timeoutAt(4999), client.timeoutAt(5000), client.core.deadline]).toEqual([[], ["KPA 0"], 10_000])
  })

  it("stops while a message is being sent, answered or not", () => {
    const client = new Client()
    client.deliver()
    client.now = 4000
    client.announce(2)
    expect(client.runUntil(20_000).filter((sent) => !sent.startsWith("INF"))).toEqual([])
  })

  it("is cancelled by a message that begins before it is sent", () => {
    const client = new Client()
    client.deliver()
    client.core.handleTimeout(5000)
    client.now = 5000
    expect(client.announce(2)).toEqual(["INF 0"])
  })

  it("begins before the first message only with a call of probe, at once and then every 5 s", () => {
    const client = new Client()
    client.now = 30_000
    expect(client.call((core) => core.probe(30_000))).toEqual(["KPA 0"])
    client.receive(idle, 30_010)
    expect([client.tags, client.core.deadline]).toEqual([["Connected"], 35_000])
    expect(client.runUntil(35_000)).toEqual(["KPA 0 @35000"])
  })

  it("before the first answer is sent every second, and after it every 5 s from the answered one (§5.2)", () => {
    const client = new Client()
    client.call((core) => core.probe(0))
    expect(client.runUntil(2500)).toEqual(["KPA 0 @1000", "KPA 0 @2000"])
    client.receive(idle, 2600)
    expect(client.runUntil(12_000)).toEqual(["KPA 0 @7000", "KPA 0 @12000"])
  })

  it("sends nothing for a call of probe in the middle of a message", () => {
    const client = new Client()
    client.announce(1)
    expect([client.call((core) => core.probe(0)), client.core.deadline]).toEqual([[], 1000])
  })
})

describe("the idle timeout (§5.3)", () => {
  it("of the first message starts at its announcement", () => {
    const client = new Client()
    client.now = 100_000
    client.announce(1)
    client.runUntil(119_999)
    expect(client.tags).toEqual([])
    client.runUntil(120_000)
    expect(client.tags).toEqual(["Lost"])
  })

  it("of a later message starts at the last received frame", () => {
    const client = new Client()
    client.deliver()
    client.runUntil(16_000)
    client.announce(2)
    client.runUntil(20_000)
    expect([client.tags, client.now]).toEqual([["Connected", "Delivered", "Lost"], 20_000])
  })

  it("of a probed peer starts at the probe", () => {
    const client = new Client()
    client.now = 50_000
    client.call((core) => core.probe(50_000))
    client.runUntil(69_999)
    expect(client.tags).toEqual([])
    client.runUntil(70_000)
    expect(client.tags).toEqual(["Lost"])
  })

  it("sends nothing when it expires", () => {
    const client = new Client()
    client.announce(1)
    client.runUntil(19_999)
    expect([client.timeoutAt(20_000), client.runUntil(60_000), client.core.isClosed]).toEqual([[], [], true])
  })

  it("is restarted by the answer to a KPA", () => {
    const client = new Client()
    client.deliver()
    client.runUntil(15_000)
    client.receive(idle, 15_010)
    client.runUntil(35_009)
    expect(client.tags).toEqual(["Connected", "Delivered"])
    client.runUntil(35_010)
    expect(client.tags.at(-1)).toBe("Lost")
  })

  it("is restarted by a NACK of the frame in flight", () => {
    const client = new Client()
    client.announce(1)
    client.offer(1)
    client.answer()
    client.runUntil(10_000)
    expect(client.answer(10_000, nack)).toEqual(["DAT 1"])
    client.runUntil(29_999)
    expect(client.tags).toEqual(["Connected"])
    client.runUntil(30_000)
    expect(client.tags).toEqual(["Connected", "Lost"])
  })

  it("is 45 s for a frame in flight, whatever else is received", () => {
    const client = new Client()
    client.announce(3)
    client.offer(3)
    client.answer(100)
    for (const now of [10_000, 20_000, 30_000, 40_000]) {
      client.runUntil(now)
      client.receive(idle)
    }
    client.runUntil(45_099)
    expect(client.tags).toEqual(["Connected"])
    client.runUntil(45_100)
    expect(client.tags).toEqual(["Connected", "Lost"])
  })

  it("and the 45 s of a frame exclude a stall of the program", () => {
    const client = new Client()
    client.announce(3)
    client.timeoutAt(600_000)
    client.runUntil(600_000 + 19_999)
    expect(client.tags).toEqual([])
    // One second had passed before the stall, and one second is allowed to read unread datagrams.
    client.runUntil(600_000 + 20_000)
    expect(client.tags).toEqual(["Lost"])
  })
})

describe("the wait for the last ACK (§5.1)", () => {
  it("of a file includes the time of the disk and is no round-trip sample", () => {
    const client = new Client()
    client.sendToLast(1, "note")
    client.answer(200)
    expect([client.tags, client.core.roundTripMillis]).toEqual([["Connected", "Delivered"], 0])
  })

  it("of a text is a round-trip sample like any other", () => {
    const client = new Client()
    client.sendToLast(1)
    client.answer(16)
    expect(client.core.roundTripMillis).toBe(2)
  })
})

describe("a probe of the delivery (§6)", () => {
  it("follows each retransmission of the last fragment, and of no other frame", () => {
    const client = new Client()
    client.announce(2)
    client.offer(2)
    expect(client.timeoutAt(1000)).toEqual(["INF 0"])
    client.answer(1000)
    expect(client.timeoutAt(2000)).toEqual(["DAT 1"])
    client.answer(2000)
    expect(client.timeoutAt(3000)).toEqual(["DAT 2", "KPA 0"])
    expect(client.timeoutAt(4000)).toEqual(["DAT 2", "KPA 0"])
  })

  it("is resolved by the ACK of the fragment: confirmed", () => {
    const client = new Client()
    client.sendToLast(1)
    client.timeoutAt(client.core.deadline)
    client.answer()
    expect(client.events.at(-1)).toEqual({
      _tag: "Delivered",
      confirmed: true,
      cost: { retransmissions: 1, repeatedNumbers: [1] }
    })
  })

  it("is resolved by an idle receiver: unconfirmed, and keep-alive continues from there", () => {
    const client = new Client()
    client.sendToLast(1)
    client.runUntil(1000)
    client.receive(idle, 1010)
    expect(client.events.at(-1)).toMatchObject({ _tag: "Delivered", confirmed: false })
    expect(client.runUntil(7000)).toEqual(["KPA 0 @6010"])
  })

  it("is not resolved by an idle receiver that was not probed", () => {
    const client = new Client()
    client.sendToLast(1)
    client.receive(idle)
    expect(client.tags).toEqual(["Connected"])
  })

  it("is not resolved for the next message by the probe for the last", () => {
    const client = new Client()
    client.sendToLast(1)
    client.runUntil(20)
    client.answer(30)
    client.now = 10_000
    client.sendToLast(2)
    client.receive(idle)
    expect(client.tags).toEqual(["Connected", "Delivered"])
  })

  it("is not resolved by a possible answer to a KPA from before the message, for 4 s", () => {
    const client = new Client()
    client.deliver()
    client.runUntil(5000)
    client.sendToLast(2)
    client.runUntil(8999)
    client.receive(idle)
    expect(client.tags).toEqual(["Connected", "Delivered"])
    client.receive(idle, 9000)
    expect(client.events.at(-1)).toMatchObject({ _tag: "Delivered", confirmed: false })
  })

  it("continues while the receiver answers NACK(0), which restarts the idle timer", () => {
    const client = new Client()
    client.sendToLast(1, "note")
    client.runUntil(15_000)
    client.receive(busy)
    client.runUntil(34_999)
    expect([client.tags, client.core.counters.stale]).toEqual([["Connected"], 0])
    client.runUntil(35_000)
    expect(client.tags).toEqual(["Connected", "Lost"])
  })

  it("ends with the message: NACK(0) does not restart the idle timer of an idle client", () => {
    const client = new Client()
    client.call((core) => core.probe(0))
    client.receive(busy)
    expect([client.tags, client.core.counters.stale]).toEqual([[], 1])
    client.sendToLast(1)
    client.runUntil(1000)
    client.answer(1010)
    client.receive(busy, 20_000)
    expect([client.tags, client.core.counters.stale]).toEqual([["Connected", "Delivered"], 2])
    client.runUntil(21_010)
    expect(client.tags.at(-1)).toBe("Lost")
  })

  it("is resolved by FIN: declined", () => {
    const client = new Client()
    client.sendToLast(1)
    client.runUntil(1000)
    client.receive(frame(fin, 0, 0))
    expect([client.tags, client.core.isClosed]).toEqual([["Connected", "Declined"], true])
  })
})

describe("FIN (§6)", () => {
  it("between messages ends the connection, and counts as an answer", () => {
    const client = new Client()
    client.call((core) => core.probe(0))
    expect([client.receive(frame(fin, 0, 0)), client.tags]).toEqual([[], ["Connected", "Ended"]])
    expect([client.runUntil(60_000), client.receive(frame(kpa, 0, 0))]).toEqual([[], []])
  })
})

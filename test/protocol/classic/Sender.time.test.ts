import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { frame } from "./bench.ts"
import { Client } from "./client.ts"

const { ack, fin, kpa, nack } = Frame.Kind
const idle = frame(ack, 0, 0)
const busy = frame(nack, 0, 0)

describe("a timer", () => {
  it("that fires before it is due changes nothing", () => {
    const client = new Client()
    client.announce(1)
    expect([client.at(999), client.core.deadline]).toEqual([[], 1000])
    expect(client.at(1000)).toEqual(["INF 0"])
  })
})

describe("keep-alive (§5.2)", () => {
  it("begins 5 s after a message's end", () => {
    const client = new Client()
    client.deliver()
    expect([client.at(4999), client.at(5000), client.core.deadline]).toEqual([[], ["KPA 0"], 10_000])
  })

  it("rests while a message is on its way, answered or not", () => {
    const client = new Client()
    client.deliver()
    client.now = 4000
    client.announce(2)
    expect(client.until(20_000).filter((sent) => !sent.startsWith("INF"))).toEqual([])
  })

  it("gives way to a message that is announced before it went", () => {
    const client = new Client()
    client.deliver()
    client.core.handleTimeout(5000)
    client.now = 5000
    expect(client.announce(2)).toEqual(["INF 0"])
  })

  it("asks before the first message only when it is told to, at once and then every 5 s", () => {
    const client = new Client()
    client.now = 30_000
    expect(client.do((core) => core.probe(30_000))).toEqual(["KPA 0"])
    client.get(idle, 30_010)
    expect([client.tags, client.core.deadline]).toEqual([["Connected"], 35_000])
    expect(client.until(35_000)).toEqual(["KPA 0 @35000"])
  })

  it("does not ask in the middle of a message when it is told to", () => {
    const client = new Client()
    client.announce(1)
    expect([client.do((core) => core.probe(0)), client.core.deadline]).toEqual([[], 1000])
  })
})

describe("silence (§5.3)", () => {
  it("of the first message counts from its announcement", () => {
    const client = new Client()
    client.now = 100_000
    client.announce(1)
    client.until(119_999)
    expect(client.tags).toEqual([])
    client.until(120_000)
    expect(client.tags).toEqual(["Lost"])
  })

  it("of a later message counts from what was heard last", () => {
    const client = new Client()
    client.deliver()
    client.until(16_000)
    client.announce(2)
    client.until(20_000)
    expect([client.tags, client.now]).toEqual([["Connected", "Delivered", "Lost"], 20_000])
  })

  it("of a peer that was asked counts from the question", () => {
    const client = new Client()
    client.now = 50_000
    client.do((core) => core.probe(50_000))
    client.until(69_999)
    expect(client.tags).toEqual([])
    client.until(70_000)
    expect(client.tags).toEqual(["Lost"])
  })

  it("is silent at its end too", () => {
    const client = new Client()
    client.announce(1)
    client.until(19_999)
    expect([client.at(20_000), client.until(60_000), client.core.isClosed]).toEqual([[], [], true])
  })

  it("is broken by the answer to a keep-alive", () => {
    const client = new Client()
    client.deliver()
    client.until(15_000)
    client.get(idle, 15_010)
    client.until(35_009)
    expect(client.tags).toEqual(["Connected", "Delivered"])
    client.until(35_010)
    expect(client.tags.at(-1)).toBe("Lost")
  })

  it("is broken by a NACK of the frame in flight", () => {
    const client = new Client()
    client.announce(1)
    client.offer(1)
    client.answer()
    client.until(10_000)
    expect(client.answer(10_000, nack)).toEqual(["DAT 1"])
    client.until(29_999)
    expect(client.tags).toEqual(["Connected"])
    client.until(30_000)
    expect(client.tags).toEqual(["Connected", "Lost"])
  })

  it("does not matter to a frame that is 45 s in flight, whatever else was heard", () => {
    const client = new Client()
    client.announce(3)
    client.offer(3)
    client.answer(100)
    for (const now of [10_000, 20_000, 30_000, 40_000]) {
      client.until(now)
      client.get(idle)
    }
    client.until(45_099)
    expect(client.tags).toEqual(["Connected"])
    client.until(45_100)
    expect(client.tags).toEqual(["Connected", "Lost"])
  })

  it("and the 45 s of a frame do not count a standstill of the program", () => {
    const client = new Client()
    client.announce(3)
    client.at(600_000)
    client.until(600_000 + 19_999)
    expect(client.tags).toEqual([])
    // A second of silence had passed when the program stopped, and a second is given to read what waits.
    client.until(600_000 + 20_000)
    expect(client.tags).toEqual(["Lost"])
  })
})

describe("the wait for the last ACK (§5.1)", () => {
  it("of a file is the disk's time and measures no path", () => {
    const client = new Client()
    client.sendToLast(1, "note")
    client.answer(200)
    expect([client.tags, client.core.roundTripMillis]).toEqual([["Connected", "Delivered"], 0])
  })

  it("of a text measures the path like any other", () => {
    const client = new Client()
    client.sendToLast(1)
    client.answer(16)
    expect(client.core.roundTripMillis).toBe(2)
  })
})

describe("a delivery in doubt (§6)", () => {
  it("is asked for behind each repeat of the last fragment, and of no other frame", () => {
    const client = new Client()
    client.announce(2)
    client.offer(2)
    expect(client.at(1000)).toEqual(["INF 0"])
    client.answer(1000)
    expect(client.at(2000)).toEqual(["DAT 1"])
    client.answer(2000)
    expect(client.at(3000)).toEqual(["DAT 2", "KPA 0"])
    expect(client.at(4000)).toEqual(["DAT 2", "KPA 0"])
  })

  it("is settled by the fragment's own ACK: confirmed", () => {
    const client = new Client()
    client.sendToLast(1)
    client.at(client.core.deadline)
    client.answer()
    expect(client.events.at(-1)).toEqual({
      _tag: "Delivered",
      confirmed: true,
      cost: { retransmissions: 1, repeatedNumbers: [1] }
    })
  })

  it("is settled by an idle receiver: unconfirmed, and keep-alive goes on from there", () => {
    const client = new Client()
    client.sendToLast(1)
    client.until(1000)
    client.get(idle, 1010)
    expect(client.events.at(-1)).toMatchObject({ _tag: "Delivered", confirmed: false })
    expect(client.until(7000)).toEqual(["KPA 0 @6010"])
  })

  it("is not settled by an idle receiver that was not asked", () => {
    const client = new Client()
    client.sendToLast(1)
    client.get(idle)
    expect(client.tags).toEqual(["Connected"])
  })

  it("is not settled for the next message by what was asked for the last", () => {
    const client = new Client()
    client.sendToLast(1)
    client.until(20)
    client.answer(30)
    client.now = 10_000
    client.sendToLast(2)
    client.get(idle)
    expect(client.tags).toEqual(["Connected", "Delivered"])
  })

  it("is not settled by what may answer a KPA from before the message, for 4 s", () => {
    const client = new Client()
    client.deliver()
    client.until(5000)
    client.sendToLast(2)
    client.until(8999)
    client.get(idle)
    expect(client.tags).toEqual(["Connected", "Delivered"])
    client.get(idle, 9000)
    expect(client.events.at(-1)).toMatchObject({ _tag: "Delivered", confirmed: false })
  })

  it("lasts while the receiver says that it is not done, which is not silence", () => {
    const client = new Client()
    client.sendToLast(1, "note")
    client.until(15_000)
    client.get(busy)
    client.until(34_999)
    expect([client.tags, client.core.counters.stale]).toEqual([["Connected"], 0])
    client.until(35_000)
    expect(client.tags).toEqual(["Connected", "Lost"])
  })

  it("is over with the message: NACK(0) is nothing that an idle client hears", () => {
    const client = new Client()
    client.do((core) => core.probe(0))
    client.get(busy)
    expect([client.tags, client.core.counters.stale]).toEqual([[], 1])
    client.sendToLast(1)
    client.until(1000)
    client.answer(1010)
    client.get(busy, 20_000)
    expect([client.tags, client.core.counters.stale]).toEqual([["Connected", "Delivered"], 2])
    client.until(21_010)
    expect(client.tags.at(-1)).toBe("Lost")
  })

  it("is settled by FIN: declined", () => {
    const client = new Client()
    client.sendToLast(1)
    client.until(1000)
    client.get(frame(fin, 0, 0))
    expect([client.tags, client.core.isClosed]).toEqual([["Connected", "Declined"], true])
  })
})

describe("FIN (§6)", () => {
  it("from an idle peer ends the connection, and is itself heard", () => {
    const client = new Client()
    client.do((core) => core.probe(0))
    expect([client.get(frame(fin, 0, 0)), client.tags]).toEqual([[], ["Connected", "Ended"]])
    expect([client.until(60_000), client.get(frame(kpa, 0, 0))]).toEqual([[], []])
  })
})

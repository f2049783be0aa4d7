import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { frame } from "./bench.ts"
import { Client } from "./client.ts"

const { ack, fin, kpa } = Frame.Kind

describe("an application", () => {
  it("sends one message at a time (§1)", () => {
    const client = new Client()
    client.announce(1)
    expect(() => client.announce(1)).toThrow("Sender.announce: the connection has ended, or another message is current")
    client.offer(1)
    client.answer()
    client.answer()
    expect(client.announce(2)).toEqual(["INF 0"])
  })

  it("sends nothing more on a connection that is over", () => {
    const client = new Client()
    client.do((core) => core.leave())
    expect(() => client.announce(1)).toThrow("Sender.announce: the connection has ended, or another message is current")
    expect(client.do((core) => core.probe(0))).toEqual([])
  })

  it("is asked for content from the announcement until all of it was offered", () => {
    const client = new Client()
    const states = [client.core.isWanting]
    client.announce(2)
    states.push(client.core.isWanting)
    client.offer(2)
    states.push(client.core.isWanting)
    expect(states).toEqual([false, true, false])
  })

  it("offers nothing that was not wanted", () => {
    const client = new Client()
    client.announce(1)
    client.offer(1)
    expect(() => client.offer(1)).toThrow("Sender.offer: called while isWanting is false")
  })

  it("may find the connection ended when it offers: the content is dropped", () => {
    const client = new Client()
    client.announce(3)
    client.get(frame(fin, 0, 0))
    expect(client.offer(3)).toEqual([])
  })

  it("offers ahead: the content waits while a frame is in flight (§4.1)", () => {
    const client = new Client()
    client.announce(2)
    expect(client.offer(2)).toEqual([])
    expect(client.answer()).toEqual(["DAT 1"])
    expect(client.answer()).toEqual(["DAT 2"])
  })

  it("offers late: the content goes at once when nothing is in flight", () => {
    const client = new Client()
    client.announce(2)
    expect(client.answer()).toEqual([])
    expect(client.core.deadline).toBe(Infinity)
    expect(client.offer(1)).toEqual(["DAT 1"])
    expect(client.answer()).toEqual([])
    expect(client.offer(1)).toEqual(["DAT 2"])
  })

  it("may take its time, which is nobody's silence (§5.3)", () => {
    const client = new Client()
    client.announce(1)
    client.answer(10)
    client.now = 100_000
    client.offer(1)
    client.until(119_999)
    expect(client.tags).toEqual(["Connected"])
    client.until(120_000)
    expect(client.tags).toEqual(["Connected", "Lost"])
  })

  it("sees how many fragments were acknowledged, those of the name included", () => {
    const client = new Client()
    const acknowledged = [client.core.acknowledgedFragments]
    client.announce(1, "notes")
    client.offer(1)
    for (let answers = 0; answers < 4; answers++) {
      acknowledged.push(client.core.acknowledgedFragments)
      client.answer()
    }
    expect(acknowledged).toEqual([0, 0, 0, 1, 2])
    expect(client.core.acknowledgedFragments).toBe(0)
  })

  it("sees the round trip once it was measured", () => {
    const client = new Client()
    client.announce(1)
    expect(client.core.roundTripMillis).toBeUndefined()
    client.answer(40)
    expect(client.core.roundTripMillis).toBe(40)
  })

  it("hears once that the peer is there, and each event once", () => {
    const client = new Client()
    client.deliver()
    client.deliver(2)
    expect(client.tags).toEqual(["Connected", "Delivered", "Delivered"])
    expect(client.core.pollEvents()).toEqual([])
  })

  it("takes no memory when it asks for events and there are none", () => {
    const client = new Client()
    expect(client.core.pollEvents()).toBe(client.core.pollEvents())
  })
})

describe("leaving", () => {
  it("is one FIN, at once, in the middle of a message too (§6)", () => {
    const client = new Client()
    client.announce(1)
    expect(client.do((core) => core.leave())).toEqual(["FIN 0"])
    expect(client.do((core) => core.leave())).toEqual([])
    expect([client.core.isClosed, client.core.deadline, client.tags]).toEqual([true, Infinity, []])
  })

  it("sends FIN in place of a KPA that is due", () => {
    const client = new Client()
    client.deliver()
    client.now = 5000
    client.core.handleTimeout(5000)
    expect(client.do((core) => core.leave())).toEqual(["FIN 0"])
  })

  it("is silent when there is nobody to hear it", () => {
    const client = new Client()
    client.announce(1)
    client.do((core) => core.abandon())
    expect([client.until(60_000), client.core.isClosed]).toEqual([[], true])
  })

  it("ends all listening: what arrives later is neither heard nor counted", () => {
    const client = new Client()
    client.do((core) => core.leave())
    client.get(frame(fin, 0, 0))
    client.get(new Uint8Array(3))
    client.get(frame(ack, 1, 1))
    expect(client.events).toEqual([])
    expect(client.core.counters).toEqual({ malformed: 0, stale: 0, unexpected: 0 })
  })

  it("says FIN in the sender's dialect, as it says KPA (§2.2)", () => {
    const sizeOf = (dialect: Frame.Dialect, verb: "leave" | "probe"): number | undefined => {
      const client = new Client(dialect)
      const target = new Uint8Array(Frame.maxFrameBytes)
      client.core[verb](0)
      const sent = Frame.decode(target.slice(0, client.core.pollTransmit(target, 0)))
      return typeof sent === "string" ? undefined : sent.fragmentSize
    }
    expect([sizeOf("frame", "leave"), sizeOf("payload", "leave")]).toEqual([13, 0])
    expect([sizeOf("frame", "probe"), sizeOf("payload", "probe")]).toEqual([13, 0])
  })
})

describe("what is of no use to a client", () => {
  it("is counted by reason, and changes nothing", () => {
    const client = new Client()
    client.announce(2)
    const others = [
      new Uint8Array(5),
      frame(Frame.Kind.inf, 0, 2, Uint8Array.of(Frame.textMark)),
      frame(Frame.Kind.dat, 1, 2),
      frame(kpa, 0, 0),
      frame(ack, 1, 2),
      frame(Frame.Kind.nack, 1, 2),
      frame(Frame.Kind.nack, 0, 0)
    ]
    for (const bytes of others) expect(client.get(bytes, 500)).toEqual([])
    expect(client.core.counters).toEqual({ malformed: 1, stale: 3, unexpected: 3 })
    expect(client.events).toEqual([])
    // None of it was heard: the peer is lost 20 s after the announcement.
    client.until(20_000)
    expect(client.tags).toEqual(["Lost"])
  })
})

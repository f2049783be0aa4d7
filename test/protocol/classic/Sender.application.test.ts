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

  it("sends nothing after the end of the connection", () => {
    const client = new Client()
    client.call((core) => core.leave())
    expect(() => client.announce(1)).toThrow("Sender.announce: the connection has ended, or another message is current")
    expect(client.call((core) => core.probe(0))).toEqual([])
  })

  it("is requested to offer content from the announcement until all of it was offered", () => {
    const client = new Client()
    const states = [client.core.wantsContent]
    client.announce(2)
    states.push(client.core.wantsContent)
    client.offer(2)
    states.push(client.core.wantsContent)
    expect(states).toEqual([false, true, false])
  })

  it("cannot offer content that was not requested", () => {
    const client = new Client()
    client.announce(1)
    client.offer(1)
    expect(() => client.offer(1)).toThrow("Sender.offer: called while wantsContent is false")
  })

  it("may offer content after the end of the connection, which is dropped", () => {
    const client = new Client()
    client.announce(3)
    client.receive(frame(fin, 0, 0))
    expect(client.offer(3)).toEqual([])
  })

  it("may offer early: the content waits while a frame is in flight (§4.1)", () => {
    const client = new Client()
    client.announce(2)
    expect(client.offer(2)).toEqual([])
    expect(client.answer()).toEqual(["DAT 1"])
    expect(client.answer()).toEqual(["DAT 2"])
  })

  it("may offer late: the content is sent at once when nothing is in flight", () => {
    const client = new Client()
    client.announce(2)
    expect(client.answer()).toEqual([])
    expect(client.core.deadline).toBe(Infinity)
    expect(client.offer(1)).toEqual(["DAT 1"])
    expect(client.answer()).toEqual([])
    expect(client.offer(1)).toEqual(["DAT 2"])
  })

  it("may take its time, which is not idle time of the peer (§5.3)", () => {
    const client = new Client()
    client.announce(1)
    client.answer(10)
    client.now = 100_000
    client.offer(1)
    client.runUntil(119_999)
    expect(client.tags).toEqual(["Connected"])
    client.runUntil(120_000)
    expect(client.tags).toEqual(["Connected", "Lost"])
  })

  it("can read the number of acknowledged fragments, including the fragments of the name", () => {
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

  it("can read the round trip after the first sample", () => {
    const client = new Client()
    client.announce(1)
    expect(client.core.roundTripMillis).toBeUndefined()
    client.answer(40)
    expect(client.core.roundTripMillis).toBe(40)
  })

  it("receives Connected once, and each event once", () => {
    const client = new Client()
    client.deliver()
    client.deliver(2)
    expect(client.tags).toEqual(["Connected", "Delivered", "Delivered"])
    expect(client.core.pollEvents()).toEqual([])
  })

  it("polls without an allocation when there are no events", () => {
    const client = new Client()
    expect(client.core.pollEvents()).toBe(client.core.pollEvents())
  })
})

describe("the end by the application", () => {
  it("is one FIN, at once, in the middle of a message too (§6)", () => {
    const client = new Client()
    client.announce(1)
    expect(client.call((core) => core.leave())).toEqual(["FIN 0"])
    expect(client.call((core) => core.leave())).toEqual([])
    expect([client.core.isClosed, client.core.deadline, client.tags]).toEqual([true, Infinity, []])
  })

  it("sends FIN in place of a KPA that is due", () => {
    const client = new Client()
    client.deliver()
    client.now = 5000
    client.core.handleTimeout(5000)
    expect(client.call((core) => core.leave())).toEqual(["FIN 0"])
  })

  it("sends nothing when the peer cannot be reached", () => {
    const client = new Client()
    client.announce(1)
    client.call((core) => core.abandon())
    expect([client.runUntil(60_000), client.core.isClosed]).toEqual([[], true])
  })

  it("ends the processing of datagrams: later ones are neither processed nor counted", () => {
    const client = new Client()
    client.call((core) => core.leave())
    client.receive(frame(fin, 0, 0))
    client.receive(new Uint8Array(3))
    client.receive(frame(ack, 1, 1))
    expect(client.events).toEqual([])
    expect(client.core.counters).toEqual({ malformed: 0, stale: 0, unexpected: 0 })
  })

  it("sends FIN in the dialect of the sender, like KPA (§2.2)", () => {
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

describe("a datagram that is not for a client", () => {
  it("is counted by reason and changes nothing", () => {
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
    for (const bytes of others) expect(client.receive(bytes, 500)).toEqual([])
    expect(client.core.counters).toEqual({ malformed: 1, stale: 3, unexpected: 3 })
    expect(client.events).toEqual([])
    // None of them restarts the idle timer: the peer is lost 20 s after the announcement.
    client.runUntil(20_000)
    expect(client.tags).toEqual(["Lost"])
  })
})

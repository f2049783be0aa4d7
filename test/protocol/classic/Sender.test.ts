import { describe, expect, it } from "vitest"
import { Loop, script } from "../../models/loop.ts"
import { OurClient, OurServer } from "../../models/ours.ts"
import { content, countOf, framesOf, text } from "./exchange.ts"

const inf = 0
const ack = 1
const dat = 3

const run = (client: OurClient, server: OurServer, options: ConstructorParameters<typeof Loop>[2] = {}): Loop => {
  const loop = new Loop(client, server, options)
  loop.runFor(120_000)
  return loop
}

const client = (bytes: number, fragmentSize = 4): OurClient => {
  const node = new OurClient()
  node.send({ kind: "text", content: content(bytes), fragmentSize })
  node.leave()
  return node
}

describe("a clean path", () => {
  it("needs one INF, one DAT per fragment and one FIN", () => {
    const loop = run(client(11), new OurServer())
    expect(framesOf(loop, "left")).toEqual(["INF 0", "DAT 1", "DAT 2", "DAT 3", "FIN 0"])
    expect(framesOf(loop, "right")).toEqual(["ACK 0", "ACK 1", "ACK 2", "ACK 3"])
  })

  it("sends the name of a file before its content", () => {
    const sender = new OurClient()
    const server = new OurServer()
    sender.send({ kind: "file", name: "žluťoučký.txt", content: content(9), fragmentSize: 4 })
    run(sender, server)
    expect(server.received).toEqual([{ kind: "file", name: "žluťoučký.txt", content: Buffer.from(content(9)) }])
  })

  it("sends an empty message as one DAT without data", () => {
    const server = new OurServer()
    const loop = run(client(0), server)
    expect(framesOf(loop, "left")).toEqual(["INF 0", "DAT 1", "FIN 0"])
    expect(server.received[0]?.content.length).toBe(0)
  })

  it("sends messages one after another over one connection", () => {
    const sender = new OurClient()
    const server = new OurServer()
    for (const word of ["one", "two", "two", ""]) sender.send({ kind: "text", content: text(word) })
    run(sender, server)
    expect(server.received.map(({ content: bytes }) => bytes.toString())).toEqual(["one", "two", "two", ""])
  })
})

describe("retransmission", () => {
  it("retransmits the first frame every second, and loses the peer after 20 s", () => {
    const node = client(4)
    const loop = run(node, new OurServer(), { script: script({ from: "left", action: "drop" }) })
    const expected = Array.from({ length: 20 }, (_, n) => `INF 0 @${n * 1000}`)
    expect(framesOf(loop, "left", true)).toEqual(expected)
    expect(node.ending).toBe("Lost")
  })

  it("occurs at the measured timeout and backs off to 1 s", () => {
    // The round trip is 20 ms: after four samples RFC 6298 gives 20 + 4 × 10 × (3/4)³ ms.
    const node = client(16)
    const loop = run(node, new OurServer(), {
      script: script({ from: "left", type: dat, sequence: 4, action: "drop" })
    })
    const times = loop.sentBy("left").filter(({ frame }) => frame?.sequence === 4).map(({ sentAt }) => sentAt)
    const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0))
    expect(waits.slice(0, 8).map(Math.round)).toEqual([37, 74, 148, 295, 590, 1000, 1000, 1000])
    expect(node.ending).toBe("Lost")
  })

  it.each([["INF", inf, 0], ["a middle DAT", dat, 2], ["the last DAT", dat, 3]])(
    "recovers from a lost ACK of %s",
    (_, type, sequence) => {
      const node = client(12)
      const server = new OurServer()
      const loop = run(node, server, {
        script: script({ from: "right", type: ack, sequence, nth: [0], action: "drop" })
      })
      expect(server.received.length).toBe(1)
      expect(node.delivered).toMatchObject([{ confirmed: true, cost: { retransmissions: 1 } }])
      expect(countOf(loop, "left", type === inf ? "INF" : `DAT ${sequence}`)).toBe(2)
      const endedAt = loop.sentBy("left").at(-1)?.sentAt ?? Infinity
      expect(endedAt).toBeLessThan(1100 + 80)
    }
  )

  it("ends when everything after the announcement is lost", () => {
    const node = client(12)
    run(node, new OurServer(), { script: script({ from: "left", type: dat, action: "drop" }) })
    expect(node.ending).toBe("Lost")
  })
})

describe("a duplicated ACK (the Sorcerer's Apprentice)", () => {
  it.each([1, 2, 3])("causes no retransmission: ACK %i twice sends no DAT twice", (sequence) => {
    const loop = run(client(12), new OurServer(), {
      script: script({ from: "right", type: ack, sequence, action: "duplicate" })
    })
    expect(countOf(loop, "left", "DAT")).toBe(3)
  })

  it("causes one retransmission when the ACK is late, and none after it", () => {
    const late = script({ from: "right", type: ack, sequence: 2, nth: [0], action: { delay: 60 } })
    const node = client(40)
    const loop = run(node, new OurServer(), { script: late })
    expect(countOf(loop, "left", "DAT")).toBe(11)
    expect(node.core.counters.stale).toBe(1)
  })

  it("causes no copy of a DAT when every datagram is duplicated", () => {
    const server = new OurServer()
    const loop = run(client(40), server, { script: () => "duplicate" })
    expect(countOf(loop, "left", "DAT")).toBe(10)
    expect(server.received.length).toBe(1)
  })
})

describe("a round trip that rises", () => {
  it("is measured by the second answers and causes few retransmissions", () => {
    const node = client(1600)
    const slow = 250
    const loop = run(node, new OurServer(), {
      script: (passage) => passage.from === "left" && (passage.frame?.sequence ?? 0) > 50 ? { delay: slow } : "pass"
    })
    expect(node.delivered.length).toBe(1)
    expect(countOf(loop, "left", "DAT")).toBeLessThan(440)
  })
})

describe("a name that ends in a full fragment", () => {
  it("is not reported as delivered when the ACK of a retransmitted INF is late", () => {
    const node = new OurClient()
    const server = new OurServer()
    node.send({ kind: "file", name: "abcd", content: content(8), fragmentSize: 4 })
    const late = new Uint8Array([0, 0, 1, 0, 0, 3, 0, 17, ack, 0, 0, 0, 0])
    let isSent = false
    run(node, server, {
      script: (passage) => {
        if (passage.from === "left" && passage.frame?.type === inf && passage.index === 0) return "drop"
        if (passage.from === "left" && passage.frame?.type === dat && passage.frame.sequence === 1 && !isSent) {
          isSent = true
          node.receive(late, "right", passage.sentAt)
          return "drop"
        }
        return "pass"
      }
    })
    expect(server.received).toMatchObject([{ name: "abcd" }])
  })
})

describe("NACK", () => {
  it("is answered by the same DAT at once", () => {
    const node = client(12)
    const loop = run(node, new OurServer(), {
      script: script({ from: "left", type: dat, sequence: 2, nth: [0], action: "damage" })
    })
    expect(framesOf(loop, "left", true)).toEqual([
      "INF 0 @0",
      "DAT 1 @20",
      "DAT 2 @40",
      "DAT 2 @60",
      "DAT 3 @80",
      "FIN 0 @100"
    ])
    expect(node.delivered[0]?.cost).toEqual({ retransmissions: 1, repeatedNumbers: [2] })
  })

  it("that is duplicated causes a bounded number of copies", () => {
    const loop = run(client(12), new OurServer(), {
      script: (passage) => passage.from === "right" ? "duplicate" : passage.index === 2 ? "damage" : "pass"
    })
    expect(countOf(loop, "left", "DAT 2")).toBeLessThanOrEqual(3)
  })
})

describe("the connection", () => {
  it("has a KPA every 5 s after the last frame, and none during a message", () => {
    const node = new OurClient()
    node.send({ kind: "text", content: content(8), fragmentSize: 4 })
    const loop = new Loop(node, new OurServer(), { latency: 0 })
    loop.runFor(16_000)
    expect(framesOf(loop, "left", true)).toEqual([
      "INF 0 @0",
      "DAT 1 @0",
      "DAT 2 @0",
      "KPA 0 @5000",
      "KPA 0 @10000",
      "KPA 0 @15000"
    ])
    loop.runFor(2000)
    node.send({ kind: "text", content: content(4), fragmentSize: 4 })
    loop.runFor(6000)
    expect(framesOf(loop, "left", true).slice(6)).toEqual(["INF 0 @18000", "DAT 1 @18000", "KPA 0 @23000"])
  })

  it("is lost after 20 s of unanswered KPAs", () => {
    const node = new OurClient()
    node.send({ kind: "text", content: content(4) })
    const loop = new Loop(node, new OurServer(), {
      latency: 0,
      script: ({ from, sentAt }) => from === "right" && sentAt > 0 ? "drop" : "pass"
    })
    loop.runUntil(() => node.ending !== undefined, 60_000)
    expect([node.ending, loop.now]).toEqual(["Lost", 20_000])
  })

  it("has no KPA before its first message", () => {
    const loop = new Loop(new OurClient(), new OurServer())
    loop.runFor(60_000)
    expect(loop.history).toEqual([])
  })

  it("ends when the server answers a KPA by FIN", () => {
    const node = new OurClient()
    const server = new OurServer()
    node.send({ kind: "text", content: content(4) })
    const loop = new Loop(node, server)
    loop.runFor(1000)
    server.leaving = true
    loop.runFor(60_000)
    expect(node.ending).toBe("Ended")
    expect(server.events.at(-1)).toMatchObject({ _tag: "Disconnected", reason: "left" })
  })

  it("is declined by FIN in the middle of a message", () => {
    const node = client(40)
    const server = new OurServer()
    server.refuses.add(1)
    const loop = run(node, server)
    expect(node.ending).toBe("Declined")
    expect(countOf(loop, "right", "FIN")).toBe(1)
  })

  it("does not count a stall of the program as idle time of the peer", () => {
    const node = new OurClient()
    node.send({ kind: "text", content: content(4) })
    const loop = new Loop(node, new OurServer(), { latency: 0 })
    loop.runFor(0)
    node.core.handleTimeout(3_600_000)
    expect(node.core.isClosed).toBe(false)
    expect(node.core.deadline).toBeGreaterThan(3_600_000)
  })
})

/** Our cores with the models of the existing programs, in both roles, over reliable and unreliable paths. */
import { describe, expect, it } from "vitest"
import { content, countOf, framesOf, text } from "../protocol/classic/exchange.ts"
import { ExistingClient } from "./ExistingClient.ts"
import { ExistingServer } from "./ExistingServer.ts"
import type { Action, LoopOptions } from "./loop.ts"
import { Loop, nodeOfOnePeer, script } from "./loop.ts"
import { OurClient, OurServer } from "./ours.ts"

const ack = 1
const dat = 3
const kpa = 4

/** Reproducible random numbers: a linear congruential generator (Numerical Recipes). */
const chance = (seed: number): () => number => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Loses, duplicates and damages datagrams at random; with `answers` in both directions. */
const badWire = (seed: number, { loss, duplicate = 0, damage = 0 }: Record<string, number> & { loss: number }) => {
  const next = chance(seed)
  return (): Action => {
    const drawn = next()
    if (drawn < loss) return "drop"
    if (drawn < loss + duplicate) return "duplicate"
    return drawn < loss + duplicate + damage ? "damage" : "pass"
  }
}

describe("our client with an existing server", () => {
  const run = (client: OurClient, options: LoopOptions = {}) => {
    const server = new ExistingServer()
    const loop = new Loop(client, server, options)
    loop.runFor(300_000)
    expect(server.accidents).toBe(0)
    return { server, loop }
  }
  const sending = (...messages: ReadonlyArray<Parameters<OurClient["send"]>[0]>): OurClient => {
    const client = new OurClient()
    for (const message of messages) client.send(message)
    client.leave()
    return client
  }

  it("sends a text, a file, an empty text and an empty file", () => {
    const { server } = run(sending(
      { kind: "text", content: text("Toto je text, ktorý sa poslal"), fragmentSize: 4 },
      { kind: "file", name: "príloha.bin", content: content(5000), fragmentSize: 100 },
      { kind: "text", content: content(0) },
      { kind: "file", name: "e", content: content(0) }
    ))
    expect(server.received.map(({ kind, name = "", bytes }) => [kind, name, bytes.length])).toEqual([
      ["text", "", 30],
      ["file", "príloha.bin", 5000],
      ["text", "", 0],
      ["file", "e", 0]
    ])
    expect(server.ending).toBe("peerLeft")
  })

  it("accepts the ACK without a data byte as the answer to a retransmitted INF", () => {
    const client = sending({ kind: "text", content: content(10), fragmentSize: 4 })
    const { server } = run(client, { script: script({ from: "right", type: ack, nth: [0], action: "drop" }) })
    expect(server.counters.announcedAgain).toBe(1)
    expect(client.delivered).toMatchObject([{ confirmed: true }])
  })

  it("reports a message as delivered and unconfirmed within two timeouts when its last ACK was lost", () => {
    const client = sending({ kind: "text", content: content(10), fragmentSize: 4 })
    const { loop } = run(client, { script: script({ from: "right", type: ack, sequence: 3, action: "drop" }) })
    expect(client.delivered).toMatchObject([{ confirmed: false, cost: { retransmissions: 1 } }])
    expect(countOf(loop, "left", "KPA")).toBe(1)
    expect(loop.sentBy("left").at(-1)?.sentAt).toBeLessThan(200)
  })

  it("retransmits further when the answer to the probe shows that the last DAT is missing", () => {
    const client = sending({ kind: "text", content: content(10), fragmentSize: 4 })
    const rules = script({ from: "left", type: dat, sequence: 3, nth: [0, 1, 2], action: "drop" })
    const { server } = run(client, { script: rules })
    expect(client.delivered).toMatchObject([{ confirmed: true }])
    expect(server.received.length).toBe(1)
  })

  it("ends by FIN in answer to a KPA", () => {
    const client = new OurClient()
    const server = new ExistingServer()
    client.send({ kind: "text", content: content(10) })
    const loop = new Loop(client, server)
    loop.runFor(1000)
    server.leave()
    loop.runFor(60_000)
    expect([client.ending, server.ending]).toEqual(["Ended", "left"])
  })

  it("stays connected for five minutes with a KPA every 5 s, and leaves by FIN", () => {
    const client = new OurClient()
    client.send({ kind: "text", content: content(10) })
    const server = new ExistingServer()
    const loop = new Loop(client, server)
    loop.runFor(302_000)
    expect([client.ending, server.counters.keepAlives, server.accidents]).toEqual([undefined, 60, 0])
    client.leave()
    loop.runFor(5000)
    expect([server.ending, framesOf(loop, "left").at(-1)]).toEqual(["peerLeft", "FIN 0"])
  })

  it("never has two DATs in flight", () => {
    const { loop } = run(sending({ kind: "text", content: content(400), fragmentSize: 4 }), {
      script: badWire(5, { loss: 0.1, damage: 0.05 })
    })
    const latency = 10
    const times = loop.sentBy("left").filter(({ frame }) => frame?.type === dat)
    const tooEarly = times.filter(({ frame, sentAt }, at) =>
      at > 0 && frame?.sequence !== times[at - 1]?.frame?.sequence &&
      sentAt - (times[at - 1]?.sentAt ?? 0) < 2 * latency
    )
    expect(tooEarly.length).toBe(0)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("completes over 30 %% loss and 5 %% damage (seed %i)", (seed) => {
    const client = sending({ kind: "file", name: "f.bin", content: content(3000), fragmentSize: 50 })
    const { server } = run(client, { script: badWire(seed, { loss: 0.3, damage: 0.05 }) })
    expect(client.delivered.length).toBe(1)
    expect(server.received.map(({ bytes }) => Buffer.compare(bytes, content(3000)))).toEqual([0])
  })
})

describe("our server with an existing client", () => {
  const run = (client: ExistingClient, server: OurServer, options: LoopOptions = {}, millis = 600_000) => {
    const loop = new Loop(nodeOfOnePeer(client), server, options)
    loop.runFor(millis)
    return loop
  }
  const texts = (server: OurServer): ReadonlyArray<string> =>
    server.received.map(({ content: bytes }) => new TextDecoder().decode(bytes))

  it.each(["frame", "payload"] as const)("receives texts and files in the %s dialect", (dialect) => {
    const client = new ExistingClient({ dialect })
    const server = new OurServer()
    client.sendText("Päť žltých slov, cut by characters", 5)
    client.sendFile("žltý súbor.bin", content(1000), 100)
    client.leave()
    run(client, server)
    expect(texts(server)[0]).toBe("Päť žltých slov, cut by characters")
    expect(server.received[1]).toEqual({ kind: "file", name: "žltý súbor.bin", content: Buffer.from(content(1000)) })
    expect([client.delivered, client.provoked, client.counters.unasked]).toEqual([2, 0, 0])
    expect(client.ending).toBe("left")
  })

  it("receives a text divided by characters in oversized frames", () => {
    const client = new ExistingClient()
    const server = new OurServer()
    const long = "ž😀".repeat(1000)
    client.sendText(long, 1445)
    run(client, server, {}, 10_000)
    expect(client.counters.oversized).toBeGreaterThan(0)
    expect(texts(server)).toEqual([long])
  })

  it("receives the same text three times in a row", () => {
    const client = new ExistingClient()
    const server = new OurServer()
    for (let time = 0; time < 3; time++) client.sendText("hello", 100)
    run(client, server, {}, 15_000)
    expect(texts(server)).toEqual(["hello", "hello", "hello"])
    expect([client.provoked, client.counters.unasked]).toEqual([0, 0])
  })

  it("answers each deliberately damaged DAT by one NACK", () => {
    const client = new ExistingClient({ damage: () => true })
    const server = new OurServer()
    client.sendText("damaged everywhere", 3)
    const loop = run(client, server, {}, 10_000)
    expect(texts(server)).toEqual(["damaged everywhere"])
    expect([countOf(loop, "right", "NACK"), client.provoked]).toEqual([6, 0])
  })

  it.each(["both", "first"] as const)(
    "remains connected through its wait of 20 s and answers both copies after it (%s)",
    (copies) => {
      const client = new ExistingClient({ copies })
      const server = new OurServer()
      client.sendText("one two three four", 4)
      client.leave()
      run(client, server, { script: script({ from: "left", type: dat, sequence: 2, nth: [0], action: "drop" }) })
      expect(texts(server)).toEqual(["one two three four"])
      expect([client.delivered, client.provoked, client.ending]).toEqual([1, 0, "left"])
    }
  )

  it.each([["the INF", 0, 0], ["a middle DAT", dat, 2], ["the last DAT", dat, 5]])(
    "delivers once when the ACK of %s was lost",
    (_, type, sequence) => {
      const client = new ExistingClient()
      const server = new OurServer()
      client.sendText("one two three four", 4)
      client.leave()
      const rule = type === 0 ? { nth: [0] } : { sequence, nth: [0] }
      run(client, server, { script: script({ from: "right", type: ack, ...rule, action: "drop" }) })
      expect(texts(server)).toEqual(["one two three four"])
      expect([client.delivered, client.provoked, client.ending]).toEqual([1, 0, "left"])
    }
  )

  it("keeps an idle client connected for five minutes", () => {
    const client = new ExistingClient()
    const server = new OurServer()
    client.sendText("x", 4)
    const loop = run(client, server, {}, 300_000)
    expect(countOf(loop, "left", "KPA")).toBe(59)
    expect(client.counters.keepAlivesAnswered).toBe(59)
    expect(server.events.map(({ _tag }) => _tag)).not.toContain("Disconnected")
  })

  it("ends the client by FIN at its next KPA when the server leaves", () => {
    const client = new ExistingClient()
    const server = new OurServer()
    client.sendText("x", 4)
    const loop = new Loop(nodeOfOnePeer(client), server)
    loop.runFor(1000)
    server.leaving = true
    loop.runFor(10_000)
    expect(client.ending).toBe("peerLeft")
    expect(framesOf(loop, "right").at(-1)).toBe("FIN 0")
  })

  it("keeps the client for five minutes of KPAs, until its FIN", () => {
    const client = new ExistingClient()
    const server = new OurServer()
    client.sendText("x", 4)
    const loop = new Loop(nodeOfOnePeer(client), server)
    loop.runFor(302_000)
    expect(server.events.map(({ _tag }) => _tag)).not.toContain("Disconnected")
    expect([client.counters.keepAlives, client.counters.keepAlivesAnswered]).toEqual([60, 60])
    client.leave()
    loop.runFor(6000)
    expect(server.events.at(-1)).toMatchObject({ _tag: "Disconnected", reason: "ended" })
  })

  it("loses the client after 20 s without KPAs", () => {
    const client = new ExistingClient()
    const server = new OurServer()
    client.sendText("x", 4)
    run(client, server, { script: script({ from: "left", type: kpa, action: "drop" }) }, 60_000)
    expect(server.events.at(-1)).toMatchObject({ _tag: "Disconnected", reason: "lost" })
  })

  it("refuses a file by FIN, which ends the client", () => {
    const client = new ExistingClient()
    const server = new OurServer()
    server.refuses.add(1)
    client.sendFile("x", content(100), 10)
    run(client, server, {}, 60_000)
    expect([client.ending, client.failed, server.received.length]).toEqual(["peerLeft", 1, 0])
  })
})

describe("our client with our server", () => {
  it.each(Array.from({ length: 30 }, (_, seed) => seed + 1))(
    "delivers identical content once over 30 %% loss, 20 %% duplicates and 5 %% damage (seed %i)",
    (seed) => {
      const client = new OurClient()
      const server = new OurServer()
      server.publishMillis = 40
      const wire = badWire(seed, { loss: 0.3, duplicate: 0.2, damage: 0.05 })
      client.send({ kind: "file", name: "f.bin", content: content(2000), fragmentSize: 100 })
      client.send({ kind: "text", content: content(10) })
      client.leave()
      new Loop(client, server, { script: wire }).runFor(300_000)
      expect(client.delivered.length).toBe(2)
      expect(server.received.map(({ content: bytes }) => bytes.length)).toEqual([2000, 10])
    }
  )
})

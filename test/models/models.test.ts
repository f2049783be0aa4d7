/** The models with each other and with recorded frames: the test peers must be correct before they test our cores. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { type ClientOptions, ExistingClient } from "./ExistingClient.ts"
import { ExistingServer, type ServerOptions } from "./ExistingServer.ts"
import { decode, encode, frameType, isIntact } from "./frames.ts"
import { Loop, nodeOfOnePeer, type Script, script } from "./loop.ts"

interface Vector {
  readonly name: string
  readonly sequenceNumber: number
  readonly fragmentCount: number
  readonly fragmentSize: number
  readonly type: keyof typeof frameType
  readonly crc: number
  readonly data: string
  readonly datagram: string
}

const vectors: ReadonlyArray<Vector> = JSON.parse(
  readFileSync(new URL("../data/classic-vectors.json", import.meta.url), "utf8")
)

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const utf8 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("utf8")
const recorded = (name: string): string | undefined => vectors.find((vector) => vector.name === name)?.datagram
const ofType = (type: number) => ({ frame }: { readonly frame: { readonly type: number } | undefined }) =>
  frame?.type === type

const { ACK, DAT, FIN, INF, KPA, NACK } = frameType

/** The client is on the left. By default the idle timeout of the server is longer than the 20 s of the client. */
const world = (
  options: { readonly client?: ClientOptions; readonly server?: ServerOptions; readonly script?: Script } = {}
) => {
  const client = new ExistingClient(options.client)
  const server = new ExistingServer(options.server ?? { idleTimeoutMillis: 45_000 })
  const wire = options.script === undefined ? {} : { script: options.script }
  return { client, server, loop: new Loop(nodeOfOnePeer(client), server, wire) }
}

const expectNothingAmiss = (client: ExistingClient, server: ExistingServer): void => {
  expect({ provoked: client.provoked, unasked: client.counters.unasked, accidents: server.accidents })
    .toEqual({ provoked: 0, unasked: 0, accidents: 0 })
}

describe("the models' frames", () => {
  it.each(vectors)("reproduce the recorded $name", (vector) => {
    const frame = {
      sequence: vector.sequenceNumber,
      count: vector.fragmentCount,
      size: vector.fragmentSize,
      type: frameType[vector.type],
      data: new Uint8Array(Buffer.from(vector.data, "hex"))
    }
    expect(hex(encode(frame))).toBe(vector.datagram)
    expect(decode(Buffer.from(vector.datagram, "hex"))).toEqual({ ...frame, crc: vector.crc })
  })

  it("are the frames that a client sends for the recorded text, file and dialect", () => {
    const { client, loop, server } = world()
    client.sendText("Toto je text........va.", 4)
    client.sendFile("small.......n", Buffer.from("It is........ ends"), 4)
    expect(loop.runUntil(() => client.delivered === 2, 1_000)).toBe(true)
    loop.runFor(5_000)
    client.leave()
    loop.runFor(10_000)
    const all = loop.history.map(({ bytes }) => hex(bytes))
    const others = vectors.filter(({ name }) => !/payload dialect|refused/.test(name))
    expect(others.length).toBe(14)
    for (const { datagram } of others) expect(all).toContain(datagram)
    expectNothingAmiss(client, server)
  })

  it("have the payload size in fragment_size in the payload dialect", () => {
    const { client, loop, server } = world({ client: { dialect: "payload" } })
    client.sendFile("small........", new Uint8Array(20), 3)
    expect(loop.runUntil(() => client.delivered === 1, 1_000)).toBe(true)
    loop.runFor(6_000)
    const all = loop.history.map(({ bytes }) => hex(bytes))
    expect(all).toContain(recorded("payload dialect: announcement"))
    expect(all).toContain(recorded("payload dialect: file fragment"))
    expect(all).toContain(recorded("payload dialect: keep-alive"))
    expect(server.received[0]).toEqual({ kind: "file", name: "small........", bytes: new Uint8Array(20) })
    expectNothingAmiss(client, server)
  })
})

describe("an existing client and an existing server", () => {
  it("transfer a text divided by characters", () => {
    const { client, loop, server } = world()
    client.sendText("žluťoučký kůň", 5)
    expect(loop.runUntil(() => client.delivered === 1, 1_000)).toBe(true)
    expect(server.received.map(({ bytes, kind }) => [kind, utf8(bytes)])).toEqual([["text", "žluťoučký kůň"]])
    const first = loop.history.find(ofType(DAT))?.frame
    expect([first?.size, first?.data.length]).toEqual([18, 7])
    expectNothingAmiss(client, server)
  })

  it("transfer a file with a UTF-8 name unchanged", () => {
    const { client, loop, server } = world()
    const bytes = new Uint8Array(5_000).map((_, index) => index % 251)
    client.sendFile("../přílohy/žluť.bin", bytes, 1_000)
    client.sendFile("ěšč", bytes, 2)
    expect(loop.runUntil(() => client.delivered === 2, 100_000)).toBe(true)
    expect(server.received).toEqual([
      { kind: "file", name: "../přílohy/žluť.bin", bytes },
      { kind: "file", name: "ěšč", bytes }
    ])
    expectNothingAmiss(client, server)
  })

  it("transfer an empty text and an empty file in one DAT without data", () => {
    const { client, loop, server } = world()
    client.sendText("", 10)
    client.sendFile("empty", new Uint8Array(0), 10)
    expect(loop.runUntil(() => client.delivered === 2, 1_000)).toBe(true)
    expect(server.received).toEqual([
      { kind: "text", bytes: new Uint8Array(0) },
      { kind: "file", name: "empty", bytes: new Uint8Array(0) }
    ])
    expect(loop.sentBy("left").map(({ frame }) => [frame?.type, frame?.data.length]))
      .toEqual([[INF, 1], [DAT, 0], [INF, 1], [DAT, 5], [DAT, 0]])
  })

  it("recover from damage of every first DAT", () => {
    const { client, loop, server } = world({ client: { damage: () => true } })
    client.sendText("abcdefg", 1)
    expect(loop.runUntil(() => client.delivered === 1, 1_000)).toBe(true)
    expect(utf8(server.received[0]?.bytes)).toBe("abcdefg")
    expect([client.counters.damaged, client.counters.nacked, server.counters.nacked]).toEqual([7, 7, 7])
    const [bad, good] = loop.history.filter(ofType(DAT))
    expect([bad?.bytes.length, good?.bytes.length]).toEqual([13, 14])
    expect(hex(bad?.bytes ?? new Uint8Array(0))).toBe(hex(good?.bytes.subarray(0, 13) ?? new Uint8Array(0)))
    expectNothingAmiss(client, server)
  })

  it("recover from a DAT that the path damaged", () => {
    const rule = { from: "left", type: DAT, sequence: 2, nth: [0, 1], action: "damage" } as const
    const { client, loop, server } = world({ script: script(rule) })
    client.sendText("abcdefg", 3)
    expect(loop.runUntil(() => client.delivered === 1, 1_000)).toBe(true)
    expect(utf8(server.received[0]?.bytes)).toBe("abcdefg")
    expect(server.counters.nacked).toBe(2)
  })

  it("wait 20 s for a lost DAT, then send it and every later one twice", () => {
    const { client, loop, server } = world({
      client: { copies: "first" },
      script: script({ from: "left", type: DAT, nth: [1], action: "drop" })
    })
    client.sendText("abcd", 1)
    expect(loop.runUntil(() => client.delivered === 1, 60_000)).toBe(true)
    expect(loop.now).toBeGreaterThan(20_000)
    client.sendText("ef", 1)
    expect(loop.runUntil(() => client.delivered === 2, 60_000)).toBe(true)
    expect(server.received.map(({ bytes }) => utf8(bytes))).toEqual(["abcd", "ef"])
    expect(loop.history.filter(ofType(DAT)).map(({ frame }) => frame?.sequence))
      .toEqual([1, 2, 2, 2, 3, 3, 4, 4, 1, 1, 2, 2])
    expectNothingAmiss(client, server)
  })

  it("lose each other at the last DAT after a lost one, when the client wants both copies answered", () => {
    const { client, loop, server } = world({ script: script({ from: "left", type: DAT, nth: [1], action: "drop" }) })
    client.sendText("abcd", 1)
    loop.runFor(100_000)
    expect(server.received.map(({ bytes }) => utf8(bytes))).toEqual(["abcd"])
    expect([client.delivered, client.ending, client.counters.timeouts]).toEqual([0, "lost", 2])
  })

  it("lose a message by a lost DAT when the idle timeout of the server is that of the client", () => {
    const { client, loop, server } = world({
      server: {},
      script: script({ from: "left", type: DAT, nth: [1], action: "drop" })
    })
    client.sendText("abcd", 1)
    loop.runFor(100_000)
    expect([server.received.length, server.counters.abandoned, client.delivered, client.ending])
      .toEqual([0, 1, 0, "lost"])
  })

  it("deliver once when the ACK of a DAT is lost", () => {
    const { client, loop, server } = world({
      script: script({ from: "right", type: ACK, sequence: 1, nth: [0], action: "drop" })
    })
    client.sendText("abc", 1)
    loop.runFor(19_000)
    expect(client.doubling).toBe(false)
    loop.runFor(2_000)
    expect(client.doubling).toBe(true)
    expect(server.counters.repeated).toBeGreaterThanOrEqual(2)
    loop.runFor(40_000)
    expect(server.received.map(({ bytes }) => utf8(bytes))).toEqual(["abc"])
  })

  it("repeat without limit, or end, when the ACK of the INF is lost", () => {
    const firstAckLost = { from: "right", type: ACK, nth: [0], action: "drop" } as const
    const repeating = world({ script: script(firstAckLost) })
    repeating.client.sendText("abc", 1)
    repeating.loop.runFor(21_000)
    expect(repeating.server.counters.announcedAgain).toBeGreaterThan(50)
    expect(repeating.client.provoked).toBeGreaterThan(50)
    expect(repeating.client.busy).toBe(true)

    const ending = world({ client: { onUnexpected: "fail" }, script: script(firstAckLost) })
    ending.client.sendText("abc", 1)
    ending.loop.runFor(21_000)
    expect([ending.client.ending, ending.client.failed, ending.client.provoked]).toEqual(["failed", 1, 1])
  })

  it("lose each other when the ACK of the last DAT is lost, with the message delivered", () => {
    const { client, loop, server } = world({
      script: script({ from: "right", type: ACK, sequence: 3, nth: [0], action: "drop" })
    })
    client.sendText("abc", 1)
    loop.runFor(60_000)
    expect(server.received.map(({ bytes }) => utf8(bytes))).toEqual(["abc"])
    expect([client.delivered, client.failed, client.ending, server.counters.ignored]).toEqual([0, 1, "lost", 2])
  })

  it("keep the connection alive every 5 s while idle, and not during a message", () => {
    const { client, loop, server } = world({ server: {} })
    loop.runFor(30_000)
    expect(client.counters.keepAlives).toBe(0)
    client.sendText("a", 1)
    loop.runFor(60_100)
    expect([client.counters.keepAlives, client.counters.keepAlivesAnswered, server.counters.keepAlives])
      .toEqual([12, 12, 12])
    const before = client.counters.keepAlives
    client.sendText("a".repeat(2_000), 1)
    expect(loop.runUntil(() => client.delivered === 2, 200_000)).toBe(true)
    expect(client.counters.keepAlives).toBe(before)
    expect([server.connected, client.ended]).toEqual([true, false])
    expectNothingAmiss(client, server)
  })

  it("lose each other after 20 s without datagrams", () => {
    let cut = false
    const { client, loop, server } = world({ server: {}, script: () => cut ? "drop" : "pass" })
    client.sendText("a", 1)
    loop.runFor(30_050)
    cut = true
    loop.runFor(25_000)
    expect([client.ending, server.ending, server.connected]).toEqual(["lost", "lost", false])
    cut = false
    client.sendText("b", 1)
    loop.runFor(1_000)
    expect(server.received.map(({ bytes }) => utf8(bytes))).toEqual(["a", "b"])
    expect([client.ended, server.ended]).toEqual([false, false])
  })

  it("end by the FIN of the client at the next tick, which is not answered", () => {
    const { client, loop, server } = world()
    client.sendText("a", 1)
    client.leave()
    loop.runFor(4_900)
    expect([client.delivered, client.ended]).toEqual([1, false])
    loop.runFor(200)
    expect([client.ending, server.ending, server.connected]).toEqual(["left", "peerLeft", false])
    loop.runFor(60_000)
    expect(loop.history.filter(ofType(FIN)).length).toBe(1)
    expect(loop.history.at(-1)?.frame?.type).toBe(FIN)
  })

  it("end by the FIN of the server in answer to the next KPA", () => {
    const { client, loop, server } = world()
    client.sendText("a", 1)
    loop.runFor(1_000)
    server.leave()
    loop.runFor(3_000)
    expect([client.ended, server.ended]).toEqual([false, false])
    loop.runFor(2_000)
    expect([client.ending, server.ending]).toEqual(["peerLeft", "left"])
    expect(loop.history.filter(ofType(FIN)).map(({ from }) => from)).toEqual(["right"])
  })
})

it("recognises a correct CRC for any type", () => {
  expect([INF, DAT, KPA, FIN, ACK, NACK].map((type) => isIntact(encode({ sequence: 0, count: 0, size: 13, type }))))
    .toEqual([true, true, false, false, false, false])
})

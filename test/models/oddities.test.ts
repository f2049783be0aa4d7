/** The reactions of each model to datagrams that the other model never sends. */
import { describe, expect, it } from "vitest"
import { type ClientOptions, ExistingClient } from "./ExistingClient.ts"
import { ExistingServer } from "./ExistingServer.ts"
import { decode, describeFrame, encode, frameType } from "./frames.ts"

const { ACK, DAT, FIN, INF, KPA, NACK } = frameType

const frame = (type: number, sequence: number, count: number, text = "", size = 14): Uint8Array =>
  encode({ sequence, count, size, type, data: new Uint8Array(Buffer.from(text)) })

const shown = (datagrams: ReadonlyArray<Uint8Array>): ReadonlyArray<string> => datagrams.map(describeFrame)

const transferring = (): ExistingServer => {
  const server = new ExistingServer()
  server.receive(frame(INF, 0, 3, "T"), "a", 0)
  return server
}

const announcing = (options: ClientOptions = {}): ExistingClient => {
  const client = new ExistingClient(options)
  client.sendText("ab", 1)
  expect(shown(client.start(0))).toEqual(["INF 0/2 size 14, 1 bytes"])
  return client
}

const sending = (options: ClientOptions = {}): ExistingClient => {
  const client = announcing(options)
  expect(shown(client.receive(frame(ACK, 0, 2, "T"), 0))).toEqual(["DAT 1/2 size 14, 1 bytes"])
  return client
}

describe("an existing server", () => {
  it("ignores DAT, ACK, NACK and unknown types while idle", () => {
    const server = new ExistingServer()
    for (const type of [DAT, ACK, NACK, 6, 255]) expect(server.receive(frame(type, 1, 1), "a", 0)).toEqual([])
    expect([server.counters.ignored, server.connected, server.deadline]).toEqual([5, false, Infinity])
  })

  it("answers a KPA before any INF", () => {
    const server = new ExistingServer()
    expect(shown(server.receive(frame(KPA, 0, 0, "", 13), "a", 0))).toEqual(["ACK 0/0 size 13, 0 bytes"])
    expect(shown(server.receive(frame(KPA, 0, 0, "", 0), "a", 0))).toEqual(["ACK 0/0 size 0, 0 bytes"])
  })

  it("accepts an INF with a wrong CRC", () => {
    const server = new ExistingServer()
    const inf = encode({ sequence: 0, count: 1, size: 14, type: INF, crc: 1, data: new Uint8Array([0x54]) })
    expect(shown(server.receive(inf, "a", 0))).toEqual(["ACK 0/1 size 14, 1 bytes"])
    expect(server.busy).toBe(true)
  })

  it("acknowledges a retransmitted INF without its data byte", () => {
    const server = new ExistingServer()
    expect(shown(server.receive(frame(INF, 0, 3, "T"), "a", 0))).toEqual(["ACK 0/3 size 14, 1 bytes"])
    expect(shown(server.receive(frame(INF, 0, 3, "T"), "a", 0))).toEqual(["ACK 0/3 size 14, 0 bytes"])
    expect(server.counters.announcedAgain).toBe(1)
  })

  it("answers a KPA and a FIN by NACK in a transfer", () => {
    const server = transferring()
    server.leave()
    for (const type of [KPA, FIN]) {
      expect(shown(server.receive(frame(type, 0, 0, "", 13), "a", 0))).toEqual(["NACK 0/0 size 13, 0 bytes"])
    }
    expect([server.busy, server.ended]).toEqual([true, false])
  })

  it("acknowledges any frame with a correct CRC in a transfer, and keeps only the next DAT", () => {
    const server = transferring()
    expect(shown(server.receive(frame(DAT, 3, 3, "c"), "a", 0))).toEqual(["ACK 3/3 size 14, 0 bytes"])
    expect(shown(server.receive(frame(DAT, 1, 3, "a"), "a", 0))).toEqual(["ACK 1/3 size 14, 0 bytes"])
    expect(shown(server.receive(frame(DAT, 1, 3, "a"), "a", 0))).toEqual(["ACK 1/3 size 14, 0 bytes"])
    expect(shown(server.receive(frame(DAT, 2, 9, "x"), "a", 0))).toEqual(["ACK 2/9 size 14, 0 bytes"])
    expect(shown(server.receive(frame(INF, 0, 9, "T"), "a", 0))).toEqual(["ACK 0/9 size 14, 0 bytes"])
    server.receive(frame(DAT, 2, 3, "b"), "a", 0)
    server.receive(frame(DAT, 3, 3, "c"), "a", 0)
    expect(server.received).toEqual([{ kind: "text", bytes: new Uint8Array(Buffer.from("abc")) }])
    const { ahead, repeated, strays } = server.counters
    expect([ahead, repeated, strays]).toEqual([1, 1, 2])
    expect(server.receive(frame(DAT, 3, 3, "c"), "a", 0)).toEqual([])
  })

  it("counts short datagrams and frames of a second peer as accidents", () => {
    const server = transferring()
    expect(server.receive(new Uint8Array(12), "a", 0)).toEqual([])
    expect(server.accidents).toBe(1)
    expect(shown(server.receive(frame(DAT, 1, 3, "z"), "b", 0))).toEqual(["ACK 1/3 size 14, 0 bytes"])
    expect([server.accidents, server.log.filter((line) => line.startsWith("accident")).length]).toEqual([2, 2])
  })

  it("loses its peer 20 s after the last datagram", () => {
    const server = transferring()
    server.receive(frame(DAT, 1, 3, "a"), "a", 7)
    expect(server.deadline).toBe(20_007)
    expect(server.timeout(20_006)).toEqual([])
    expect(server.connected).toBe(true)
    expect(server.timeout(20_007)).toEqual([])
    expect([server.connected, server.busy, server.ending, server.deadline]).toEqual([false, false, "lost", Infinity])
  })
})

describe("an existing client", () => {
  it("repeats at once after any answer but the exact ACK of its INF", () => {
    const client = announcing()
    const wrong = [
      frame(ACK, 0, 2),
      frame(ACK, 0, 2, "F"),
      frame(ACK, 0, 3, "T"),
      frame(ACK, 0, 2, "T", 1),
      new Uint8Array(3)
    ]
    for (const answer of wrong) expect(shown(client.receive(answer, 1))).toEqual(["INF 0/2 size 14, 1 bytes"])
    expect(client.provoked).toBe(wrong.length)
  })

  it("repeats after an ACK of another DAT, and after a second one", () => {
    const client = sending()
    expect(shown(client.receive(frame(ACK, 1, 2), 1))).toEqual(["DAT 2/2 size 14, 1 bytes"])
    expect(shown(client.receive(frame(ACK, 1, 2), 1))).toEqual(["DAT 2/2 size 14, 1 bytes"])
    expect(client.provoked).toBe(1)
  })

  it("ends after an unexpected answer, with that option", () => {
    const client = sending({ onUnexpected: "fail" })
    expect(client.receive(frame(ACK, 2, 2), 1)).toEqual([])
    expect([client.ending, client.failed, client.deadline]).toEqual(["failed", 1, Infinity])
  })

  it("repeats at once and undamaged on NACK", () => {
    const client = announcing({ damage: (sequence) => sequence === 1 })
    const [damaged] = client.receive(frame(ACK, 0, 2, "T"), 0)
    const [repeated] = client.receive(frame(NACK, 1, 2), 1)
    expect(damaged).toEqual(repeated?.subarray(0, 13))
    expect([client.provoked, client.counters.nacked, client.counters.damaged]).toEqual([0, 1, 1])
  })

  it("sends two copies after 20 s and expects an answer to each", () => {
    const client = sending()
    expect(client.deadline).toBe(20_000)
    expect(shown(client.timeout(20_000))).toEqual(Array(2).fill("DAT 1/2 size 14, 1 bytes"))
    expect(client.receive(frame(ACK, 1, 2), 20_001)).toEqual([])
    expect(shown(client.receive(frame(ACK, 1, 2), 20_001))).toEqual(Array(2).fill("DAT 2/2 size 14, 1 bytes"))
    expect(client.receive(frame(ACK, 2, 2), 20_002)).toEqual([])
    expect(client.delivered).toBe(0)
    expect(shown(client.timeout(40_001))).toEqual(Array(2).fill("DAT 2/2 size 14, 1 bytes"))
    expect(client.receive(frame(ACK, 2, 2), 40_002)).toEqual([])
    expect(client.receive(frame(ACK, 2, 2), 40_002)).toEqual([])
    expect([client.delivered, client.provoked, client.counters.timeouts]).toEqual([1, 0, 2])
  })

  it("continues at the first answer and ignores the second, with that option", () => {
    const client = sending({ copies: "first" })
    client.timeout(20_000)
    expect(shown(client.receive(frame(ACK, 1, 2), 20_001))).toEqual(Array(2).fill("DAT 2/2 size 14, 1 bytes"))
    expect(client.receive(frame(ACK, 1, 2), 20_001)).toEqual([])
    expect(client.receive(frame(ACK, 2, 2), 20_002)).toEqual([])
    expect([client.delivered, client.counters.leftovers, client.provoked]).toEqual([1, 1, 0])
    expect(client.receive(frame(ACK, 2, 2), 20_002)).toEqual([])
    expect([client.counters.leftovers, client.counters.unasked]).toEqual([2, 0])
  })

  it("loses a peer that does not answer its copies", () => {
    const client = sending()
    client.timeout(20_000)
    expect(client.timeout(40_000)).toEqual([])
    expect([client.ending, client.failed]).toEqual(["lost", 1])
  })

  it("ends after a FIN in the middle of a message", () => {
    const client = sending()
    expect(client.receive(frame(FIN, 0, 0, "", 13), 1)).toEqual([])
    expect([client.ending, client.failed]).toEqual(["peerLeft", 1])
  })

  it("delays the next message until the KPA in flight is answered", () => {
    const client = sending()
    client.receive(frame(ACK, 1, 2), 0)
    client.receive(frame(ACK, 2, 2), 0)
    expect(shown(client.timeout(5_000))).toEqual(["KPA 0/0 size 13, 0 bytes"])
    client.sendText("c", 1)
    expect(client.deadline).toBe(10_000)
    expect(shown(client.receive(frame(ACK, 0, 0, "", 13), 5_010))).toEqual(["INF 0/1 size 14, 1 bytes"])
  })

  it("counts datagrams that arrive while it expects none", () => {
    const client = new ExistingClient()
    expect(client.receive(frame(ACK, 1, 1), 0)).toEqual([])
    expect([client.counters.unasked, client.provoked]).toEqual([1, 0])
  })

  it("leaves at once before its first message, and sends nothing after it has left", () => {
    const client = new ExistingClient()
    client.leave()
    expect([client.ending, client.deadline, client.timeout(99_999).length]).toEqual(["left", Infinity, 0])
    expect(() => client.sendText("late", 1)).toThrow("left")
  })

  it("sends an oversized frame for long characters", () => {
    const client = new ExistingClient()
    client.sendText("ž".repeat(1_445), 1_445)
    client.start(0)
    const [big] = client.receive(frame(ACK, 0, 1, "T", 1_458), 1)
    expect([big?.length, decode(big ?? new Uint8Array(0))?.size, client.counters.oversized]).toEqual([2_903, 1_458, 1])
  })
})

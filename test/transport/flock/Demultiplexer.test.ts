import { describe, expect, it } from "@effect/vitest"
import { form, headerBytes, reset, writeHeader } from "../../../src/protocol/flock/wire/Packet.ts"
import { Demultiplexer, type Link } from "../../../src/transport/flock/Demultiplexer.ts"

const from = { host: "192.0.2.1", port: 4040 }
const token = Uint8Array.from({ length: 16 }, (_, index) => index)

const packet = (packetForm: number, id: number, length = 40): Uint8Array => {
  const bytes = new Uint8Array(length)
  writeHeader(bytes, 0, form.data, id, length)
  bytes[0] = packetForm
  return bytes
}

/** A demultiplexer with one session, 7 of this side and 8 of the peer, that records its input. */
const setUp = () => {
  const log: Array<string> = []
  const demultiplexer = new Demultiplexer({
    onHandshakePacket: (bytes, start, end) => {
      log.push(`handshake ${bytes[start]} ${end - start}`)
      if (bytes[start] === form.version) throw new Error("a defect")
    },
    onUnknown: (bytes) => void log.push(`unknown ${bytes.length}`),
    onDefect: () => void log.push("defect")
  }, (_, body) => body())
  const link = {
    connection: {
      localId: 7,
      remoteId: 8,
      isResettable: true,
      handlePacket: (_: Uint8Array, start: number, end: number) => log.push(`packet ${end - start}`) > 0,
      onReset: (given: Uint8Array) => log.push(`reset ${given.join()}`) > 0
    },
    onEvents: () => undefined
  } as unknown as Link
  demultiplexer.add(link)
  const receive = (bytes: Uint8Array): ReadonlyArray<string> => {
    log.length = 0
    demultiplexer.handleRun({ bytes, from, segmentBytes: bytes.length }, 0)
    return [...log]
  }
  return { demultiplexer, link, receive }
}

describe("a packet", () => {
  it("is passed to its session by connection id, after the packets before it in its datagram", () => {
    const { receive } = setUp()
    const hello3 = packet(form.hello3, 7)
    const both = new Uint8Array(90)
    both.set(hello3)
    both.set(packet(form.data, 7, 50), 40)
    expect([receive(both), receive(packet(form.data, 7))]).toEqual([["handshake 18 40", "packet 50"], ["packet 40"]])
  })

  it("of an unknown session behind others in a run is passed on once, although it was tried as a datagram", () => {
    const { demultiplexer } = setUp()
    const run = new Uint8Array(120)
    for (const [at, id] of [[0, 9], [40, 10], [80, 11]] as const) run.set(packet(form.data, id), at)
    demultiplexer.handleRun({ bytes: run, from, segmentBytes: undefined }, 0)
    expect(demultiplexer.counters.strays).toBe(3)
  })

  it("of an unknown session, or that is no packet, is passed on and counted", () => {
    const { demultiplexer, receive } = setUp()
    expect([receive(packet(form.data, 9)), receive(Uint8Array.of(1, 2, 3)), receive(packet(0x77, 7))])
      .toEqual([["unknown 40"], ["unknown 3"], ["unknown 40"]])
    expect(demultiplexer.counters).toEqual({ strays: 1, malformed: 2, otherWire: 0, defects: 0 })
  })

  it("shares its datagram only as HELLO3 before DATA: of many packets in a datagram one is handled", () => {
    const { demultiplexer, receive } = setUp()
    const datagramOf = (...packets: ReadonlyArray<Uint8Array>) => Uint8Array.from(packets.flatMap((one) => [...one]))
    const [hello3, data] = [packet(form.hello3, 7), packet(form.data, 7)]
    expect(receive(datagramOf(data, data, data))).toEqual(["packet 40", "unknown 80"])
    expect(receive(datagramOf(hello3, hello3, data))).toEqual(["handshake 18 40", "unknown 80"])
    expect(receive(datagramOf(packet(form.hello, 0), hello3, data))).toEqual(["handshake 16 40", "unknown 80"])
    expect(receive(datagramOf(hello3, data, reset(8, token)))).toEqual(["handshake 18 40", "packet 40", "unknown 27"])
    expect(demultiplexer.counters.malformed).toBe(4)
  })

  it("of a handshake that causes a defect is counted", () => {
    const { demultiplexer, receive } = setUp()
    expect([receive(packet(form.version, 7)), demultiplexer.counters.defects]).toEqual([
      ["handshake 20 40", "defect"],
      1
    ])
  })

  it("is not passed to a session that was removed", () => {
    const { demultiplexer, link, receive } = setUp()
    expect([demultiplexer.remove(link), demultiplexer.remove(link), demultiplexer.count]).toEqual([true, false, 0])
    expect([receive(packet(form.data, 7)), receive(reset(8, token))]).toEqual([["unknown 40"], []])
  })
})

describe("a RESET", () => {
  it("reaches the session whose packets have its id", () => {
    expect(setUp().receive(reset(8, token))).toEqual([`reset ${token.join()}`])
  })

  it("for an unknown session is counted, and not passed on (S13): no RESET answers it", () => {
    const { demultiplexer, receive } = setUp()
    expect([receive(reset(7, token)), receive(reset(9, token)), demultiplexer.counters.strays]).toEqual([[], [], 2])
  })

  it("of another length is malformed", () => {
    const { demultiplexer, receive } = setUp()
    expect([receive(packet(form.reset, 8, headerBytes + 15)), receive(packet(form.reset, 8, headerBytes + 17))])
      .toEqual([[], []])
    expect(demultiplexer.counters.malformed).toBe(2)
  })
})

import { describe, expect, it } from "vitest"
import { NewReno } from "../../../src/protocol/flock/congestion/NewReno.ts"
import { crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import type { Frame } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes } from "../../../src/protocol/flock/wire/Packet.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { type Datagram, framesIn, packet, Pair, someBytes } from "./pair.ts"

const elsewhere: Path = { host: "elsewhere", port: 9 }

const sending = (pair: Pair, role: "client" | "server", length: number): void => {
  const stream = pair[role].streams.open()
  if (stream === undefined) throw new Error("no stream")
  pair[role].streams.write(stream, someBytes(length))
}

/** The bytes of stream 1 that have arrived at the client. */
const arrived = (pair: Pair): number => {
  const [stream] = pair.streams("client")
  let count = 0
  for (;;) {
    const bytes = stream === undefined ? undefined : pair.client.streams.read(stream)
    if (bytes === undefined) return count
    count += bytes.length
  }
}

const has = (datagram: Datagram, tag: Frame["_tag"]): boolean => framesIn(datagram).some(({ _tag }) => _tag === tag)

describe("the address", () => {
  it("of a client is not moved by packets from elsewhere (S11), which are dropped and counted, and whose challenges have no answer", () => {
    const pair = new Pair()
    const challenge = packet("client", 0, { _tag: "PathChallenge", token: 7 }, { _tag: "Ping" })
    expect([
      pair.deliver("client", challenge, elsewhere),
      pair.deliver("client", challenge, { ...pair.serverPath, port: 2 })
    ])
      .toEqual([false, false])
    pair.run(100)
    expect([pair.client.counters.elsewhere, pair.client.counters.receivedPackets, pair.sent.length]).toEqual([2, 0, 0])
    // From the server's address it is answered, whatever local address it has reached.
    expect(pair.deliver("client", challenge, { ...pair.serverPath, local: "192.0.2.9" })).toBe(true)
    pair.run(200)
    expect(pair.sent.filter((datagram) => has(datagram, "PathResponse"))).toHaveLength(1)
    expect(pair.client.path).toEqual(pair.serverPath)
  })

  it("of another host starts window, round trip, datagram size and pacing anew; that of another port keeps them", () => {
    for (const [path, isKept] of [[{ host: "client", port: 2 }, true], [elsewhere, false]] as const) {
      const controllers: Array<NewReno> = []
      const pair = new Pair({ maxData: 10 ** 7, maxStreamData: 10 ** 7 }, {}, {
        makeCongestion: () => {
          const made = new NewReno({ maxDatagramBytes: 1200 })
          controllers.push(made)
          return made
        }
      })
      sending(pair, "server", 2_000_000)
      pair.run(100)
      expect(pair.server.mtuDiscovery.datagramBytes).toBe(1472)
      const before = pair.server.recovery.congestion
      pair.clientPath = path
      pair.client.onNewSocket()
      // The challenge arrives after 20 ms, its response at the server after 40.
      let atMove: ReadonlyArray<unknown> = []
      for (let now = 101; pair.server.path.host !== path.host || pair.server.path.port !== path.port; now++) {
        if (now > 3000) throw new Error("has not moved")
        pair.run(now)
        const { congestion, rate } = pair.server.recovery
        atMove = [congestion === before, pair.server.mtuDiscovery.datagramBytes > 1200, rate.bytesInFlight > 0]
      }
      expect([controllers.length, atMove[0], atMove[1]]).toEqual([isKept ? 2 : 3, isKept, isKept])
      pair.run(20_000)
      expect(arrived(pair)).toBe(2_000_000)
      expect(pair.server.mtuDiscovery.datagramBytes).toBe(1472)
    }
  })

  it("is challenged with datagrams as long as the client's, so that the new path is known to carry 1,200 bytes (S2)", () => {
    const pair = new Pair()
    pair.run(100)
    pair.clientPath = elsewhere
    pair.client.onNewSocket()
    pair.run(150)
    const probe = pair.sent.find(({ at, from }) => from === "client" && at === 100)
    const challenges = pair.sent.filter((datagram) => has(datagram, "PathChallenge"))
    expect([probe?.bytes.length, challenges.map(({ bytes }) => bytes.length)]).toEqual([1200, [1200]])
    expect(pair.server.path).toEqual(elsewhere)
  })

  it("that has proved nothing receives at no instant more bytes than it has sent (S2)", () => {
    const pair = new Pair()
    sending(pair, "server", 20_000)
    pair.passes = ({ to }) => to.host !== elsewhere.host
    pair.run(50)
    let received = 0
    for (let number = 100; number < 200; number++) {
      const bytes = packet("server", number, { _tag: "PathChallenge", token: 3 }, { _tag: "Ping" })
      received += bytes.length
      pair.deliver("server", bytes, elsewhere)
      pair.run(pair.now + 37)
      const sent = pair.sent.filter(({ to }) => to.host === elsewhere.host)
      expect(sent.reduce((sum, { bytes: { length } }) => sum + length, 0)).toBeLessThanOrEqual(received)
      expect(sent.every((datagram) => framesIn(datagram).every(({ _tag }) => _tag === "PathChallenge"))).toBe(true)
    }
  })
})

describe("a client with a new socket", () => {
  it("sends at once, and pads a few datagrams until the server answers", () => {
    const pair = new Pair()
    pair.passes = () => false
    pair.client.onNewSocket()
    pair.run(4000)
    const lengths = pair.sent.map(({ bytes }) => bytes.length)
    expect([pair.sent[0]?.at, lengths.slice(0, Limits.newSocketDatagrams)]).toEqual([0, [1200, 1200, 1200, 1200]])
    // The probes of one timeout are alike.
    expect(lengths.slice(Limits.newSocketDatagrams + 1).every((length) => length < 50)).toBe(true)
    const answered = new Pair()
    answered.client.onNewSocket()
    answered.run(60)
    sending(answered, "client", 10)
    answered.run(200)
    expect(answered.sent.filter(({ bytes, from }) => from === "client" && bytes.length === 1200)).toHaveLength(1)
  })
})

describe("a RESET", () => {
  const resetToken = Uint8Array.from({ length: 16 }, (_, index) => index + 1)

  it("with the token ends the session at once, without CLOSE", () => {
    const pair = new Pair({}, {}, { resetToken })
    sending(pair, "client", 5000)
    expect([pair.client.isResettable, pair.client.onReset(resetToken.slice(), pair.serverPath)]).toEqual([true, true])
    pair.flush(pair.client, "client")
    expect([pair.client.isClosed, pair.sent, pair.client.deadline]).toEqual([true, [], Infinity])
    expect(pair.events.client.at(-1)).toEqual({ _tag: "Closed", reason: { by: "Reset", code: 0, text: "" } })
  })

  it("with another token, or to a session without one, is counted or ignored", () => {
    const pair = new Pair({}, {}, { resetToken })
    expect([pair.client.onReset(new Uint8Array(16), pair.serverPath), pair.client.onReset(resetToken, elsewhere)])
      .toEqual([false, false])
    expect([pair.client.isOpen, pair.client.counters.forgedResets]).toEqual([true, 1])
    const plain = new Pair()
    expect([plain.client.isResettable, plain.client.onReset(resetToken, plain.serverPath)]).toEqual([false, false])
  })
})

describe("the keys", () => {
  it.each<[string, (pair: Pair) => void]>([
    ["CLOSE of this side and its closing period", (pair) => pair.client.close(0, "", 0)],
    ["CLOSE of the peer", (pair) => pair.server.close(0, "", 0)],
    ["the idle timeout", (pair) => (pair.passes = () => false)],
    ["a RESET", (pair) => pair.client.onReset(new Uint8Array(16), pair.serverPath)]
  ])("are overwritten once after %s, and nothing is sealed or opened then", (_, end) => {
    let frees = 0
    let usesAfter = 0
    const real = crcProtection(() => 7)
    const protection = {
      ...real,
      seal: (...args: Parameters<typeof real.seal>) => {
        if (frees > 0) usesAfter++
        real.seal(...args)
      },
      open: (...args: Parameters<typeof real.open>) => {
        if (frees > 0) usesAfter++
        return real.open(...args)
      },
      free: () => void frees++
    }
    const pair = new Pair({}, {}, { resetToken: new Uint8Array(16) })
    const only = new Pair({}, {}, { protection, resetToken: new Uint8Array(16) })
    const mixed = Object.assign(only, { server: pair.server })
    const sent = new Uint8Array(dataHeaderBytes + 5)
    mixed.run(10)
    end(only)
    only.run(70_000)
    only.client.handlePacket(sent, 0, sent.length, only.serverPath, 70_000)
    expect([only.client.isClosed, only.client.nextTransmit(70_000), frees, usesAfter]).toEqual([true, undefined, 1, 0])
  })
})

describe("a packet without room", () => {
  const piece = (id: number, offset: number, length = 1): Frame => ({
    _tag: "Stream",
    id,
    offset,
    isLast: false,
    bytes: someBytes(length),
    start: 0,
    end: length
  })

  it("changes nothing and may arrive again, but for bytes that continue a stream: these make the room", () => {
    // Room for 20 pieces.
    const pair = new Pair({}, { maxData: 4112 })
    for (let number = 0; number < 20; number++) {
      pair.deliver("server", packet("server", number, piece(0, 1 + 2 * number)))
    }
    expect(pair.server.counters).toMatchObject({ receivedPackets: 20, full: 0 })
    const mixed = packet("server", 20, { _tag: "MaxStreams", count: 50 }, piece(2, 5), piece(2, 9), piece(0, 0))
    expect(pair.deliver("server", mixed)).toBe(true)
    pair.run(0)
    expect(pair.server.counters).toMatchObject({ receivedPackets: 20, full: 1 })
    expect(Array.from({ length: 6 }, () => pair.server.streams.open()).filter((one) => one !== undefined)).toHaveLength(
      4
    )
    expect(pair.read("server", 0)).toHaveLength(2)
    // One piece is in order now: there is room for one of the two of the same packet.
    pair.deliver("server", mixed)
    expect(pair.server.counters.full).toBe(2)
    pair.deliver("server", packet("server", 21, piece(0, 2)))
    pair.deliver("server", mixed)
    expect(pair.server.counters).toMatchObject({ receivedPackets: 22, full: 2 })
    expect(pair.deliver("server", mixed)).toBe(false)
    expect(pair.server.counters.duplicates).toBe(1)
  })
})

import { describe, expect, it } from "vitest"
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import type { Frame } from "../../../src/protocol/flock/wire/Frame.ts"
import { framesIn, packet, packetNumberOf, Pair, someBytes } from "./pair.ts"

const closeReasons = (pair: Pair, role: "client" | "server") =>
  pair.events[role].flatMap((event) => event._tag === "Closed" ? [[event.reason.by, event.reason.code]] : [])

/** A pair whose client has written `length` bytes to stream 0 and finished it. */
const pairSending = (length: number, pair = new Pair()): Pair => {
  const stream = pair.client.streams.open()
  if (stream === undefined) throw new Error("no stream")
  pair.client.streams.write(stream, someBytes(length))
  pair.client.streams.finish(stream)
  return pair
}

const stream = (offset: number, length: number, isLast = false, id = 0): Frame => ({
  _tag: "Stream",
  id,
  offset,
  isLast,
  bytes: new Uint8Array(length),
  start: 0,
  end: length
})

describe("a session", () => {
  it("transfers streams in both directions at once despite losses, and sends nothing once all is acknowledged", () => {
    const pair = pairSending(40_000)
    const back = pair.server.streams.open()
    if (back === undefined) throw new Error("no stream")
    pair.server.streams.write(back, someBytes(30_000))
    pair.server.streams.finish(back)
    let nth = 0
    pair.passes = () => nth++ % 4 !== 1
    pair.run(5000)
    expect(pair.read("server", 0)).toEqual(Array.from(someBytes(40_000)))
    expect(pair.read("client", 1)).toEqual(Array.from(someBytes(30_000)))
    // The new flow control limits are sent and acknowledged.
    pair.run(6000)
    const sent = pair.sent.length
    pair.run(9000)
    expect([pair.sent.length, pair.client.recovery.rate.bytesInFlight]).toEqual([sent, 0])
    expect(pair.events.client.filter(({ _tag }) => _tag === "Settled")).toHaveLength(1)
  })

  it("accepts each packet once", () => {
    const pair = new Pair()
    for (let copy = 0; copy < 3; copy++) pair.deliver("server", packet("server", 5, stream(0, 4)))
    expect([pair.server.counters.receivedPackets, pair.server.counters.duplicates]).toEqual([1, 2])
  })

  it("drops and counts damaged and malformed packets without other effects", () => {
    const pair = new Pair()
    const good = packet("server", 0, stream(0, 40, true))
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const bad = good.slice()
      bad[bit >>> 3] = (bad[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      pair.deliver("server", bad)
    }
    pair.deliver("server", packet("server", 3, { _tag: "Ack", delayMicros: 0, ranges: [5, 3] }).subarray(0, 19))
    pair.deliver("server", packet("server", 0).subarray(0, 12))
    const { damaged, malformed, receivedPackets } = pair.server.counters
    expect([damaged, malformed, receivedPackets]).toEqual([8 * good.length + 1, 1, 0])
    expect([pair.server.streams.count, pair.server.isOpen, pair.server.nextTransmit(0)]).toEqual([0, true, undefined])
  })

  it.each<[string, Frame, keyof typeof closeCode]>([
    [
      "acknowledges a packet that was never sent (R10)",
      { _tag: "Ack", delayMicros: 0, ranges: [0, 9] },
      "ProtocolViolation"
    ],
    ["exceeds the flow control limit", stream(49_990, 11, false, 2), "FlowControlError"],
    ["opens too many streams", stream(0, 1, false, 8), "StreamLimitError"],
    ["sends data on a stream of ours that is not open", stream(0, 1, false, 1), "StreamStateError"],
    ["ends a stream at two offsets", { _tag: "ResetStream", id: 0, code: 0, finalBytes: 1 }, "FinalSizeError"]
  ])("closes with a reason when the peer %s", (_, frame, name) => {
    const pair = new Pair()
    pair.deliver("server", packet("server", 0, stream(0, 4, true)))
    pair.deliver("server", packet("server", 1, frame))
    pair.run(200)
    expect([closeReasons(pair, "server"), closeReasons(pair, "client")]).toEqual([[["us", closeCode[name]]], [[
      "peer",
      closeCode[name]
    ]]])
    pair.run(2000)
    expect([pair.server.isClosed, pair.client.isClosed, pair.server.deadline]).toEqual([true, true, Infinity])
  })

  it("that is closing answers packets with CLOSE, so that the peer also ends when the first CLOSE is lost", () => {
    const pair = pairSending(40_000)
    pair.run(5)
    pair.server.close(77, "enough", 5)
    let lost = 0
    pair.passes = ({ from }) => from === "client" || lost++ > 0
    pair.run(100)
    expect(closeReasons(pair, "client")).toEqual([["peer", 77]])
  })

  it("ends after the idle timeout without a packet, not before: the minimum at a client, its own at a server (R15)", () => {
    const pair = new Pair({ idleTimeoutMillis: 9000 }, { idleTimeoutMillis: 20_000 })
    pair.passes = ({ from }) => from === "server"
    pair.run(8999)
    expect([pair.client.isOpen, pair.server.isOpen]).toEqual([true, true])
    pair.run(9000)
    expect([closeReasons(pair, "client"), closeReasons(pair, "server")]).toEqual([[["Idle", 0]], []])
    pair.run(19_999)
    expect([pair.client.deadline, pair.server.isOpen]).toEqual([Infinity, true])
    pair.run(20_000)
    expect([closeReasons(pair, "server"), pair.server.nextTransmit(20_001)]).toEqual([[["Idle", 0]], undefined])
  })

  it("with keep-alives lasts longer than its idle timeout", () => {
    const pair = new Pair()
    pair.run(100_000)
    expect([pair.client.isOpen, pair.server.isOpen]).toEqual([true, true])
    // At most three PINGs and their ACKs in 30 s.
    expect(pair.sent.length).toBeLessThanOrEqual(20)
  })

  it("does not expire after the program was suspended before it has read the waiting packets (S17)", () => {
    const pair = new Pair()
    pair.now = 60_000
    pair.server.handleTimeout(60_000)
    expect(pair.server.isOpen).toBe(true)
    pair.deliver("server", packet("server", 0, { _tag: "Ping" }))
    pair.now = 60_005
    pair.server.handleTimeout(60_005)
    pair.flush(pair.server, "server")
    pair.server.handleTimeout(80_000)
    expect(pair.server.isOpen).toBe(true)
    pair.server.handleTimeout(89_999)
    expect(pair.server.isOpen).toBe(true)
    pair.server.handleTimeout(90_000)
    expect(pair.server.isClosed).toBe(true)
  })

  it("goes on when a client wakes up that the server still remembers (K4)", () => {
    const pair = new Pair({ idleTimeoutMillis: 9000 }, { idleTimeoutMillis: 60_000 })
    pair.run(1000)
    // The client sleeps for 40 s; the server's timers run.
    pair.server.handleTimeout(41_000)
    pair.now = 41_000
    pair.client.handleTimeout(41_000)
    // It asks at once whether the server is still there.
    pair.run(41_030)
    expect([pair.client.isOpen, pair.server.isOpen, pair.client.counters.receivedPackets]).toEqual([true, true, 1])
  })

  it("queues no responses to a thousand requests of the peer (S7)", () => {
    const pair = new Pair()
    for (let number = 0; number < 1000; number++) {
      const asked = packet("server", number, { _tag: "PathChallenge", token: number }, {
        _tag: "StopSending",
        id: 2 * (number % 4),
        code: 1
      })
      pair.deliver("server", asked)
    }
    pair.flush(pair.server, "server")
    const types = pair.sent.flatMap(framesIn).map(({ _tag }) => _tag)
    expect(types.filter((type) => type === "PathResponse")).toHaveLength(1)
    expect(types.filter((type) => type === "ResetStream")).toHaveLength(4)
    expect(types.length).toBeLessThan(10)
  })

  it("sends a lost window update again (R12)", () => {
    const pair = pairSending(49_000, new Pair({}, { maxData: 10_000, maxStreamData: 8000 }))
    let lost = 0
    pair.passes = (datagram) => {
      const isUpdate = datagram.from === "server" && framesIn(datagram).some(({ _tag }) => _tag.startsWith("Max"))
      return !isUpdate || lost++ % 3 === 2
    }
    const all: Array<number> = []
    for (let at = 0; at < 60_000 && all.length < 49_000; at += 50) {
      pair.run(at)
      all.push(...pair.read("server", 0))
    }
    expect(all).toEqual(Array.from(someBytes(49_000)))
    expect(pair.now).toBeLessThan(20_000)
    expect(lost).toBeGreaterThan(3)
  })
})

describe("a peer's address", () => {
  const elsewhere: Path = { host: "elsewhere", port: 9 }
  const challenges = (pair: Pair): ReadonlyArray<string> =>
    pair.sent.flatMap((datagram) =>
      framesIn(datagram).some(({ _tag }) => _tag === "PathChallenge") ? [datagram.to.host] : []
    )

  it("changes after the new one has answered a challenge, and then receives data (S9)", () => {
    const pair = pairSending(40_000)
    pair.run(25)
    pair.clientPath = { host: "client", port: 2 }
    pair.run(2000)
    expect(pair.read("server", 0)).toHaveLength(40_000)
    expect(pair.server.path).toEqual({ host: "client", port: 2 })
    for (const { at, to } of pair.sent.filter(({ from }) => from === "server")) {
      if (to.port === 2) expect(at).toBeGreaterThan(25)
    }
    expect(challenges(pair)).toEqual(["client"])
  })

  it("does not change for a copy of an old packet, nor for a delayed old packet (S10)", () => {
    const pair = pairSending(3000)
    let held: Uint8Array | undefined
    pair.passes = (datagram) => {
      const isHeld = datagram.from === "client" && packetNumberOf(datagram) === 1
      if (isHeld) held = datagram.bytes
      return !isHeld
    }
    pair.run(1000)
    for (const { bytes } of pair.sent.filter(({ from }) => from === "client")) pair.deliver("server", bytes, elsewhere)
    pair.deliver("server", held ?? new Uint8Array(0), elsewhere)
    pair.run(3000)
    expect([pair.server.path.host, challenges(pair)]).toEqual(["client", []])
  })

  it("does not change when the newest packet is relayed: the relay receives no more than it has sent (S11)", () => {
    const pair = pairSending(100)
    pair.passes = ({ from }) => from === "server"
    pair.run(10)
    const relayed = pair.sent.at(-1)?.bytes ?? new Uint8Array(0)
    pair.deliver("server", relayed, elsewhere)
    pair.run(5000)
    expect([pair.server.path.host, challenges(pair)]).toEqual(["client", ["elsewhere"]])
    const bytes = pair.sent.filter(({ to }) => to.host === "elsewhere").map((datagram) => datagram.bytes.length)
    expect(bytes.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(relayed.length)
  })
})

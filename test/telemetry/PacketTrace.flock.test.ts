import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import { hello, hello3, requestOf } from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import type { Frame } from "../../src/protocol/flock/wire/Frame.ts"
import { reset } from "../../src/protocol/flock/wire/Packet.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import { isKeepAlive, PacketTrace } from "../../src/telemetry/PacketTrace.ts"
import type { Direction, FlockPacket } from "../../src/telemetry/TransportEvents.ts"
import { bytesOf, dataPacket, fromHex } from "../protocol/flock/frames.ts"
import { address, network, pair, passing } from "../suites/flockNetwork.ts"

const data = (packetNumber: number, ...frames: ReadonlyArray<Frame>): Uint8Array =>
  dataPacket(7, packetNumber, Buffer.concat(frames.map(bytesOf)))
const stream = (offset: number, length: number): Frame => ({
  _tag: "Stream",
  id: 2,
  offset,
  isLast: false,
  bytes: new Uint8Array(length).fill(1),
  start: 0,
  end: length
})

/** A packet on one line, without its random parts. */
const show = ({ bytes, direction, frames, isIntact, kind, packetNumber }: FlockPacket): string =>
  [
    direction,
    kind ?? "-",
    ...(packetNumber === undefined ? [] : [packetNumber]),
    isIntact ? "ok" : "WRONG",
    bytes.length,
    ...(frames === undefined ? [] : [frames.map(({ _tag }) => _tag).join("+")])
  ].join(" ")

/** A bus, and the packets that it publishes; views are copied. */
const recording = Effect.gen(function*() {
  const bus = EventBus.make()
  const seen: Array<FlockPacket> = []
  yield* bus.trace((event) => {
    if (event.wire === "flock") seen.push({ ...event, bytes: event.bytes.slice() })
  })
  return { bus, seen }
})

/** The events of a datagram that no connection decrypts. */
const shownOf = (datagram: Uint8Array) =>
  Effect.map(
    Effect.scoped(Effect.tap(recording, ({ bus }) =>
      Effect.sync(() =>
        new PacketTrace(bus, crc32).unprotected("sent", address, datagram)
      ))),
    ({ seen }) =>
      seen.map(show)
  )

describe("a trace of packets", () => {
  it.scoped("has a session from HELLO to CLOSE, with each answer after its packet", () => {
    return Effect.gen(function*() {
      const { bus, seen: traced } = yield* recording
      const { client, server } = yield* Effect.provideService(pair(), EventBus.EventBus, bus)
      yield* passing(Effect.gen(function*() {
        const outgoing = yield* client.openStream
        yield* outgoing.write(new TextEncoder().encode("ahoj"))
        yield* Effect.sleep("100 millis")
        yield* server.close(9, "enough")
        yield* client.closed
      }))
      const atClient = traced.filter(({ peer }) => peer.endsWith(":4040"))
      expect(atClient.slice(0, 2).map(show)).toEqual(["sent HELLO ok 1200", "received HELLO2 ok 1200"])
      expect(atClient[2]).toMatchObject({ direction: "sent", kind: "HELLO3", isIntact: true })
      expect(atClient[3]).toMatchObject({ direction: "sent", kind: "DATA", packetNumber: 0 })
      const text = atClient.flatMap(({ direction, frames = [] }) => frames.map((frame) => ({ direction, frame })))
        .find(({ frame }) => frame._tag === "Stream")
      expect(text).toMatchObject({ direction: "sent", frame: { id: 0, offset: 0, isLast: false } })
      expect(atClient.findLast(({ direction }) => direction === "received")).toMatchObject({
        kind: "DATA",
        frames: [{ _tag: "Close", code: 9, reason: "enough" }]
      })
      // Without loss: the packets sent by one side arrived at the other, in the same order.
      const packets = (direction: Direction, isClient: boolean) =>
        traced.filter((packet) => packet.direction === direction && packet.peer.endsWith(":4040") === isClient)
          .map((packet) => show({ ...packet, direction: "sent" }))
      expect(packets("received", false)).toEqual(packets("sent", true))
      expect(packets("received", true)).toEqual(packets("sent", false))
      // An answer is published after the packet that it answers.
      const first = traced.slice(0, 4).map(({ direction, kind }) => `${direction} ${kind}`)
      expect(first).toEqual(["sent HELLO", "received HELLO", "sent HELLO2", "received HELLO2"])
    }).pipe(Effect.provide(network()))
  })

  it.effect("names RESET, which has no CRC", () =>
    Effect.map(shownOf(reset(7, new Uint8Array(16))), (shown) => expect(shown).toEqual(["sent RESET ok 27"])))

  it.scoped("hides PING alone as a keep-alive, whatever its tag", () =>
    Effect.gen(function*() {
      const { bus, seen } = yield* recording
      const { client } = yield* Effect.provideService(pair(), EventBus.EventBus, bus)
      yield* passing(Effect.sleep("20 seconds"))
      const pings = seen.filter(({ frames = [] }) => frames.length > 0 && frames.every(({ _tag }) => _tag === "Ping"))
      const short = pings.filter(({ bytes }) => bytes.length < 100)
      expect([client.isClosed(), short.length > 0, short.every(isKeepAlive)]).toEqual([false, true, true])
      expect(pings.filter(({ bytes }) => bytes.length > 1000).some(isKeepAlive)).toBe(false)
    }).pipe(Effect.provide(network())))

  it.scoped("parses nothing without a listener", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      let checks = 0
      const trace = new PacketTrace(bus, (bytes) => {
        checks++
        return crc32(bytes)
      })
      const packet = hello3(crc32, 7, new Uint8Array(3))
      trace.unprotected("sent", address, packet)
      expect(checks).toBe(0)
      yield* bus.trace(() => undefined)
      trace.unprotected("sent", address, packet)
      expect(checks).toBe(1)
    }))

  it.effect("has the packets of one datagram, with truncated packet numbers, and no PADDING", () =>
    Effect.gen(function*() {
      const padded = dataPacket(7, 2 ** 32 + 5, fromHex("01 00 00 00"))
      const datagram = Buffer.concat([hello3(crc32, 7, new Uint8Array(3)), padded])
      expect(yield* shownOf(datagram)).toEqual(["sent HELLO3 ok 19", "sent DATA 5 ok 23 Ping"])
    }))

  it.effect.each<[string, Uint8Array, string]>([
    ["damage", data(1, stream(0, 10)).map((byte, at) => at === 20 ? byte ^ 1 : byte), "DATA 1 WRONG 33"],
    ["a damaged HELLO", hello(crc32, requestOf(7, "crc"), new Uint8Array(3)).fill(9, 100, 101), "HELLO WRONG 1200"],
    ["frames that nobody knows", dataPacket(7, 1, fromHex("7f ff")), "DATA 1 ok 21"],
    ["a packet that was cut", data(1, stream(0, 10)).subarray(0, 30), "- WRONG 30"],
    ["DATA without room for a number", fromHex("20 0000000000000007 0004 00000000"), "DATA WRONG 15"],
    ["noise", Uint8Array.of(1, 2, 3), "- WRONG 3"],
    ["noise behind a packet", Buffer.concat([data(1), Buffer.of(1)]), "DATA 1 ok 19 |- WRONG 1"]
  ])("tells %s for what it is", ([, bytes, line]) =>
    Effect.gen(function*() {
      expect(yield* shownOf(bytes)).toEqual(line.split("|").map((part) => `sent ${part}`))
    }))

  it("accepts any datagram, and contains all of its bytes", async () => {
    const bytes = FastCheck.tuple(FastCheck.constantFrom(0x10, 0x12, 0x20, 0), FastCheck.uint8Array({ maxLength: 60 }))
      .map(([first, rest]) =>
        Uint8Array.of(first, ...rest.map((byte, at) => at === 8 ? 0 : at === 9 ? byte % 32 : byte))
      )
    await FastCheck.assert(
      FastCheck.asyncProperty(bytes, async (datagram) => {
        const lines = await Effect.runPromise(shownOf(datagram))
        const lengths = lines.map((line) => / (?:ok|WRONG) (\d+)/.exec(line)?.[1])
        expect(lengths.reduce((sum, length) => sum + Number(length), 0)).toBe(datagram.length)
      }),
      { seed: 20_250_801, numRuns: 100 }
    )
  })
})

describe("a keep-alive", () => {
  const keepsAlive = (bytes: Uint8Array, frames: ReadonlyArray<Frame>): boolean =>
    isKeepAlive({
      _tag: "Packet",
      wire: "flock",
      direction: "sent",
      peer: "h:1",
      kind: "DATA",
      packetNumber: 1,
      isIntact: true,
      frames,
      bytes
    })

  it("is only PING: not with other frames, and no PMTU probe", () => {
    const ping: Frame = { _tag: "Ping" }
    expect(keepsAlive(data(1, ping), [ping])).toBe(true)
    expect(keepsAlive(data(1, ping, stream(0, 1)), [ping, stream(0, 1)])).toBe(false)
    expect(keepsAlive(dataPacket(7, 1, fromHex("01 00")), [ping])).toBe(false)
    expect(keepsAlive(data(1), [])).toBe(false)
    // Encrypted packets have a longer tag.
    const encrypted = Uint8Array.of(...data(1, ping), ...new Uint8Array(12))
    expect(keepsAlive(encrypted, [ping])).toBe(true)
    expect(keepsAlive(Uint8Array.of(...encrypted, 0), [ping])).toBe(false)
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import { Crc } from "../../src/net/Crc.ts"
import type { Run } from "../../src/net/Socket.ts"
import { Socket } from "../../src/net/Socket.ts"
import { hello, hello3 } from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import type { Frame } from "../../src/protocol/flock/wire/Frame.ts"
import * as BatchTrace from "../../src/telemetry/BatchTrace.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { bytesOf, dataPacket, fromHex } from "../protocol/flock/frames.ts"
import { address, network, pair, passing } from "../suites/flockNetwork.ts"

const data = (packetNumber: number, ...frames: ReadonlyArray<Frame>): Uint8Array =>
  dataPacket(7, packetNumber, Buffer.concat(frames.map(bytesOf)))
const stream = (offset: number, length: number): Frame => ({
  type: "Stream",
  id: 2,
  offset,
  isLast: false,
  bytes: new Uint8Array(length).fill(1),
  start: 0,
  end: length
})

/** A packet on one line, without what chance decides. */
const show = ({ bytes, direction, frames, isIntact, kind, packetNumber }: BatchTrace.Packet): string =>
  [
    direction,
    kind ?? "-",
    ...(packetNumber === undefined ? [] : [packetNumber]),
    isIntact ? "ok" : "WRONG",
    bytes.length,
    ...(frames === undefined ? [] : [frames.map(({ type }) => type).join("+")])
  ].join(" ")

/** Sends a run over a traced network, and gives what was told of it and what arrived. */
const sent = (run: Uint8Array, datagramBytes: number, options: SocketMemory.Options = {}) => {
  const told: Array<string> = []
  const note = (packet: BatchTrace.Packet): number => told.push(show(packet))
  const runs: Array<Run> = []
  return Effect.scoped(Effect.gen(function*() {
    const socket = yield* Socket
    const silent = { onPause: () => undefined, onError: () => undefined, onDrain: () => undefined }
    const server = yield* socket.bind(address, {
      ...silent,
      onRun: (one) => runs.push({ ...one, bytes: one.bytes.slice() })
    })
    const client = yield* socket.connect(server.local, { ...silent, onRun: () => undefined })
    client.send(server.local, datagramBytes, (target) => {
      target.set(run)
      return run.length
    })
    yield* Effect.promise(() => Promise.resolve())
    return { told, runs }
  })).pipe(
    Effect.provide(BatchTrace.layer(note).pipe(Layer.provide(Layer.merge(SocketMemory.layer(options), Crc.layer))))
  )
}

describe("a trace of packets", () => {
  it.scoped("tells a session from HELLO to CLOSE, what answers a packet after it", () => {
    const told: Array<BatchTrace.Packet> = []
    const trace = BatchTrace.layer((packet) => told.push({ ...packet, bytes: packet.bytes.slice() }))
    return Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* passing(Effect.gen(function*() {
        const outgoing = yield* client.openStream
        yield* outgoing.write(new TextEncoder().encode("ahoj"))
        yield* Effect.sleep("100 millis")
        yield* server.close(9, "enough")
        yield* client.closed
      }))
      const atClient = told.filter(({ peer }) => peer.endsWith(":4040"))
      expect(atClient.slice(0, 2).map(show)).toEqual(["sent HELLO ok 1200", "received HELLO2 ok 1200"])
      expect(atClient[2]).toMatchObject({ direction: "sent", kind: "HELLO3", isIntact: true })
      expect(atClient[3]).toMatchObject({ direction: "sent", kind: "DATA", packetNumber: 0 })
      const text = atClient.flatMap(({ direction, frames = [] }) => frames.map((frame) => ({ direction, frame })))
        .find(({ frame }) => frame.type === "Stream")
      expect(text).toMatchObject({ direction: "sent", frame: { id: 0, offset: 0, isLast: false } })
      expect(atClient.findLast(({ direction }) => direction === "received")).toMatchObject({
        kind: "DATA",
        frames: [{ type: "Close", code: 9, reason: "enough" }]
      })
      // Nothing was lost: what the one end was told of came to the other, in that order.
      const packets = (direction: BatchTrace.Direction, isClient: boolean) =>
        told.filter((packet) => packet.direction === direction && packet.peer.endsWith(":4040") === isClient)
          .map(({ bytes }) => Buffer.from(bytes).toString("hex"))
      expect(packets("received", false)).toEqual(packets("sent", true))
      expect(packets("received", true)).toEqual(packets("sent", false))
      // One after another, nothing is told before what it answers.
      const first = told.slice(0, 4).map(({ direction, kind }) => `${direction} ${kind}`)
      expect(first).toEqual(["sent HELLO", "received HELLO", "sent HELLO2", "received HELLO2"])
    }).pipe(Effect.provide(trace.pipe(Layer.provideMerge(network()))))
  })

  it.effect("tells a run packet by packet, also one that was merged", () =>
    Effect.gen(function*() {
      const packets = [data(1, stream(0, 10)), data(2, stream(10, 10)), data(3, { type: "Ping" })]
      const run = Buffer.concat(packets)
      const { runs, told } = yield* sent(run, packets[0]?.length ?? 0, { merges: true })
      expect(runs).toMatchObject([{ segmentBytes: undefined }])
      expect(Buffer.from(runs[0]?.bytes ?? [])).toEqual(run)
      const shown = ["DATA 1 ok 33 Stream", "DATA 2 ok 33 Stream", "DATA 3 ok 20 Ping"]
      expect(told).toEqual([...shown.map((line) => `sent ${line}`), ...shown.map((line) => `received ${line}`)])
    }))

  it.effect("tells the packets of one datagram, numbers as they are on the wire, and no PADDING", () =>
    Effect.gen(function*() {
      const padded = dataPacket(7, 2 ** 32 + 5, fromHex("01 00 00 00"))
      const datagram = Buffer.concat([hello3(crc32, 7, new Uint8Array(3)), padded])
      const { told } = yield* sent(datagram, datagram.length)
      expect(told.slice(0, 2)).toEqual(["sent HELLO3 ok 19", "sent DATA 5 ok 23 Ping"])
    }))

  it.effect.each<[string, Uint8Array, string]>([
    ["damage", data(1, stream(0, 10)).map((byte, at) => at === 20 ? byte ^ 1 : byte), "DATA 1 WRONG 33"],
    ["a damaged HELLO", hello(crc32, 7, "crc", new Uint8Array(3)).fill(9, 100, 101), "HELLO WRONG 1200"],
    ["frames that nobody knows", dataPacket(7, 1, fromHex("7f ff")), "DATA 1 ok 21"],
    ["a packet that was cut", data(1, stream(0, 10)).subarray(0, 30), "- WRONG 30"],
    ["DATA without room for a number", fromHex("20 0000000000000007 0004 00000000"), "DATA WRONG 15"],
    ["noise", Uint8Array.of(1, 2, 3), "- WRONG 3"],
    ["noise behind a packet", Buffer.concat([data(1), Buffer.of(1)]), "DATA 1 ok 19 |- WRONG 1"]
  ])("tells %s for what it is", ([, bytes, line]) =>
    Effect.gen(function*() {
      const { runs, told } = yield* sent(bytes, bytes.length)
      expect(told.slice(0, told.length / 2)).toEqual(line.split("|").map((part) => `sent ${part}`))
      expect(Buffer.from(runs[0]?.bytes ?? [])).toEqual(Buffer.from(bytes))
    }))

  it("takes whatever comes, and leaves no byte of it out", async () => {
    const bytes = FastCheck.tuple(FastCheck.constantFrom(0x10, 0x12, 0x20, 0), FastCheck.uint8Array({ maxLength: 60 }))
      .map(([first, rest]) =>
        Uint8Array.of(first, ...rest.map((byte, at) => at === 8 ? 0 : at === 9 ? byte % 32 : byte))
      )
    await FastCheck.assert(
      FastCheck.asyncProperty(bytes, async (datagram) => {
        const { told } = await Effect.runPromise(sent(datagram, datagram.length))
        const lengths = told.filter((line) => line.startsWith("sent")).map((line) =>
          / (?:ok|WRONG) (\d+)/.exec(line)?.[1]
        )
        expect(lengths.reduce((sum, length) => sum + Number(length), 0)).toBe(datagram.length)
      }),
      { seed: 20_250_801, numRuns: 100 }
    )
  })
})

describe("a keep-alive", () => {
  const isKeepAlive = (bytes: Uint8Array, frames: ReadonlyArray<Frame>): boolean =>
    BatchTrace.isKeepAlive({
      direction: "sent",
      peer: "h:1",
      kind: "DATA",
      packetNumber: 1,
      isIntact: true,
      frames,
      bytes
    })

  it("is PING alone: not along with anything else, and no probe of the path", () => {
    const ping: Frame = { type: "Ping" }
    expect(isKeepAlive(data(1, ping), [ping])).toBe(true)
    expect(isKeepAlive(data(1, ping, stream(0, 1)), [ping, stream(0, 1)])).toBe(false)
    expect(isKeepAlive(dataPacket(7, 1, fromHex("01 00")), [ping])).toBe(false)
    expect(isKeepAlive(data(1), [])).toBe(false)
  })
})

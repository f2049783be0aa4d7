import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { crc32 } from "node:zlib"
import { Crc } from "../../src/net/Crc.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import { isKeepAlive, PacketTrace } from "../../src/telemetry/PacketTrace.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { datagramOf } from "../protocol/classic/frames.ts"
import { acceptAll } from "../transport/acceptAll.ts"

const address = { host: "127.0.0.1", port: 4040 }
const header = { sequenceNumber: 1, fragmentCount: 2, fragmentSize: 17, kind: Frame.Kind.dat }
const whole = datagramOf(header, Buffer.from("data"))
const network = Layer.merge(SocketMemory.layer(), Crc.layer)

/** A bus, and a line for each packet that it publishes. */
const recording = Effect.gen(function*() {
  const bus = EventBus.make()
  const lines: Array<string> = []
  yield* bus.trace((event) => {
    if (event.wire !== "classic") return
    const { bytes, direction, frame, isIntact, peer } = event
    const kind = frame === undefined ? "-" : `${Frame.kindNames[frame.kind]} ${frame.sequenceNumber}`
    const side = peer.endsWith(":4040") ? "server" : "client"
    lines.push(`${direction} ${side} ${kind} ${isIntact} ${bytes.length}`)
  })
  return { bus, lines }
})

it.scoped("a trace parses datagrams: intact frames, damaged frames, and datagrams that are no frames", () =>
  Effect.gen(function*() {
    const { bus, lines } = yield* recording
    const trace = new PacketTrace(bus, crc32)
    for (const bytes of [whole, whole.slice(0, -1), Uint8Array.of(1, 2, 3)]) trace.classic("sent", address, bytes)
    expect(lines).toEqual(["sent server DAT 1 true 17", "sent server DAT 1 false 16", "sent server - false 3"])
  }))

it.scoped("a trace has the frames of a session in the order of sending and receiving, on both sides", () =>
  Effect.gen(function*() {
    const { bus, lines } = yield* recording
    yield* Effect.gen(function*() {
      const listener = yield* listen(address)
      yield* acceptAll(listener)
      const client = yield* connect(address)
      yield* client.send({ kind: "text", size: 4, body: () => Stream.make(new TextEncoder().encode("data")) })
    }).pipe(Effect.provide(ClassicTransport.layer()), Effect.provideService(EventBus.EventBus, bus))
    expect(lines).toEqual([
      "sent server INF 0 true 14",
      "received client INF 0 true 14",
      "sent client ACK 0 true 14",
      "received server ACK 0 true 14",
      "sent server DAT 1 true 17",
      "received client DAT 1 true 17",
      "sent client ACK 1 true 13",
      "received server ACK 1 true 13"
    ])
  }).pipe(Effect.provide(network)))

it("a keep-alive is a frame that refers to the connection", () => {
  const packet = (kind: Frame.Kind, sequenceNumber: number) => {
    const bytes = datagramOf({ kind, sequenceNumber, fragmentCount: sequenceNumber, fragmentSize: 13 }, Buffer.alloc(0))
    const frame = Frame.decode(bytes)
    if (typeof frame === "string") throw new Error(frame)
    return { _tag: "Packet", wire: "classic", direction: "sent", peer: "", frame, isIntact: true, bytes } as const
  }
  expect([Frame.Kind.kpa, Frame.Kind.fin].map((kind) => isKeepAlive(packet(kind, 0)))).toEqual([true, true])
  expect(isKeepAlive(packet(Frame.Kind.ack, 1))).toBe(false)
})

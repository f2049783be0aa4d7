/** A client of one wire and a server of the other. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { crc32 } from "node:zlib"
import { Crc } from "../../src/net/Crc.ts"
import { Socket } from "../../src/net/Socket.ts"
import { hello, requestOf } from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import type { TransportEvent } from "../../src/telemetry/TransportEvents.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { datagramOf } from "../protocol/classic/frames.ts"
import { keyed } from "../security/keyed.ts"
import { passing } from "../suites/flockNetwork.ts"

const address = { host: "127.0.0.1", port: 4040 }
const network = Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed)
const classic = ClassicTransport.layer()
const flock = FlockTransport.layer()
const inf = datagramOf({ kind: 0, sequenceNumber: 0, fragmentCount: 1, fragmentSize: 14 }, Buffer.from("T"))

/** Sends these datagrams from an unknown peer; returns the answers. */
const answersTo = (datagrams: ReadonlyArray<Uint8Array>) =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const answers: Array<Uint8Array> = []
    const stranger = yield* socket.connect(address, {
      onRun: ({ bytes }) => answers.push(bytes.slice()),
      onError: () => undefined
    })
    for (const datagram of datagrams) {
      stranger.send(address, undefined, (target) => {
        target.set(datagram)
        return datagram.length
      })
      yield* TestClock.adjust("1 millis")
    }
    return answers
  })

describe("a client of flock at a port of the classic wire", () => {
  it.scoped("publishes a hint within a round trip, fails with it at the handshake timeout, and opens no session (C8)", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const events: Array<TransportEvent> = []
      yield* bus.listen((event) => events.push(event))
      const listener = yield* Effect.provide(listen(address), classic)
      const connecting = yield* Effect.fork(
        Effect.flip(Effect.provide(connect(address), flock)).pipe(
          Effect.provideService(EventBus.EventBus, bus)
        )
      )
      yield* TestClock.adjust("5 millis")
      expect(events).toEqual([{ _tag: "PeerHint", peer: "127.0.0.1:4040", speaks: "classic" }])
      expect(yield* passing(Fiber.join(connecting))).toMatchObject({ reason: "Silent", detail: "SpeaksClassic" })
      expect([events.length, listener.open()]).toEqual([1, 0])
    }).pipe(Effect.provide(network)))

  it.scoped("receives one VERSION, shorter than its HELLO, for any number of HELLOs", () =>
    Effect.gen(function*() {
      const listener = yield* Effect.provide(listen(address), classic)
      const packet = hello(crc32, requestOf(7, "crc"), new Uint8Array(3))
      const answers = yield* answersTo([packet, packet, packet])
      expect(answers.map(({ length }) => length)).toEqual([15])
      expect([listener.counters(), listener.open()]).toMatchObject([{ otherWire: 3, strays: 0 }, 0])
    }).pipe(Effect.provide(network)))
})

describe("a client of the classic wire at a port of flock", () => {
  it.scoped("is refused within a round trip, and opens no session (C8)", () =>
    Effect.gen(function*() {
      const listener = yield* Effect.provide(listen(address), flock)
      const session = yield* Effect.provide(connect(address), classic)
      const text = { kind: "text", size: 1, body: () => Stream.make(new Uint8Array(1)) }
      const sending = yield* Effect.fork(Effect.flip(session.send(text)))
      yield* TestClock.adjust("5 millis")
      expect(yield* Fiber.join(sending)).toMatchObject({ reason: "Declined" })
      expect(listener.open()).toBe(0)
    }).pipe(Effect.provide(network)))

  it.scoped("receives one FIN, shorter than its INF, and none for a damaged INF or another frame", () =>
    Effect.gen(function*() {
      yield* Effect.provide(listen(address), flock)
      const damaged = inf.map((byte, at) => at === 13 ? byte ^ 1 : byte)
      const keepAlive = datagramOf({ kind: 4, sequenceNumber: 0, fragmentCount: 0, fragmentSize: 13 }, Buffer.alloc(0))
      expect(yield* answersTo([damaged, keepAlive])).toEqual([])
      const answers = yield* answersTo([inf, inf, inf])
      expect(answers.map(({ length }) => length)).toEqual([13])
    }).pipe(Effect.provide(network)))
})

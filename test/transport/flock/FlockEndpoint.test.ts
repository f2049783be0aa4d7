import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../../src/net/Crc.ts"
import { Socket } from "../../../src/net/Socket.ts"
import {
  hello,
  read as readOpening,
  requestOf,
  versions
} from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { connect, listen } from "../../../src/transport/flock/FlockEndpoint.ts"
import { address, firstStream, network, newWire, pair, passing } from "../../suites/flockNetwork.ts"
import { sessionsAtOnce } from "../../suites/sessionsAtOnce.ts"

/** A socket that never answers. */
const silentServer = Effect.flatMap(Socket, (socket) =>
  socket.bind(address, {
    onRun: () => undefined,
    onPause: () => undefined,
    onError: () => undefined,
    onDrain: () => undefined
  }))

describe("connect", () => {
  it.scoped("opens a session in one round trip, with the peer's address on both sides", () =>
    Effect.gen(function*() {
      const { client, listener, server } = yield* pair()
      expect(client.peer()).toMatchObject({ ...address, publicKey: listener.publicKey, isTrusted: true })
      expect([server.peer().host, server.peer().isTrusted, listener.open()]).toEqual(["127.0.0.1", false, 1])
      expect(client.channelBinding).toEqual(server.channelBinding)
      expect([client.isClosed(), server.isClosed()]).toEqual([false, false])
    }).pipe(Effect.provide(network())))

  it.scoped("fails as Unreachable when the network has refused three HELLOs", () =>
    Effect.gen(function*() {
      const connecting = yield* Effect.fork(Effect.flip(connect(address)))
      yield* TestClock.adjust("899 millis")
      expect(yield* Fiber.poll(connecting)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(connecting)).toMatchObject({ reason: "Unreachable", peer: "127.0.0.1:4040" })
    }).pipe(Effect.provide(network())))

  it.scoped("fails as Silent without an answer within the handshake timeout", () =>
    Effect.gen(function*() {
      yield* silentServer
      const connecting = yield* Effect.fork(Effect.flip(connect({ ...address, handshakeMillis: 5000 })))
      yield* TestClock.adjust("4999 millis")
      expect(yield* Fiber.poll(connecting)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(connecting)).toMatchObject({ reason: "Silent", peer: "127.0.0.1:4040" })
    }).pipe(Effect.provide(network())))

  it.scoped("survives the loss of the first HELLOs", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const listener = yield* listen(address)
      wire.isCut = true
      const connecting = yield* Effect.fork(connect(address))
      yield* TestClock.adjust("1 seconds")
      wire.isCut = false
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(connecting)
      expect(listener.open()).toBe(1)
    }).pipe(Effect.provide(network(wire)))
  })

  it.scoped("fails as OtherVersion if the server supports other versions only", () =>
    Effect.gen(function*() {
      const socket = yield* Socket
      const { crc32 } = yield* Crc
      const server = yield* socket.bind(address, {
        onRun: ({ bytes, from }) => {
          const packet = readOpening(crc32, bytes, 0, bytes.length)
          if (packet === undefined || !("clientId" in packet)) return
          const answer = versions(crc32, packet.clientId, [{ version: 0xff, protections: ["aead"] }])
          server.send(from, answer.length, (target) => {
            target.set(answer)
            return answer.length
          })
        },
        onPause: () => undefined,
        onError: () => undefined,
        onDrain: () => undefined
      })
      expect(yield* passing(Effect.flip(connect(address)))).toMatchObject({ reason: "OtherVersion" })
    }).pipe(Effect.provide(network())))
})

describe("a listener", () => {
  it.scopedLive("serves 100 sessions at the same time, and removes them when they are closed", () =>
    sessionsAtOnce(100))

  it.scoped("that is full refuses with ServerFull, and its sessions continue", () =>
    Effect.gen(function*() {
      const { client, listener, server } = yield* pair()
      yield* listener.drain
      const late = yield* connect(address)
      expect(yield* passing(late.closed)).toMatchObject({ reason: "ServerFull", peer: "127.0.0.1:4040" })
      expect(yield* Effect.flip(Effect.scoped(late.openStream))).toMatchObject({ reason: "ServerFull" })
      yield* TestClock.adjust("1 seconds")
      expect([listener.open(), listener.counters().turnedAway]).toEqual([1, 1])
      const stream = yield* client.openStream
      yield* stream.write(Uint8Array.of(1))
      yield* passing(Effect.flatMap(firstStream(server), (theirs) => theirs.read()))
    }).pipe(Effect.provide(network())))

  it.scoped("answers another version with VERSION, and counts it", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const socket = yield* Socket
      const { crc32 } = yield* Crc
      const received: Array<unknown> = []
      const stranger = yield* socket.connect(address, {
        onRun: ({ bytes }) => received.push(readOpening(crc32, bytes, 0, bytes.length)),
        onPause: () => undefined,
        onError: () => undefined,
        onDrain: () => undefined
      })
      const sendHello = (change: (bytes: Uint8Array) => void): void => {
        const bytes = hello((part) => change(part) ?? crc32(part), requestOf(7, "aead"), new Uint8Array(0))
        stranger.send(address, bytes.length, (target) => {
          target.set(bytes)
          return bytes.length
        })
      }
      // The last byte of the version, changed before the CRC is computed.
      sendHello((bytes) => void (bytes[14] = 99))
      sendHello((bytes) => void bytes.fill(0x77, 0, 1))
      yield* TestClock.adjust("1 millis")
      expect(received).toMatchObject([{ offers: [{ version: 0x66_6c_6b_02, protections: ["aead"] }], clientId: 7 }])
      expect(listener.counters()).toMatchObject({ otherVersions: 1, malformed: 1, strays: 0, defects: 0 })
      expect(listener.open()).toBe(0)
    }).pipe(Effect.provide(network())))
})

describe("the end of a scope", () => {
  it.scoped("of a client informs the server", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const scope = yield* Scope.make()
      yield* Scope.extend(connect(address), scope)
      const server = yield* Effect.flatten(Stream.runHead(listener.sessions))
      yield* Scope.close(scope, Exit.void)
      expect(yield* server.closed).toMatchObject({ reason: "Closed", code: 0 })
      expect(listener.open()).toBe(0)
    }).pipe(Effect.provide(network())))

  it.scoped("of a listener informs its clients and ends the stream of sessions", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const listener = yield* Scope.extend(listen(address), scope)
      const taking = yield* Effect.fork(Stream.runCount(listener.sessions))
      const sessions = yield* Effect.all([connect(address), connect(address)])
      yield* Effect.yieldNow()
      yield* passing(Scope.close(scope, Exit.void))
      expect(yield* Fiber.join(taking)).toBe(2)
      for (const session of sessions) expect(yield* session.closed).toMatchObject({ reason: "Closed" })
      const late = yield* Effect.fork(Effect.flip(connect(address)))
      yield* TestClock.adjust("1 seconds")
      expect(yield* Fiber.join(late)).toMatchObject({ reason: "Unreachable" })
    }).pipe(Effect.provide(network())))

  it.scoped("is delayed by a peer without answers for at most the closing timeout", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { client } = yield* Scope.extend(pair(), scope)
      yield* TestClock.adjust("1 seconds")
      wire.isCut = true
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* TestClock.adjust(2 * Limits.leavingMillis)
      yield* Fiber.join(closing)
      expect(yield* client.closed).toMatchObject({ reason: "Left" })
    }).pipe(Effect.provide(network(wire)))
  })
})

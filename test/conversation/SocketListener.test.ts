import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { echo } from "../../src/apps/dialogues/Echo.ts"
import * as RoomLimits from "../../src/conversation/RoomLimits.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import * as SocketListener from "../../src/conversation/SocketListener.ts"
import { Tcp } from "../../src/net/Tcp.ts"
import * as NodeTcp from "../../src/node/net/NodeTcp.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import { auto } from "../../src/protocol/framing/AutoFraming.ts"
import type { Framing } from "../../src/protocol/framing/Framing.ts"
import { lines } from "../../src/protocol/framing/LineFraming.ts"
import { raw } from "../../src/protocol/framing/ReadFraming.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import * as TcpSockets from "../../src/transport/platform/TcpSockets.ts"
import { crowdApp, departures, listenedRoom, onTcp, tcpWorld } from "../suites/listenedRoom.ts"

/** The room of an app on TCP in memory, for clients from `host`. */
const from = (host: string, app = crowdApp, framing: Framing = lines) => {
  const at = TcpMemory.network()
  return listenedRoom(tcpWorld("TCP", at("192.0.2.1"), at(host)), app, framing)
}

describe("a listener", () => {
  it.scoped("ends a client that says nothing in time, with the reason, and none that has spoken", () =>
    Effect.gen(function*() {
      const { client, events, until } = yield* from("127.0.0.1")
      const [silent, other] = [yield* client, yield* client]
      yield* other.says("hello")
      yield* until(() => silent.told().endsWith("hello\n") && other.told().endsWith("hello\n"))
      yield* TestClock.adjust(RoomLimits.firstMessageMillis - 1)
      expect(silent.end()).toBeUndefined()
      yield* TestClock.adjust(1)
      yield* until(() => silent.end() !== undefined)
      expect(silent.told()).toBe("1\nhello\nno message has come in time\n")
      expect([departures(events), other.end()]).toEqual([["silent"], undefined])
    }))

  it.scoped("delivers a message that its framing holds after the time of the framing", () =>
    Effect.gen(function*() {
      const { client, until } = yield* from("127.0.0.1", echo, auto)
      const caller = yield* client
      yield* caller.write(Buffer.from("x".repeat(1024)))
      yield* caller.write(new Uint8Array(0))
      yield* TestClock.adjust(49)
      expect(caller.receivedBytes()).toBe(0)
      yield* TestClock.adjust(1)
      yield* until(() => caller.receivedBytes() === 1024)
    }))

  it.scoped("reads a client off loopback at the rate of typing, and loses nothing", () =>
    Effect.gen(function*() {
      const { client, until } = yield* from("192.0.2.2", echo, raw)
      const caller = yield* client
      const sent = RoomLimits.readBurstBytes + 4 * RoomLimits.readBytesPerSecond
      yield* caller.write(new Uint8Array(sent))
      yield* until(() => caller.receivedBytes() >= RoomLimits.readBurstBytes)
      yield* TestClock.adjust(1000)
      yield* until(() => caller.receivedBytes() >= RoomLimits.readBurstBytes + RoomLimits.readBytesPerSecond)
      expect(caller.receivedBytes()).toBe(RoomLimits.readBurstBytes + RoomLimits.readBytesPerSecond)
      for (let second = 0; second < 3; second++) yield* TestClock.adjust(1000)
      yield* until(() => caller.receivedBytes() === sent)
    }))

  it.scoped("stops reading a client that takes no answers, and answers all when it does", () =>
    Effect.gen(function*() {
      const { client, events, until } = yield* from("127.0.0.1", echo, raw)
      const caller = yield* client
      caller.pause()
      yield* caller.write(new Uint8Array(2_000_000))
      yield* TestClock.adjust(RoomLimits.slowReaderMillis - 1)
      caller.resume()
      yield* until(() => caller.receivedBytes() === 2_000_000)
      expect(departures(events)).toEqual([])
    }))

  it.scoped("ends a client that takes no answers for too long", () =>
    Effect.gen(function*() {
      const { client, events, until } = yield* from("127.0.0.1", echo, raw)
      const caller = yield* client
      caller.pause()
      yield* caller.write(new Uint8Array(2_000_000))
      yield* TestClock.adjust(1)
      yield* TestClock.adjust(RoomLimits.slowReaderMillis)
      yield* until(() => departures(events).length > 0)
      expect(departures(events)).toEqual(["slow"])
    }))

  it.scoped("lets its clients leave when it is interrupted, after what they were sent", () =>
    Effect.gen(function*() {
      const tcp = TcpMemory.network()()
      const room = yield* Rooms.open(crowdApp)
      const server = yield* Effect.provideService(TcpSockets.server({ host: "127.0.0.1", port: 4040 }), Tcp, tcp)
      const serving = yield* Effect.fork(SocketListener.serve(server, room, { framing: lines, transport: "tcp" }))
      const caller = onTcp(yield* tcp.connect({ host: "127.0.0.1", port: 4040 }))
      while (caller.receivedBytes() < 2) yield* Effect.promise(() => Promise.resolve())
      yield* Fiber.interrupt(serving)
      while (caller.end() === undefined) yield* Effect.promise(() => Promise.resolve())
      expect([Buffer.from(caller.received()).toString(), caller.end(), room.present()]).toEqual(["1\n", "end", []])
    }).pipe(Effect.provide(NodeCrypto.layer)))

  it.scoped("serves the sockets of another package, without the answer to the end of their input", () =>
    Effect.gen(function*() {
      const tcp = NodeTcp.make
      const room = yield* Rooms.open(crowdApp)
      const server = yield* NodeSocketServer.make({ host: "127.0.0.1", port: 0 })
      yield* Effect.forkScoped(SocketListener.serve(server, room, { framing: lines, transport: "tcp" }))
      const port = server.address._tag === "TcpAddress" ? server.address.port : 0
      const callers = yield* Effect.replicateEffect(Effect.map(tcp.connect({ host: "127.0.0.1", port }), onTcp), 2)
      const [one, other] = callers
      if (one === undefined || other === undefined) return
      const { until } = tcpWorld("TCP", tcp)
      yield* until(() => callers.every((caller) => caller.receivedBytes() === 2))
      yield* one.write(Buffer.from("coo\nlast"))
      yield* until(() => callers.every((caller) => caller.receivedBytes() === 6))
      yield* one.finish
      yield* until(() => one.end() !== undefined && room.present().length === 1)
      yield* until(() => other.receivedBytes() === 11)
      yield* other.write(Buffer.from("bye\n"))
      yield* until(() => other.end() !== undefined && room.present().length === 0)
      expect(Buffer.from(other.received()).toString()).toMatch(/^[12]\ncoo\nlast\nsee you\n$/)
    }).pipe(Effect.provide(NodeCrypto.layer)))
})

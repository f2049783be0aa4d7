import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import type { DatagramOptions } from "../../src/conversation/DatagramClients.ts"
import { listen, type Listening } from "../../src/conversation/DatagramListener.ts"
import type { Room } from "../../src/conversation/Room.ts"
import * as RoomLimits from "../../src/conversation/RoomLimits.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import type { Address } from "../../src/net/Address.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../src/security/Crypto.ts"
import { EventBus, make as makeBus } from "../../src/telemetry/EventBus.ts"
import type { ServiceDisconnected } from "../../src/telemetry/ServiceEvents.ts"
import { FakeDatagrams, mirrorApp } from "./fakeDatagrams.ts"

interface World {
  readonly socket: FakeDatagrams
  readonly room: Room
  readonly listening: Listening
  readonly logged: Array<string>
  readonly disconnected: Array<ServiceDisconnected>
}

const inWorld = <E>(
  test: (world: World) => Effect.Effect<void, E, Scope.Scope>,
  options?: DatagramOptions,
  host = "192.0.2.1"
) =>
  Effect.gen(function*() {
    const socket = new FakeDatagrams()
    const logged: Array<string> = []
    const disconnected: Array<ServiceDisconnected> = []
    const { listen: subscribe } = yield* EventBus
    yield* subscribe((event) => {
      if (event._tag === "ServiceLogged") logged.push(event.text)
      if (event._tag === "ServiceDisconnected") disconnected.push(event)
    })
    const room = yield* Rooms.open(mirrorApp)
    const listening = yield* Effect.provide(listen({ host, port: 9999 }, room, options), socket.layer)
    yield* test({ socket, room, listening, logged, disconnected })
  }).pipe(Effect.provide(Layer.merge(Layer.succeed(Crypto, nodeCrypto), Layer.sync(EventBus, makeBus))))

const ala: Address = { host: "198.51.100.1", port: 40_001 }
const bo: Address = { host: "2001:db8::2", port: 40_002 }
/** One of many addresses, each of a network of its own. */
const numbered = (number: number): Address => ({ host: `10.${number >> 8}.${number & 255}.1`, port: 40_000 })

describe("a remote address", () => {
  it.scoped("joins with its first datagram, which is its first message, and each further one is a message", () =>
    inWorld(({ logged, socket }) =>
      Effect.sync(() => {
        socket.deliver(ala, "one")
        socket.deliver(bo, "two")
        socket.deliver(ala, "three")
        expect(logged).toEqual(["1 is 198.51.100.1:40001", "2 is [2001:db8::2]:40002"])
        expect(socket.sent.map((line) => line.split(" from ")[0])).toEqual([
          "one to 198.51.100.1:40001",
          "two to [2001:db8::2]:40002",
          "three to 198.51.100.1:40001"
        ])
      })
    ))

  it.scoped("is answered from the local address to which its last datagram was sent", () =>
    inWorld(({ socket }) =>
      Effect.sync(() => {
        socket.deliver(ala, "one", "192.0.2.1")
        socket.deliver(ala, "two", "192.0.2.2")
        expect(socket.sent.map((line) => line.split(" from ")[1])).toEqual(["192.0.2.1", "192.0.2.2"])
      })
    ))

  it.scoped("is another client after the app has ended it", () =>
    inWorld(({ logged, room, socket }) =>
      Effect.sync(() => {
        socket.deliver(ala, "end")
        expect(room.present()).toEqual([])
        socket.deliver(ala, "again")
        expect(logged).toEqual(["1 is 198.51.100.1:40001", "1 ended", "2 is 198.51.100.1:40001"])
      })
    ))

  it.scoped("is forgotten after a minute of its silence, and not before", () =>
    inWorld(({ logged, socket }) =>
      Effect.gen(function*() {
        socket.deliver(ala, "one")
        yield* TestClock.adjust("40 seconds")
        socket.deliver(bo, "two")
        socket.deliver(ala, "three")
        yield* TestClock.adjust("59999 millis")
        expect(logged).toHaveLength(2)
        socket.deliver(bo, "four")
        yield* TestClock.adjust("1 millis")
        expect(logged.slice(2)).toEqual(["1 silent"])
        yield* TestClock.adjust("2 minutes")
        expect(logged.slice(2)).toEqual(["1 silent", "2 silent"])
      })
    ))

  it.scoped("leaves when the network says that nothing listens there", () =>
    inWorld(({ logged, socket }) =>
      Effect.sync(() => {
        socket.deliver(ala, "one")
        socket.fail("198.51.100.1:40001", "Unreachable")
        socket.fail("198.51.100.9:40001", "Refused")
        expect(logged).toHaveLength(1)
        socket.fail("198.51.100.1:40001", "Refused")
        expect(logged.slice(1)).toEqual(["1 reset"])
      })
    ))
})

describe("the bounds", () => {
  it.scoped("hold in a flood from 10,000 addresses: a table of 1,024, no answer, and a report now and then", () =>
    inWorld(({ disconnected, listening, room, socket }) =>
      Effect.gen(function*() {
        for (let number = 0; number < 10_000; number++) socket.deliver(numbered(number), "x")
        const most = RoomLimits.datagramAddresses
        expect(room.present()).toHaveLength(most)
        expect(socket.sent).toHaveLength(most)
        expect(listening.counters()).toMatchObject({ received: most, refused: 10_000 - most })
        expect(disconnected.map(({ message, reason }) => [reason, message])).toEqual([
          ["refused", "there are too many addresses"]
        ])
        yield* TestClock.adjust("10 seconds")
        socket.deliver(numbered(10_000), "x")
        expect(disconnected.at(-1)?.message).toMatch(/; 8976 datagrams were refused since the last report$/)
        yield* TestClock.adjust("1 minutes")
        expect(room.present()).toEqual([])
      })
    ))

  it.scoped("give one source its share, and keep places for others", () =>
    inWorld(({ room, socket }) =>
      Effect.sync(() => {
        for (let port = 1; port <= 2000; port++) socket.deliver({ host: ala.host, port: 30_000 + port }, "x")
        expect(room.present().length).toBeLessThan(RoomLimits.datagramAddresses / 2)
        socket.deliver(bo, "x")
        expect(room.present().at(-1)?.address).toEqual(bo)
      })
    ))

  it.scoped("drop what comes faster than an address off loopback may send, and not on loopback", () =>
    inWorld(({ listening, socket }) =>
      Effect.gen(function*() {
        const kibibyte = "x".repeat(1024 - RoomLimits.datagramHeaderBytes)
        for (let count = 0; count < 300; count++) socket.deliver(ala, kibibyte)
        expect(listening.counters()).toMatchObject({ received: 256, tooFast: 44 })
        yield* TestClock.adjust("1 seconds")
        for (let count = 0; count < 100; count++) socket.deliver(ala, kibibyte)
        expect(listening.counters()).toMatchObject({ received: 320, tooFast: 80 })
        for (let count = 0; count < 300; count++) socket.deliver({ host: "127.0.0.1", port: 5 }, kibibyte)
        expect(listening.counters()).toMatchObject({ received: 620, tooFast: 80 })
      })
    ))

  it.scoped("give an unproved address three times the bytes that it has sent, with headers, and on loopback any number", () =>
    inWorld(({ listening, socket }) =>
      Effect.sync(() => {
        // 3 × (7 + 28) - 28 bytes.
        socket.deliver(ala, "long 78")
        socket.deliver(ala, "long 77")
        socket.deliver(ala, "long 77")
        expect(socket.sent.map((line) => line.indexOf(" "))).toEqual([77, 77])
        expect(listening.counters()).toMatchObject({ sent: 2, unproved: 1 })
        socket.deliver({ host: "127.0.0.1", port: 40_000 }, "long 2000")
        expect(listening.counters()).toMatchObject({ sent: 3, unproved: 1 })
      })
    ))

  it.scoped("give an unproved address everything where the operator allows it", () =>
    inWorld(({ socket }) =>
      Effect.sync(() => {
        socket.deliver(ala, "long 1000")
        expect(socket.sent).toHaveLength(1)
      }), { allowsUnproved: true }))

  it.scoped("drop datagrams of services that answer any answer", () =>
    inWorld(({ listening, room, socket }) =>
      Effect.sync(() => {
        socket.deliver({ host: ala.host, port: 53 }, "x")
        expect(room.present()).toEqual([])
        expect(listening.counters()).toMatchObject({ reflected: 1 })
      })
    ))

  it.scoped("refuse what the room refuses", () =>
    inWorld(({ disconnected, room, socket }) =>
      Effect.sync(() => {
        room.pause(true)
        socket.deliver(ala, "x")
        room.pause(false)
        expect(disconnected.map(({ message }) => message)).toEqual(["\"mirror\" takes no new clients at the moment"])
        socket.deliver(ala, "x")
        expect(socket.sent).toHaveLength(1)
      })
    ))
})

describe("a kernel without room", () => {
  it.scoped("gets what waits later, in order, and what exceeds the queue is dropped", () =>
    inWorld(({ listening, socket }) =>
      Effect.sync(() => {
        socket.isFull = true
        for (let count = 0; count < RoomLimits.waitingDatagrams + 3; count++) socket.deliver(ala, String(count))
        expect(listening.counters()).toMatchObject({ sent: 0, unsent: 3 })
        socket.drain()
        expect(socket.sent.map((line) => Number(line.split(" ")[0]))).toEqual(
          Array.from({ length: RoomLimits.waitingDatagrams }, (_, at) => at)
        )
      })
    ))

  it.scoped("is not asked for a datagram that IP cannot carry", () =>
    inWorld(({ listening, socket }) =>
      Effect.sync(() => {
        socket.deliver(ala, "long 65508")
        socket.deliver(ala, "long 65507")
        expect(listening.counters()).toMatchObject({ sent: 1, unsent: 1 })
      }), { allowsUnproved: true }))
})

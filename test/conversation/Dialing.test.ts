import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { linkedChat } from "../../src/apps/chat/LinkedChat.ts"
import * as Dialing from "../../src/conversation/Dialing.ts"
import * as RoomLimits from "../../src/conversation/RoomLimits.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import { Tcp, type TcpConnection } from "../../src/net/Tcp.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import { oneway } from "../../src/protocol/framing/OneWayFraming.ts"
import { padded } from "../../src/protocol/framing/PaddedFraming.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import { type Caller, onTcp } from "../suites/listenedRoom.ts"

const server = { host: "127.0.0.1", port: 2001 }
const framing = oneway(padded(8))

/** A room that dials the server, what happens in it, and the server, which can be started and which has the connections. */
const dialing = Effect.gen(function*() {
  const lines: Array<string> = []
  const bus = EventBus.make()
  yield* bus.listen((event) => {
    if (event._tag === "ServiceLogged") lines.push(event.text)
    if (event._tag === "ServiceConnected") lines.push(`connected ${event.peer.port}`)
    if (event._tag === "ServiceDisconnected") lines.push(`disconnected ${event.reason}`)
  })
  const observed = Effect.provideService(EventBus.EventBus, bus)
  const room = yield* observed(Rooms.open(linkedChat, { config: { peer: "127.0.0.1~2001" } }))
  const callers: Array<Caller> = []
  const { listen } = yield* Tcp
  const accept = (connection: TcpConnection) => void callers.push(onTcp(connection))
  const fiber = yield* Effect.forkScoped(observed(Dialing.keep(room, server, framing)))
  return { room, lines, callers, fiber, start: listen(server, accept) }
})

/** Lets what is on its way arrive. */
const settle = Effect.yieldNow().pipe(Effect.repeatN(50))
const passing = (millis: number) => Effect.zipRight(Effect.zipRight(settle, TestClock.adjust(millis)), settle)

describe("the dialing of a server", () => {
  it.scoped("joins it to the room, with the framing of its clients, and connects again when it ends", () =>
    Effect.gen(function*() {
      const { callers, lines, room, start } = yield* dialing
      yield* start
      yield* passing(2 * RoomLimits.firstDialMillis)
      expect(lines.at(-1)).toBe("linked with 127.0.0.1:2001")
      expect(room.present().map(({ address, name }) => [address.port, name])).toEqual([[2001, "127.0.0.1:2001"]])
      const told: Array<string> = []
      const ala = room.join({
        address: { host: "192.0.2.1", port: 1 },
        transport: "tcp",
        send: ({ text }) => told.push(text ?? ""),
        close: () => undefined
      })
      if (typeof ala === "string") throw new Error(ala)
      ala.say(Buffer.from("ahoj"))
      yield* passing(1000)
      expect(Buffer.from(callers[0]?.received() ?? []).toString()).toBe("4       ahoj")
      yield* callers[0]?.write(Buffer.from("čau")) ?? Effect.void
      yield* passing(1000)
      expect(told).toEqual(["ahoj", "čau"])
      yield* callers[0]?.reset ?? Effect.void
      yield* passing(2 * RoomLimits.firstDialMillis)
      expect(lines.slice(-4)).toEqual([
        "disconnected reset",
        "the link with 127.0.0.1:2001 has ended; it is dialed again",
        "connected 2001",
        "linked with 127.0.0.1:2001"
      ])
      ala.say(Buffer.from("again"))
      yield* settle
      expect(Buffer.from(callers[1]?.received() ?? []).toString()).toBe("5       again")
    }).pipe(Effect.provide(Layer.merge(TcpMemory.layer(), NodeCrypto.layer))))

  it.scoped("tries a server that does not answer again and again, and says so once", () =>
    Effect.gen(function*() {
      const { callers, fiber, lines, room, start } = yield* dialing
      yield* passing(60_000)
      expect(lines).toEqual([
        "127.0.0.1:2001 is not linked: nothing listens at 127.0.0.1:2001; it is tried again, at least every 10 s"
      ])
      yield* start
      yield* passing(1.2 * RoomLimits.mostDialMillis)
      expect([callers.length, room.present().length]).toEqual([1, 1])
      yield* Fiber.interrupt(fiber)
      yield* settle
      expect(room.present()).toEqual([])
      expect(callers[0]?.end()).toBeDefined()
    }).pipe(Effect.provide(Layer.merge(TcpMemory.layer(), NodeCrypto.layer))))

  it.scoped("says nothing to a server that the room does not admit", () =>
    Effect.gen(function*() {
      const { callers, lines, room, start } = yield* dialing
      room.pause(true)
      yield* start
      yield* passing(2 * RoomLimits.firstDialMillis)
      expect(lines).toContain("disconnected refused")
      expect(callers[0]?.receivedBytes()).toBe(0)
      room.pause(false)
      yield* passing(20_000)
      expect(lines.at(-1)).toBe("linked with 127.0.0.1:2001")
    }).pipe(Effect.provide(Layer.merge(TcpMemory.layer(), NodeCrypto.layer))))
})

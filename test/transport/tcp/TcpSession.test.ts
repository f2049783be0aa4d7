import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as EventBus from "../../../src/telemetry/EventBus.ts"
import type { LastingEvent, Packet } from "../../../src/telemetry/TransportEvents.ts"
import { firstStream, passing } from "../../suites/flockNetwork.ts"
import { network, pair } from "../../suites/tcpNetwork.ts"

const observed = Effect.gen(function*() {
  const bus = EventBus.make()
  const events: Array<LastingEvent> = []
  const packets: Array<Packet> = []
  yield* bus.listen((event) => events.push(event))
  yield* bus.trace((packet) => packets.push(packet))
  return { bus, events, packets }
})

describe("a session of tcp", () => {
  it.scoped("carries streams in both directions, and settles what the peer has", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      for (const [from, to] of [[client, server], [server, client]] as const) {
        const stream = yield* from.openStream
        yield* stream.write(Uint8Array.of(1, 2, 3))
        yield* stream.finish
        const arrived = yield* passing(firstStream(to))
        expect(yield* passing(arrived.read())).toEqual(Uint8Array.of(1, 2, 3))
        yield* passing(stream.settled)
      }
      expect(client.statistics()).toMatchObject({ lostPackets: 0, congestion: undefined })
      expect(client.statistics().deliveredBytes).toBeGreaterThan(0)
    }).pipe(Effect.provide(network())))

  it.scoped("holds a writer back whose peer does not read", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const stream = yield* client.openStream
      let written = 0
      const writing = Effect.forever(Effect.tap(stream.write(new Uint8Array(2 ** 20)), () => written++))
      yield* Effect.forkScoped(writing)
      const arrived = yield* passing(firstStream(server))
      yield* TestClock.adjust("1 seconds")
      const before = written
      expect(before).toBeLessThan(12)
      yield* passing(Effect.repeatN(arrived.read(2 ** 20), 9))
      yield* TestClock.adjust("1 seconds")
      expect(written).toBeGreaterThan(before)
    }).pipe(Effect.provide(network())))

  it.scoped("is closed with code and text", () =>
    Effect.gen(function*() {
      const { client, listener, server } = yield* pair()
      yield* server.close(300, "maintenance")
      expect(yield* passing(client.closed)).toMatchObject({ reason: "Closed", code: 300 })
      expect((yield* client.closed).message).toContain("maintenance")
      yield* TestClock.adjust("1 millis")
      expect(listener.open()).toBe(0)
    }).pipe(Effect.provide(network())))

  it.scoped("stays open while it is idle", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair({ idleTimeoutMillis: 3000 })
      yield* TestClock.adjust("1 minutes")
      expect([client.isClosed(), server.isClosed()]).toEqual([false, false])
    }).pipe(Effect.provide(network())))

  it.scoped("publishes its beginning, its records and its end", () =>
    Effect.gen(function*() {
      const { bus, events, packets } = yield* observed
      yield* Effect.scoped(Effect.gen(function*() {
        const { client, server } = yield* pair()
        yield* Effect.forkScoped(server.serve(({ accept }) => accept("thanks")))
        const { receipt } = yield* passing(client.send({ kind: "greeting", body: () => Stream.empty }))
        expect(receipt).toBe("thanks")
        yield* client.close()
        yield* passing(server.closed)
      })).pipe(Effect.provideService(EventBus.EventBus, bus))
      const lasting = events.map((event) => [event._tag, "wire" in event ? event.wire : undefined])
      expect(lasting.filter(([tag]) => tag === "SessionOpened" || tag === "SessionClosed")).toEqual([
        ["SessionOpened", "tcp"],
        ["SessionOpened", "tcp"],
        ["SessionClosed", "tcp"],
        ["SessionClosed", "tcp"]
      ])
      const frames = packets.flatMap((packet) => packet.wire === "tcp" ? packet.frames ?? [] : [])
      expect(new Set(frames.map(({ _tag }) => _tag))).toEqual(new Set(["Stream", "Ack", "Close"]))
      expect(packets.filter((packet) => packet.wire !== "tcp")).toEqual([])
    }).pipe(Effect.provide(network())))
})

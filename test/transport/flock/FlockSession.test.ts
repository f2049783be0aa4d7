import { describe, expect, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Streams } from "../../../src/protocol/flock/streams/Streams.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { connect } from "../../../src/transport/flock/FlockEndpoint.ts"
import { address, content, firstStream, network, newWire, pair, passing } from "../../suites/flockNetwork.ts"

const quick = { idleTimeoutMillis: 3000 }

describe("a session", () => {
  it.scoped("carries 20 streams at the same time, without head-of-line blocking", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const sizes = new Map<number, number>()
      let ended = 0
      const all = yield* Effect.makeLatch()
      yield* Effect.fork(server.serveStreams((stream) =>
        // The first stream is never read.
        stream.id === 0 ? server.closed : Stream.runForEach(
          stream.bytes,
          (block) => Effect.sync(() => sizes.set(stream.id, (sizes.get(stream.id) ?? 0) + block.length))
        ).pipe(Effect.zipRight(Effect.suspend(() => ++ended === 19 ? all.open : Effect.void)))
      ))
      const writing = Effect.forEach(
        Array.from({ length: 20 }, (_, number) => content(20_000 * (number + 1))),
        (bytes) => Effect.flatMap(client.openStream, (stream) => Effect.zipRight(stream.write(bytes), stream.finish)),
        { concurrency: "unbounded" }
      )
      yield* passing(Effect.zipRight(writing, all.await))
      expect([...sizes].toSorted(([a], [b]) => a - b)).toEqual(
        Array.from({ length: 19 }, (_, index) => [2 * (index + 1), 20_000 * (index + 2)])
      )
    }).pipe(Effect.provide(network())))

  it.scoped("has streams that the server opens too", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const stream = yield* server.openStream
      yield* stream.write(Uint8Array.of(1, 2))
      const theirs = yield* passing(firstStream(client))
      expect([theirs.id, yield* theirs.read()]).toEqual([1, Uint8Array.of(1, 2)])
    }).pipe(Effect.provide(network())))

  it.scoped("opens at most as many streams as the peer allows, and the next one when one is settled", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* Effect.fork(server.serveStreams((stream) => stream.abandon))
      const scope = yield* Scope.make()
      const open = Scope.extend(client.openStream, scope)
      for (let count = 0; count < Limits.openStreams; count++) yield* open
      const next = yield* Effect.fork(open)
      yield* TestClock.adjust("1 seconds")
      expect(yield* Fiber.poll(next)).toMatchObject({ _tag: "None" })
      yield* Scope.close(scope, Exit.void)
      yield* passing(Fiber.join(next))
    }).pipe(Effect.provide(network())))

  it.scoped("removes finished and abandoned streams on both sides", () =>
    Effect.gen(function*() {
      const [ours, theirs] = [vi.spyOn(Streams.prototype, "open"), vi.spyOn(Streams.prototype, "onStreamFrame")]
      yield* Effect.addFinalizer(() => Effect.sync(() => vi.restoreAllMocks()))
      const { client, server } = yield* pair()
      yield* Effect.fork(server.serveStreams((stream) =>
        // Every second stream is read to its end and answered.
        Effect.when(Effect.zipRight(Stream.runDrain(stream.bytes), stream.finish), () => stream.id % 4 === 0)
      ))
      const counts = (): ReadonlyArray<number> =>
        [ours, theirs].map(({ mock: { contexts: [self] } }) => self instanceof Streams ? self.count : -1)
      yield* Effect.scoped(Effect.gen(function*() {
        for (let count = 0; count < 20; count++) {
          const stream = yield* client.openStream
          yield* stream.write(content(5000))
          if (count % 3 > 0) yield* stream.finish
        }
        yield* TestClock.adjust("1 seconds")
        expect(Math.min(...counts())).toBeGreaterThan(0)
      }))
      yield* TestClock.adjust("1 seconds")
      expect(counts()).toEqual([0, 0])
    }).pipe(Effect.provide(network())))

  it.scoped("refuses a stream when its queue of unread streams is full", () =>
    Effect.gen(function*() {
      const { client } = yield* pair()
      // The peer's application reads none. An abandoned stream frees its place on the wire, but not in the queue.
      yield* Effect.scoped(
        Effect.forEach(Array.from({ length: Limits.openStreams }), () => client.openStream, { discard: true })
      )
      const stream = yield* passing(client.openStream)
      yield* stream.write(Uint8Array.of(1))
      expect(yield* passing(Effect.flip(stream.read()))).toMatchObject({ reason: "Reset" })
    }).pipe(Effect.provide(network())))

  it.scoped("is lost after the idle timeout without a packet, on both sides, and frees its resources", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const { client, listener, server } = yield* pair(quick)
      const stream = yield* client.openStream
      const reading = yield* Effect.fork(Effect.flip(stream.read()))
      yield* TestClock.adjust("1 seconds")
      wire.isCut = true
      yield* TestClock.adjust("6 seconds")
      expect(yield* client.closed).toMatchObject({ reason: "Lost", peer: "127.0.0.1:4040" })
      expect(yield* server.closed).toMatchObject({ reason: "Lost" })
      expect(yield* Fiber.join(reading)).toMatchObject({ reason: "Lost" })
      expect(listener.open()).toBe(0)
      const runs = wire.runs
      yield* TestClock.adjust("1 minutes")
      expect(wire.runs).toBe(runs)
    }).pipe(Effect.provide(network(wire)))
  })

  it.scoped("is kept alive by three keep-alives per idle timeout while the application is idle", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const { client, listener, server } = yield* pair(quick)
      yield* TestClock.adjust("1 seconds")
      const runs = wire.runs
      yield* TestClock.adjust("30 seconds")
      expect([client.isClosed(), server.isClosed(), listener.open()]).toEqual([false, false, 1])
      // Each keep-alive is a PING and its ACK.
      expect((wire.runs - runs) / 2).toBeGreaterThan(25)
      expect((wire.runs - runs) / 2).toBeLessThanOrEqual(31)
    }).pipe(Effect.provide(network(wire)))
  })

  it.scoped("survives an outage of two seconds in every five", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const { client, server } = yield* pair(quick)
      const size = 1_000_000
      const reading = yield* Effect.fork(
        Effect.flatMap(
          firstStream(server),
          (stream) => Stream.runFold(stream.bytes, 0, (sum, block) => sum + block.length)
        )
      )
      const stream = yield* client.openStream
      yield* Effect.fork(Effect.zipRight(stream.write(content(size)), stream.finish))
      for (let cut = 0; cut < 3; cut++) {
        yield* TestClock.adjust("2 millis")
        wire.isCut = true
        yield* TestClock.adjust("2 seconds")
        wire.isCut = false
        yield* TestClock.adjust("3 seconds")
      }
      expect(yield* passing(Fiber.join(reading))).toBe(size)
      expect(client.statistics().lostPackets).toBeGreaterThan(0)
    }).pipe(Effect.provide(network(wire)))
  })

  it.scoped("that one side closes ends at the other with the code and the text, as do its pending operations", () =>
    Effect.gen(function*() {
      const { client, listener, server } = yield* pair()
      const stream = yield* client.openStream
      const waiting = yield* Effect.fork(Effect.flip(stream.read()))
      const serving = yield* Effect.fork(client.serveStreams(() => Effect.void))
      yield* Effect.yieldNow()
      yield* server.close(300, "maintenance")
      expect(yield* passing(client.closed)).toMatchObject({
        reason: "Closed",
        code: 300,
        message: "127.0.0.1:4040 ended the session: maintenance"
      })
      expect(yield* server.closed).toMatchObject({ reason: "Left" })
      expect(yield* Fiber.join(waiting)).toMatchObject({ reason: "Closed" })
      yield* Fiber.join(serving)
      expect(yield* Effect.flip(Effect.scoped(client.openStream))).toMatchObject({ reason: "Closed" })
      yield* TestClock.adjust("5 seconds")
      expect(listener.open()).toBe(0)
    }).pipe(Effect.provide(network())))

  it.scoped("has statistics of its transfers", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const stream = yield* client.openStream
      yield* stream.write(content(100_000))
      const theirs = yield* firstStream(server)
      yield* passing(theirs.read(100_000))
      yield* TestClock.adjust("50 millis")
      const [sent, received] = [client.statistics(), server.statistics()]
      expect(sent.sentBytes).toBeGreaterThan(100_000)
      expect(sent).toMatchObject({
        lostPackets: 0,
        dropped: { damaged: 0 },
        congestion: { inFlightBytes: 0, controller: "bbr" }
      })
      expect(received.receivedPackets).toBe(sent.sentPackets)
      expect(sent.roundTripMillis).toBeDefined()
    }).pipe(Effect.provide(network())))

  it.scoped("of many at one listener continues while the reader of another has stopped", () =>
    Effect.gen(function*() {
      const { client, listener, server } = yield* pair()
      const stuck = yield* client.openStream
      const block = content(Limits.sourceBlockBytes)
      yield* Effect.fork(Effect.forever(stuck.write(block)))
      yield* firstStream(server)
      yield* TestClock.adjust("1 seconds")
      const other = yield* connect(address)
      const theirs = yield* Effect.flatten(Stream.runHead(listener.sessions))
      const stream = yield* other.openStream
      yield* stream.write(content(50_000))
      const incoming = yield* firstStream(theirs)
      yield* passing(Effect.repeat(incoming.read(), { until: () => incoming.readBytes() === 50_000 }))
    }).pipe(Effect.provide(network())))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Socket } from "../../../src/net/Socket.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import type { Rule } from "../../../src/testing/Faults.ts"
import * as Outbox from "../../../src/transfer/Outbox.ts"
import * as Endpoint from "../../../src/transport/classic/ClassicEndpoint.ts"
import { ofConnection } from "../../../src/transport/classic/ClassicSession.ts"
import { passing } from "../../suites/flockNetwork.ts"
import type { Tapped } from "../../suites/tap.ts"
import { sentByClients } from "../../suites/tap.ts"
import { address, arrivedMessages, network, serving } from "../../suites/virtualNetwork.ts"

describe("retransmission in virtual time", () => {
  it.scoped("repeats the announcement at 1 s, 2 s … 29 s and fails as Silent at 30 s", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving()
      const connection = yield* Endpoint.connect(address)
      const sending = yield* Effect.fork(
        Effect.either(Outbox.sendText(ofConnection(connection), "x", { fragmentSize: 4 }))
      )
      yield* TestClock.adjust("30 seconds")
      expect(sentByClients(log)).toEqual(Array.from({ length: 30 }, (_, n) => `INF 0 @${n * 1000}`))
      const outcome = yield* Fiber.join(sending)
      expect(Either.getLeft(outcome)).toMatchObject({
        value: { reason: "Silent", message: "127.0.0.1:4040 has not answered within 30 s" }
      })
    }).pipe(Effect.provide(network(log, [{ kind: "INF", direction: "sent", fate: "drop" }])))
  })

  it.scoped("repeats a lost DAT after the minimum of 20 ms on a fast path, although the announcement had 1 s", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving()
      const connection = yield* Endpoint.connect(address)
      const sending = yield* Effect.fork(Outbox.sendText(ofConnection(connection), "12345678", { fragmentSize: 4 }))
      yield* TestClock.adjust("20 millis")
      expect((yield* Fiber.join(sending)).fragments?.repeatedNumbers).toEqual([2])
      expect(sentByClients(log)).toEqual(["INF 0 @0", "DAT 1 @0", "DAT 2 @0", "DAT 2 @20", "KPA 0 @20"])
    }).pipe(Effect.provide(network(log, [{ kind: "DAT", sequenceNumber: 2, direction: "sent", nth: 1, fate: "drop" }])))
  })

  it.scoped("sends at once when idle, not at the deadline of the current sleep", () => {
    const log: Array<Tapped> = []
    const script: ReadonlyArray<Rule> = [{ kind: "DAT", direction: "sent", nth: 2, fate: "drop" }]
    return Effect.gen(function*() {
      yield* serving()
      const connection = yield* Endpoint.connect(address)
      yield* Outbox.sendText(ofConnection(connection), "one", { fragmentSize: 4 })
      yield* TestClock.adjust("3 seconds")
      const sending = yield* Effect.fork(Outbox.sendText(ofConnection(connection), "two", { fragmentSize: 4 }))
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(sending)
      // For 3 s after the first message, the receiver treats an equal announcement as a copy.
      expect(sentByClients(log)).toEqual([
        "INF 0 @0",
        "DAT 1 @0",
        "INF 0 @3000",
        "DAT 1 @3000",
        "DAT 1 @3020",
        "KPA 0 @3020"
      ])
    }).pipe(Effect.provide(network(log, script)))
  })
})

describe("connect", () => {
  it.scoped("fails if nothing listens, when the network has refused three announcements", () =>
    Effect.gen(function*() {
      const connection = yield* Endpoint.connect(address)
      const sending = Effect.flip(Outbox.sendText(ofConnection(connection), "x", { fragmentSize: 4 }))
      const error = yield* passing(sending)
      expect(error).toMatchObject({ _tag: "SessionError", reason: "Unreachable" })
    }).pipe(Effect.provide(network([]))))

  it.scoped("sends FIN when its scope closes, and the server reports it", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      const reason = yield* Effect.fork(Stream.runHead(Stream.mapEffect(listener.peers, (peer) => peer.closed)))
      yield* Effect.scoped(Effect.flatMap(Endpoint.connect(address), (connection) => connection.probe))
      expect(yield* Fiber.join(reason)).toMatchObject({ value: { reason: "Closed" } })
      expect(sentByClients(log)).toEqual(["KPA 0 @0", "FIN 0 @0"])
    }).pipe(Effect.provide(network(log)))
  })

  it.scoped("refuses a message that is too large before any frame is sent", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      const connection = yield* Endpoint.connect(address)
      const huge = { kind: "file", name: "n", contentBytes: 2 ** 24, fragmentSize: 1 } as const
      const errors = [
        yield* Effect.flip(Outbox.sendText(ofConnection(connection), "x", { fragmentSize: 0 })),
        yield* Effect.flip(Outbox.sendText(ofConnection(connection), "x", { fragmentSize: 1446 })),
        yield* Effect.flip(
          Outbox.sendText(ofConnection(connection), "x".repeat(Limits.textBytes + 1), { fragmentSize: 1445 })
        ),
        yield* Effect.flip(connection.send(huge, () => Stream.empty))
      ]
      expect(errors.map(({ _tag }) => _tag)).toEqual(errors.map(() => "SessionError"))
      expect(log).toEqual([])
    }).pipe(Effect.provide(network(log)))
  })
})

describe("listen", () => {
  it.scoped("serves many peers at the same time, each with its own transfer", () =>
    Effect.gen(function*() {
      const texts: Array<string> = []
      yield* serving(texts)
      const words = Array.from({ length: 50 }, (_, n) => `text of client ${n} `.repeat(n + 1))
      yield* Effect.forEach(
        words,
        (word) =>
          Effect.scoped(
            Effect.flatMap(
              Endpoint.connect(address),
              (connection) => Outbox.sendText(ofConnection(connection), word, { fragmentSize: 10 })
            )
          ),
        { concurrency: "unbounded" }
      )
      expect(texts.toSorted()).toEqual(words.toSorted())
    }).pipe(Effect.provide(network([]))))

  it.scoped("counts datagrams that open no connection, and is unchanged", () =>
    Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      const socket = yield* Socket
      const stray = yield* socket.connect(address, { onRun: () => undefined, onError: () => undefined })
      for (const length of [1, 12, 13, 100, 1458]) {
        stray.send(address, undefined, (target) => {
          target.fill(7, 0, length)
          return length
        })
      }
      yield* Effect.yieldNow()
      expect(listener.counters).toEqual({ strays: 0, malformed: 5, otherWire: 0, turnedAway: 0, errors: 0, defects: 0 })
    }).pipe(Effect.provide(network([]))))

  it.scoped("refuses peers above its limit", () =>
    Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      const probes = Array.from(
        { length: Limits.peers + 3 },
        () => Effect.flatMap(Endpoint.connect(address), (connection) => Effect.fork(connection.probe))
      )
      yield* Effect.all(probes, { discard: true })
      yield* TestClock.adjust("1 millis")
      expect(listener.counters.turnedAway).toBe(3)
    }).pipe(Effect.provide(network([]))))

  it.scoped("ends the streams of its peers and of their messages when its scope closes", () =>
    Effect.gen(function*() {
      const taking = yield* Effect.fork(Effect.scoped(Effect.gen(function*() {
        const listener = yield* Endpoint.listen(address)
        const all = yield* Effect.forkDaemon(
          Stream.runForEach(listener.peers, (peer) => peer.serve(() => Effect.void))
        )
        yield* Effect.flatMap(Endpoint.connect(address), (connection) => connection.probe)
        return all
      })))
      const all = yield* Fiber.join(taking)
      yield* Fiber.join(all)
    }).pipe(Effect.provide(network([]))))

  it.scoped("accepts no new message while it drains, and is drained when the current ones are accepted", () =>
    Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      const arrived = yield* arrivedMessages(listener)
      const connection = yield* Endpoint.connect(address)
      const sending = yield* Effect.fork(Outbox.sendText(ofConnection(connection), "old"))
      const incoming = yield* arrived
      const draining = yield* Effect.fork(listener.drain)
      yield* TestClock.adjust("1 seconds")
      const late = yield* Endpoint.connect(address)
      yield* Effect.fork(Outbox.sendText(ofConnection(late), "new"))
      yield* TestClock.adjust("1 seconds")
      expect(listener.counters.turnedAway).toBeGreaterThan(0)
      expect(yield* Fiber.poll(draining)).toMatchObject({ _tag: "None" })
      yield* Stream.runDrain(incoming.blocks)
      yield* incoming.accept
      yield* Fiber.join(sending)
      // The connected peers send no frame within the interval, so the whole interval passes.
      expect(yield* Fiber.poll(draining)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(draining)
    }).pipe(Effect.provide(network([]))))

  it.scoped("sends FIN to a peer in the middle of a message when it stops", () =>
    Effect.gen(function*() {
      const scoped = yield* Effect.fork(Effect.scoped(Effect.zipRight(Endpoint.listen(address), Effect.never)))
      yield* Effect.yieldNow()
      const connection = yield* Endpoint.connect(address)
      const sending = yield* Effect.fork(
        Outbox.sendText(ofConnection(connection), "not accepted", { fragmentSize: 4 })
      )
      yield* Effect.yieldNow()
      yield* TestClock.adjust("10 millis")
      yield* Fiber.interrupt(scoped)
      expect(yield* Fiber.await(sending)).toSatisfy(Exit.isFailure)
      expect(yield* connection.closed).toMatchObject({ reason: "Declined" })
    }).pipe(Effect.provide(network([]))))
})

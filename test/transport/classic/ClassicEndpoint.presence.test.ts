import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Outbox from "../../../src/transfer/Outbox.ts"
import * as Endpoint from "../../../src/transport/classic/ClassicEndpoint.ts"
import { ofConnection } from "../../../src/transport/classic/ClassicSession.ts"
import type { Tapped } from "../../suites/tap.ts"
import { sentByClients } from "../../suites/tap.ts"
import { address, network, serving, takeTexts } from "../../suites/virtualNetwork.ts"

describe("keep-alive in virtual time", () => {
  it.scoped("is sent 5 s after the last frame, and every 5 s from then on", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving()
      const connection = yield* Endpoint.connect(address)
      yield* TestClock.adjust("7 seconds")
      yield* Outbox.sendText(ofConnection(connection), "one", { fragmentSize: 4 })
      yield* TestClock.adjust("12 seconds")
      expect(sentByClients(log)).toEqual(["INF 0 @7000", "DAT 1 @7000", "KPA 0 @12000", "KPA 0 @17000"])
    }).pipe(Effect.provide(network(log)))
  })

  it.scoped("continues for five minutes at intervals of exactly 5 s, and no peer is lost", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      const reason = yield* Effect.fork(Stream.runHead(Stream.mapEffect(listener.peers, (peer) => peer.closed)))
      const connection = yield* Endpoint.connect(address)
      yield* Effect.fork(connection.probe)
      yield* TestClock.adjust("5 minutes")
      expect(sentByClients(log)).toEqual(Array.from({ length: 61 }, (_, n) => `KPA 0 @${n * 5000}`))
      yield* connection.leave
      expect(yield* Fiber.join(reason)).toMatchObject({ value: { reason: "Closed" } })
      expect(sentByClients(log).at(-1)).toBe("FIN 0 @300000")
    }).pipe(Effect.provide(network(log)))
  })

  it.scoped("is suspended during a message of any duration", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving()
      const connection = yield* Endpoint.connect(address)
      yield* Effect.fork(connection.probe)
      yield* TestClock.adjust("3 seconds")
      const sending = yield* Effect.fork(Outbox.sendText(ofConnection(connection), "x".repeat(20), { fragmentSize: 1 }))
      yield* TestClock.adjust("17 seconds")
      expect(yield* Fiber.join(sending)).toMatchObject({ retransmissions: 0, durationMillis: 16_800 })
      yield* TestClock.adjust("10 seconds")
      expect(sentByClients(log).filter((label) => label.startsWith("KPA"))).toEqual([
        "KPA 0 @0",
        "KPA 0 @24800",
        "KPA 0 @29800"
      ])
    }).pipe(Effect.provide(network(log, [], { delayMillis: 200 })))
  })

  it.scoped("loses a server after 20 s without an answer, with a typed error", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving()
      const connection = yield* Endpoint.connect(address)
      yield* Outbox.sendText(ofConnection(connection), "one", { fragmentSize: 4 })
      const closed = yield* Effect.fork(connection.closed)
      yield* TestClock.adjust("19999 millis")
      expect(yield* Fiber.poll(closed)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(closed)).toMatchObject({ reason: "Lost" })
      expect(yield* Effect.flip(Outbox.sendText(ofConnection(connection), "two", { fragmentSize: 4 }))).toMatchObject({
        reason: "Lost"
      })
    }).pipe(Effect.provide(network(log, [{ kind: "KPA", direction: "sent", fate: "drop" }])))
  })

  it.scoped("loses a client after 20 s without a frame", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      const reason = yield* Effect.fork(Stream.runHead(Stream.mapEffect(listener.peers, (peer) => peer.closed)))
      const connection = yield* Endpoint.connect(address)
      yield* Effect.fork(connection.probe)
      yield* TestClock.adjust("20 seconds")
      expect(yield* Fiber.join(reason)).toMatchObject({ value: { reason: "Lost" } })
    }).pipe(Effect.provide(network(log, [{ kind: "KPA", direction: "sent", nth: 2, fate: "drop" }, {
      kind: "KPA",
      direction: "sent",
      nth: 3,
      fate: "drop"
    }, { kind: "KPA", direction: "sent", nth: 4, fate: "drop" }])))
  })

  it.scoped("loses a client 20 s after its message too, and still answers its retransmissions", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      const reasons: Array<string> = []
      yield* Effect.forkScoped(Stream.runForEach(listener.peers, (peer) =>
        Effect.gen(function*() {
          yield* peer.serve((incoming) => Effect.zipRight(Stream.runDrain(incoming.blocks), incoming.accept))
          reasons.push((yield* peer.closed).reason)
        })))
      const connection = yield* Endpoint.connect(address)
      yield* Outbox.sendText(ofConnection(connection), "one")
      yield* TestClock.adjust("19999 millis")
      expect(reasons).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect(reasons).toEqual(["Lost"])
    }).pipe(Effect.provide(network(log, [{ kind: "KPA", direction: "sent", fate: "drop" }])))
  })

  it.scoped("accepts another idle timeout than 20 s, with matching keep-alives", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving()
      const connection = yield* Endpoint.connect({ ...address, idleTimeoutMillis: 2000 })
      yield* Effect.fork(connection.probe)
      const closed = yield* Effect.fork(connection.closed)
      yield* TestClock.adjust("2500 millis")
      expect(sentByClients(log)).toEqual([0, 500, 1000, 1500].map((at) => `KPA 0 @${at}`))
      expect(yield* Fiber.join(closed)).toMatchObject({ message: "127.0.0.1:4040 has not answered within 2 s" })
    }).pipe(Effect.provide(network(log, [{ kind: "ACK", direction: "received", fate: "drop" }])))
  })
})

describe("a server that drains", () => {
  it.scoped("answers the next keep-alive with FIN, and has left then", () => {
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      yield* takeTexts(listener)
      const connection = yield* Endpoint.connect(address)
      const closed = yield* Effect.fork(connection.closed)
      yield* Outbox.sendText(ofConnection(connection), "one")
      yield* TestClock.adjust("1 seconds")
      const draining = yield* Effect.fork(listener.drain)
      yield* TestClock.adjust("3999 millis")
      expect(yield* Fiber.poll(closed)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(closed)).toMatchObject({ reason: "Closed" })
      yield* TestClock.adjust("20 millis")
      yield* Fiber.join(draining)
    }).pipe(Effect.provide(network(log)))
  })

  it.scoped("ends after a keep-alive interval and 2 s if no keep-alive arrives, and at once without peers", () =>
    Effect.gen(function*() {
      const alone = yield* Endpoint.listen({ ...address, port: 4041 })
      const leaving = yield* Effect.fork(alone.drain)
      yield* TestClock.adjust("20 millis")
      yield* Fiber.join(leaving)

      const listener = yield* Endpoint.listen(address)
      yield* takeTexts(listener)
      const connection = yield* Endpoint.connect(address)
      yield* Outbox.sendText(ofConnection(connection), "one")
      const draining = yield* Effect.fork(listener.drain)
      yield* TestClock.adjust("6999 millis")
      expect(yield* Fiber.poll(draining)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(draining)
    }).pipe(Effect.provide(network([], [{ kind: "KPA", direction: "sent", fate: "drop" }]))))
})

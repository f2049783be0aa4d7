import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Storage } from "../../../src/storage/Storage.ts"
import { type InboxEvent, receiveAll } from "../../../src/transfer/Inbox.ts"
import { sendText } from "../../../src/transfer/Outbox.ts"
import type { Connection } from "../../../src/transport/classic/ClassicConnection.ts"
import * as Endpoint from "../../../src/transport/classic/ClassicEndpoint.ts"
import { fragmentsOf, ofConnection } from "../../../src/transport/classic/ClassicSession.ts"
import type { Message } from "../../../src/transport/classic/MessagePlan.ts"
import { listen } from "../../../src/transport/Transport.ts"
import { address, services } from "../../suites/memoryWorld.ts"
import { content, receivedOf } from "../../suites/transfer.ts"

const costOf = (connection: Connection) => {
  const { deliveredBytes, lostPackets } = connection.statistics()
  return [deliveredBytes, lostPackets]
}

const message = (contentBytes: number): Message => ({ kind: "text", name: "", contentBytes, fragmentSize: 10 })

/** A server whose events are recorded. */
const serve = (events: Array<InboxEvent>) =>
  Effect.gen(function*() {
    const listener = yield* listen(address)
    const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/in", ifExists: "rename" }))
    yield* Effect.forkScoped(
      Stream.runForEach(receiveAll(listener, inbox), (event) => Effect.sync(() => events.push(event)))
    )
  })

describe("a connection", () => {
  it.scoped("sends one message at a time, in the order of the calls", () => {
    const events: Array<InboxEvent> = []
    return Effect.gen(function*() {
      yield* serve(events)
      const connection = yield* Endpoint.connect(address)
      const texts = Array.from({ length: 10 }, (_, n) => `text ${"number ".repeat(n)}`)
      yield* Effect.forEach(texts, (text) => sendText(ofConnection(connection), text, { fragmentSize: 5 }), {
        concurrency: "unbounded"
      })
      expect(receivedOf(events).map(({ text }) => text)).toEqual(texts)
    }).pipe(Effect.provide(services()))
  })

  it.scoped("suspends the content between blocks until the earlier frames are sent", () => {
    const events: Array<InboxEvent> = []
    return Effect.gen(function*() {
      yield* serve(events)
      const connection = yield* Endpoint.connect(address)
      const pulled: Array<number> = []
      const blocks = Stream.fromIterable([0, 1, 2, 3]).pipe(
        Stream.tap((n) => Effect.sync(() => pulled.push(n))),
        Stream.rechunk(1),
        Stream.map((n) => content(300, n))
      )
      const sending = yield* Effect.fork(connection.send(message(1200), (size) => fragmentsOf(blocks, size)))
      yield* TestClock.adjust("10 millis")
      // DAT 5 is lost in transit: later content is not even read.
      expect(pulled.length).toBeLessThan(4)
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.join(sending)
      expect(receivedOf(events)).toMatchObject([{ size: 1200 }])
    }).pipe(
      Effect.provide(services(new Map(), [{ kind: "DAT", sequenceNumber: 5, direction: "sent", nth: 1, fate: "drop" }]))
    )
  })

  it.scoped("sends FIN when its content fails, and the receiver keeps no part of the message", () => {
    const events: Array<InboxEvent> = []
    return Effect.gen(function*() {
      yield* serve(events)
      const connection = yield* Endpoint.connect(address)
      const failing = Stream.concat(Stream.make(content(10)), Stream.fail("the disk is gone" as const))
      const error = yield* Effect.flip(connection.send(message(1000), () => failing))
      expect(error).toBe("the disk is gone")
      yield* TestClock.adjust("1 millis")
      expect(events.map(({ _tag }) => _tag)).toEqual(["Connected", "Started", "Abandoned", "Disconnected"])
    }).pipe(Effect.provide(services()))
  })

  it.scoped("does not wait for ever for announced content that is missing: that is a defect", () => {
    const events: Array<InboxEvent> = []
    return Effect.gen(function*() {
      yield* serve(events)
      const connection = yield* Endpoint.connect(address)
      const exit = yield* Effect.exit(connection.send(message(1000), () => Stream.make(content(10))))
      expect(Exit.isFailure(exit) && Cause.isDie(exit.cause)).toBe(true)
      yield* TestClock.adjust("1 millis")
      expect(events.at(-1)).toMatchObject({ _tag: "Disconnected" })
    }).pipe(Effect.provide(services()))
  })

  it.scoped("fails messages after a refused one, because the connection is over", () =>
    Effect.gen(function*() {
      const listener = yield* Endpoint.listen(address)
      yield* Effect.forkScoped(
        Stream.runForEach(listener.peers, (peer) => peer.serve((incoming) => incoming.refuse))
      )
      const connection = yield* Endpoint.connect(address)
      expect(yield* Effect.flip(sendText(ofConnection(connection), "one", { fragmentSize: 10 }))).toMatchObject({
        reason: "Declined"
      })
      expect(yield* Effect.flip(sendText(ofConnection(connection), "two", { fragmentSize: 10 }))).toMatchObject({
        reason: "Closed"
      })
    }).pipe(Effect.provide(services())))

  it.scoped("sends FIN when the sending fiber is interrupted", () => {
    const events: Array<InboxEvent> = []
    return Effect.gen(function*() {
      yield* serve(events)
      const connection = yield* Endpoint.connect(address)
      const sending = yield* Effect.fork(connection.send(message(1000), () => Stream.never))
      yield* TestClock.adjust("1 millis")
      yield* Fiber.interrupt(sending)
      yield* TestClock.adjust("1 millis")
      expect(events.at(-1)).toMatchObject({ _tag: "Disconnected", error: { reason: "Closed" } })
      expect(yield* connection.closed).toMatchObject({ reason: "Left" })
    }).pipe(Effect.provide(services()))
  })

  it.scoped("reports the acknowledged bytes during a transfer", () => {
    const events: Array<InboxEvent> = []
    return Effect.gen(function*() {
      yield* serve(events)
      const connection = yield* Endpoint.connect(address)
      const sending = yield* Effect.fork(sendText(ofConnection(connection), "x".repeat(100), { fragmentSize: 10 }))
      yield* TestClock.adjust("10 millis")
      expect(costOf(connection)).toEqual([60, 0])
      yield* TestClock.adjust("20 millis")
      expect(costOf(connection)).toEqual([80, 1])
      yield* TestClock.adjust("1 seconds")
      const { retransmissions } = yield* Fiber.join(sending)
      expect(retransmissions).toBeGreaterThanOrEqual(3)
      expect(costOf(connection)).toEqual([100, retransmissions])
    }).pipe(
      Effect.provide(services(new Map(), [
        { kind: "DAT", sequenceNumber: 7, direction: "sent", nth: 1, fate: "drop" },
        { kind: "DAT", sequenceNumber: 9, direction: "sent", nth: 1, fate: "drop" },
        { kind: "DAT", sequenceNumber: 9, direction: "sent", nth: 2, fate: "drop" }
      ]))
    )
  })

  it.scoped("is not ended by ICMP unreachable after the first answer", () =>
    Effect.gen(function*() {
      const events: Array<InboxEvent> = []
      const server = yield* Effect.fork(Effect.scoped(Effect.zipRight(serve(events), Effect.never)))
      yield* Effect.yieldNow()
      const connection = yield* Endpoint.connect(address)
      yield* sendText(ofConnection(connection), "before", { fragmentSize: 10 })
      yield* Fiber.interrupt(server)
      yield* TestClock.adjust("5 seconds")
      yield* serve(events)
      yield* TestClock.adjust("5 seconds")
      yield* sendText(ofConnection(connection), "afterwards", { fragmentSize: 10 })
      yield* TestClock.adjust("1 millis")
      expect(receivedOf(events).map(({ text }) => text)).toEqual(["before", "afterwards"])
    }).pipe(Effect.provide(services())))
})

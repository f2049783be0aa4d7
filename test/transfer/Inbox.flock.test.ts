import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import * as Digest from "../../src/storage/Digest.ts"
import { type Inbox, Storage } from "../../src/storage/Storage.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import { type InboxEvent, receiveAll } from "../../src/transfer/Inbox.ts"
import { sendText } from "../../src/transfer/Outbox.ts"
import * as Endpoint from "../../src/transport/flock/FlockEndpoint.ts"
import { failingInbox } from "../suites/failingInbox.ts"
import { serving, tags } from "../suites/flockInbox.ts"
import { address, content, network, newWire } from "../suites/flockNetwork.ts"

const bytes = content(400_000)

const file = (name: string, sha256 = Digest.ofBytes(bytes)) => ({
  kind: "file",
  name,
  size: bytes.length,
  body: (): Stream.Stream<Uint8Array> => Stream.fromIterable([bytes.subarray(0, 250_000), bytes.subarray(250_000)]),
  sha256
})

const declined = (reason: string) => ({
  _tag: "Left",
  left: { _tag: "SessionError", reason: "Declined", detail: reason }
})

describe("an inbox over flock", () => {
  it.effect("reports a message from connection to end", () =>
    Effect.gen(function*() {
      const { events, sessions } = yield* serving((session) => sendText(session, "Holub letí."))
      expect(tags(events)).toEqual(["Connected", "Started", "Received", "Disconnected"])
      expect(events[2]).toMatchObject({ message: { kind: "text", text: "Holub letí.", size: 12, path: undefined } })
      expect(events[3]).toMatchObject({ error: { reason: "Closed", code: 0 } })
      expect(sessions).toBe(0)
    }))

  it.effect("does not publish content with another digest, and refuses it as Damaged", () =>
    Effect.gen(function*() {
      const disk = new Map()
      const { events, outcome } = yield* serving(
        (session) => session.send(file("a", Digest.ofBytes(new Uint8Array(1)))),
        { disk }
      )
      expect(outcome).toMatchObject(declined("Damaged"))
      expect(tags(events)).toEqual(["Connected", "Started", "Refused", "Disconnected"])
      expect([...disk.keys()]).toEqual([])
      const text = { ...file(""), kind: "text", sha256: Digest.ofBytes(new Uint8Array(1)) }
      expect((yield* serving((session) => session.send(text))).outcome).toMatchObject(declined("Damaged"))
    }))

  it.effect("refuses a file with the reason of the inbox, and continues", () =>
    Effect.gen(function*() {
      const disk = new Map([["/in/a", new Uint8Array(1)]])
      const { events, outcome } = yield* serving(
        (session) => Effect.all([Effect.either(session.send(file("a"))), Effect.either(session.send(file("b")))]),
        { disk, ifExists: "fail" }
      )
      expect(Either.getOrThrow(outcome)).toMatchObject([declined("TargetExists"), { _tag: "Right" }])
      expect(tags(events)).toEqual(["Connected", "Started", "Refused", "Started", "Received", "Disconnected"])
      expect(disk.get("/in/a")?.length).toBe(1)
    }))

  it.effect("identifies a session by its first address, also after a migration", () =>
    Effect.gen(function*() {
      const wire = newWire()
      const { events, outcome } = yield* serving(
        (session) =>
          Effect.gen(function*() {
            yield* sendText(session, "here")
            // The first port that the network assigns.
            wire.deadPorts.add(49_152)
            yield* sendText(session, "there")
          }),
        { wire }
      )
      expect(outcome).toMatchObject({ _tag: "Right" })
      // The events of the two messages may alternate.
      expect(tags(events).toSorted()).toEqual([
        "Connected",
        "Disconnected",
        "Received",
        "Received",
        "Started",
        "Started"
      ])
      const peers = events.map((event) => "peer" in event ? event.peer : event.message.peer)
      expect(new Set(peers.map(({ port }) => port))).toEqual(new Set([49_152]))
    }))

  it.effect("that drains completes current messages, and refuses later ones", () =>
    Effect.gen(function*() {
      const disk = new Map()
      const { events, outcome } = yield* serving(
        (session, listener) =>
          Effect.gen(function*() {
            const first = yield* Effect.fork(session.send(file("a")))
            yield* Effect.sleep("1 millis")
            yield* listener.drain
            return [yield* Effect.either(session.send(file("b"))), yield* Effect.either(first)]
          }),
        { disk }
      )
      expect(Either.getOrThrow(outcome)).toMatchObject([declined("Leaving"), { _tag: "Right" }])
      expect(tags(events)).toEqual(["Connected", "Started", "Received", "Disconnected"])
      expect([...disk.keys()]).toEqual(["/in/a"])
    }))

  it.effect("refuses unknown kinds, and messages without a size", () =>
    Effect.gen(function*() {
      const { size: _, ...endless } = file("a")
      for (const message of [{ ...file("a"), kind: "letter" }, endless]) {
        const { events, outcome } = yield* serving((session) => session.send(message))
        expect(outcome).toMatchObject(declined("Unsupported"))
        expect(tags(events)).toEqual(["Connected", "Disconnected"])
      }
    }))

  it.effect("refuses texts over the limit before their content arrives", () =>
    Effect.gen(function*() {
      const long = {
        ...file(""),
        kind: "text",
        size: Limits.textBytes + 1,
        body: () => Stream.forever(Stream.make(bytes))
      }
      const { outcome } = yield* serving((session) => session.send(long))
      expect(outcome).toMatchObject(declined("NoSpace"))
    }))

  it.effect("publishes before it answers the sender: a failed sync is a refusal, not a success", () =>
    Effect.gen(function*() {
      const { outcome } = yield* serving((session) => session.send(file("a")), { change: failingInbox })
      expect(outcome).toMatchObject({ left: { reason: "Declined", detail: "Io", message: "the disk failed" } })
    }))

  it.effect("survives a defect in one message, and accepts the next one of the same session", () =>
    Effect.gen(function*() {
      const change = (inbox: Inbox): Inbox => ({
        ...inbox,
        sink: (name, expected) => name === "bad" ? Effect.die(new Error("unheard of")) : inbox.sink(name, expected)
      })
      const { outcome } = yield* serving(
        (session) => Effect.all([Effect.either(session.send(file("bad"))), Effect.either(session.send(file("good")))]),
        { change }
      )
      expect(Either.getOrThrow(outcome)).toMatchObject([
        { left: { reason: "Declined", detail: "Io", message: "the receiver failed: Error: unheard of" } },
        { _tag: "Right" }
      ])
    }))

  it.scoped("stops at once, although a sender does not acknowledge the receipt of its message", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const events: Array<InboxEvent> = []
      const listener = yield* Endpoint.listen(address)
      const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/in", ifExists: "rename" }))
      const emit = (event: InboxEvent) => Effect.sync(() => void events.push(event))
      const receiving = yield* Effect.fork(Stream.runDrain(receiveAll(listener, inbox, emit)))
      const session = yield* Endpoint.connect(address)
      yield* TestClock.adjust("1 seconds")
      wire.deadPorts.add(address.port)
      yield* Effect.fork(sendText(session, "text"))
      yield* TestClock.adjust("1 seconds")
      const stopping = yield* Effect.fork(Fiber.interrupt(receiving))
      yield* TestClock.adjust("1 millis")
      const hasStopped = (yield* Fiber.poll(stopping))._tag === "Some"
      // Nothing is in flight when the session closes.
      wire.deadPorts.clear()
      yield* TestClock.adjust("10 seconds")
      expect(hasStopped).toBe(true)
      expect(tags(events)).toContain("Received")
    }).pipe(Effect.provide(Layer.merge(network(wire), StorageMemory.layer(new Map()))))
  })

  it.effect("keeps no part of a file whose sender has left", () =>
    Effect.gen(function*() {
      const wire = newWire()
      const disk = new Map()
      const endless = { ...file("a"), body: () => Stream.concat(Stream.make(bytes.subarray(0, 100_000)), Stream.never) }
      const killed = Effect.zipRight(Effect.sleep("1 seconds"), Effect.sync(() => wire.isCut = true))
      const { events, sessions } = yield* serving(
        (session) => Effect.race(session.send(endless), killed),
        { disk, wire }
      )
      expect(tags(events)).toEqual(["Connected", "Started", "Abandoned", "Disconnected"])
      expect(events[2]).toMatchObject({ error: { reason: "Lost" }, message: { name: "a", size: bytes.length } })
      expect([[...disk.keys()], sessions]).toEqual([[], 0])
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../src/net/Crc.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { type Inbox, Storage } from "../../src/storage/Storage.ts"
import type { Disk } from "../../src/storage/StorageMemory.ts"
import type { Rule } from "../../src/testing/Faults.ts"
import { type InboxEvent, receiveAll } from "../../src/transfer/Inbox.ts"
import { sendFile, sendText } from "../../src/transfer/Outbox.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { failingInbox } from "../suites/failingInbox.ts"
import { address, services } from "../suites/memoryWorld.ts"
import { content, receivedOf, settled } from "../suites/transfer.ts"

/** Serves an inbox, modified by `change`, while `client` runs; returns the events. */
const serving = <A, E>(
  client: (session: Session) => Effect.Effect<A, E, Storage>,
  { change = (inbox) => inbox, disk = new Map(), script = [] }: {
    readonly change?: (inbox: Inbox) => Inbox
    readonly disk?: Disk
    readonly script?: ReadonlyArray<Rule>
  } = {}
) =>
  Effect.gen(function*() {
    const events: Array<InboxEvent> = []
    const listener = yield* listen(address)
    const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/in", ifExists: "rename" }))
    yield* Effect.forkScoped(
      Stream.runForEach(receiveAll(listener, change(inbox)), (event) => Effect.sync(() => events.push(event)))
    )
    const sending = yield* Effect.fork(Effect.either(Effect.scoped(Effect.flatMap(connect(address), client))))
    const outcome = yield* settled(sending)
    yield* TestClock.adjust("1 millis")
    return { events, outcome }
  }).pipe(Effect.scoped, Effect.provide(services(disk, script)))

const send = (session: Session, path: string) =>
  Effect.scoped(Effect.flatMap(
    Effect.flatMap(Storage, (storage) => storage.source(path)),
    (source) => sendFile(session, source, { fragmentSize: 100 })
  ))

const tags = (events: ReadonlyArray<InboxEvent>): ReadonlyArray<string> => events.map(({ _tag }) => _tag)

describe("an inbox", () => {
  it.effect("reports a message from connection to end, with its counts", () =>
    Effect.gen(function*() {
      const script: ReadonlyArray<Rule> = [
        { kind: "DAT", sequenceNumber: 2, direction: "sent", nth: 1, fate: "damage" },
        { kind: "DAT", sequenceNumber: 3, direction: "sent", nth: 1, fate: "duplicate" }
      ]
      const { events } = yield* serving((session) => sendText(session, "x".repeat(35), { fragmentSize: 10 }), {
        script
      })
      expect(tags(events)).toEqual(["Connected", "Started", "Received", "Disconnected"])
      expect(receivedOf(events)).toMatchObject([{
        kind: "text",
        text: "x".repeat(35),
        size: 35,
        plan: { fragments: 4, fragmentSize: 23 },
        payloadSize: 10,
        duplicates: 1,
        path: undefined
      }])
      expect(events.at(-1)).toMatchObject({ error: { reason: "Closed" }, dropped: { malformed: 1, stray: 0 } })
    }))

  it.effect("publishes before it answers the sender: a failed sync is a refusal, not a success", () =>
    Effect.gen(function*() {
      const { events, outcome } = yield* serving((session) => send(session, "/a"), {
        change: failingInbox,
        disk: new Map([["/a", content(1000)]])
      })
      expect(Either.getLeft(outcome)).toMatchObject({ value: { reason: "Declined" } })
      expect(tags(events)).toEqual(["Connected", "Started", "Refused", "Disconnected"])
    }))

  it.effect("survives a defect: the message is refused, and its sender is informed", () =>
    Effect.gen(function*() {
      const change = (inbox: Inbox): Inbox => ({ ...inbox, sink: () => Effect.dieMessage("a bug") })
      const disk: Disk = new Map([["/a", content(10)]])
      const { events, outcome } = yield* serving((session) => send(session, "/a"), { change, disk })
      expect(events.find(({ _tag }) => _tag === "Refused")).toMatchObject({
        error: { message: expect.stringContaining("a bug") }
      })
      expect(Either.getLeft(outcome)).toMatchObject({ value: { reason: "Declined" } })
    }))

  it.effect("refuses a text with an announcement over the limit, before its content arrives (W7)", () =>
    Effect.gen(function*() {
      const events: Array<InboxEvent> = []
      const listener = yield* listen(address)
      const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/in", ifExists: "rename" }))
      yield* Effect.forkScoped(
        Stream.runForEach(receiveAll(listener, inbox), (event) => Effect.sync(() => events.push(event)))
      )
      const { crc32 } = yield* Crc
      const socket = yield* Effect.flatMap(
        Socket,
        (sockets) => sockets.connect(address, { onRun: () => undefined, onError: () => undefined })
      )
      const announcement = { sequenceNumber: 0, fragmentCount: 20_000, fragmentSize: 1458, kind: Frame.Kind.inf }
      socket.send(
        address,
        undefined,
        (target) => Frame.encode(target, announcement, Uint8Array.of(Frame.textMark), crc32)
      )
      yield* TestClock.adjust("1 millis")
      expect(tags(events)).toEqual(["Connected", "Started", "Refused", "Disconnected"])
    }).pipe(Effect.scoped, Effect.provide(services())))

  it.effect("admits a peer that reconnects after the events of its old connection were emitted", () =>
    Effect.gen(function*() {
      const events: Array<InboxEvent> = []
      const listener = yield* listen(address)
      const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/in", ifExists: "rename" }))
      const slow: Inbox = { ...inbox, sink: (...file) => Effect.delay(inbox.sink(...file), "1 seconds") }
      yield* Effect.forkScoped(
        Stream.runForEach(receiveAll(listener, slow), (event) => Effect.sync(() => events.push(event)))
      )
      const { crc32 } = yield* Crc
      const socket = yield* Effect.flatMap(
        Socket,
        (sockets) => sockets.connect(address, { onRun: () => undefined, onError: () => undefined })
      )
      const sendFrame = (kind: Frame.Kind, sequenceNumber: number, fragmentCount: number, payload: string) => {
        const fragmentSize = kind === Frame.Kind.inf ? 1458 : Frame.headerBytes + payload.length
        const header = { kind, sequenceNumber, fragmentCount, fragmentSize }
        socket.send(
          address,
          undefined,
          (target) => Frame.encode(target, header, new TextEncoder().encode(payload), crc32)
        )
      }
      sendFrame(Frame.Kind.inf, 1, 3, "F")
      sendFrame(Frame.Kind.dat, 1, 3, "a.txt")
      yield* TestClock.adjust("1 millis")
      sendFrame(Frame.Kind.fin, 0, 0, "")
      sendFrame(Frame.Kind.inf, 0, 2, "T")
      yield* TestClock.adjust("2 seconds")
      expect(tags(events)).toEqual(["Connected", "Started", "Abandoned", "Disconnected", "Connected", "Started"])
    }).pipe(Effect.scoped, Effect.provide(services())))

  it.effect("refuses an unsafe name and stores nothing", () =>
    Effect.gen(function*() {
      const disk: Disk = new Map()
      const { events, outcome } = yield* serving(
        (session) => session.send({ kind: "file", name: "../evil", size: 5, body: () => Stream.make(content(5)) }),
        { disk }
      )
      expect(Either.getLeft(outcome)).toMatchObject({ value: { reason: "Declined" } })
      expect(events.find(({ _tag }) => _tag === "Refused")).toMatchObject({ error: { reason: "UnsafeName" } })
      expect(disk.size).toBe(0)
    }))

  it.effect("reads a text as UTF-8, with a byte order mark, and shows bytes that are not UTF-8", () =>
    Effect.gen(function*() {
      const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff)
      const { events } = yield* serving((session) =>
        session.send({ kind: "text", size: bytes.length, body: () => Stream.make(bytes) })
      )
      expect(receivedOf(events).map(({ text }) => text)).toEqual(["\ufeffa\ufffd"])
    }))

  it.effect("reports a defect of this program in one line", () =>
    Effect.gen(function*() {
      const defect = new Error("no\nmore")
      const change = (inbox: Inbox): Inbox => ({ ...inbox, sink: () => Effect.die(defect) })
      const disk: Disk = new Map([["/a", content(10)]])
      const { events } = yield* serving((session) => send(session, "/a"), { change, disk })
      expect(events.find(({ _tag }) => _tag === "Refused")).toMatchObject({
        // In a span, Effect wraps the exception.
        error: { reason: "Io", path: "a", cause: { message: "no\nmore" }, message: "the receiver failed: Error: no" }
      })
    }))

  it.effect("abandons a message that its sender does not finish, and keeps no part of it", () =>
    Effect.gen(function*() {
      const disk: Disk = new Map()
      const { events } = yield* serving((session) =>
        session.send({
          kind: "file",
          name: "half",
          size: 500,
          body: () => Stream.concat(Stream.make(content(100)), Stream.fail("gone")),
          fragments: { fragmentSize: 100 }
        }), { disk })
      expect(tags(events)).toEqual(["Connected", "Started", "Abandoned", "Disconnected"])
      expect(disk.size).toBe(0)
    }))
})

/** The same transfers over every Socket: in memory, with faults, and real. */
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../src/net/Crc.ts"
import type { Socket } from "../../src/net/Socket.ts"
import { Storage } from "../../src/storage/Storage.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import type { InboxEvent } from "../../src/transfer/Inbox.ts"
import { receiveAll } from "../../src/transfer/Inbox.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import type { Listener, Session } from "../../src/transport/Transport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"

export interface TransferWorld {
  readonly socket: Layer.Layer<Socket>
  /** Whether time is virtual: then the test advances it until a transfer has ended. */
  readonly isVirtual: boolean
}

export const content = (bytes: number, seed = 1): Uint8Array => {
  const block = new Uint8Array(bytes)
  let state = seed
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    block[at] = state >>> 16
  }
  return block
}

/** Waits for a fiber, and advances virtual time until it ends. */
export const settled = <A, E>(fiber: Fiber.Fiber<A, E>): Effect.Effect<A, E> =>
  Effect.gen(function*() {
    for (let turn = 0; turn < 2000; turn++) {
      const exit = yield* Fiber.poll(fiber)
      if (exit._tag === "Some") break
      yield* TestClock.adjust("500 millis")
    }
    return yield* Fiber.join(fiber)
  })

/** All messages that a server received until its first peer had disconnected. */
const served = (listener: Listener, quotaBytes?: number) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const inbox = yield* storage.inbox({ path: "/inbox", ifExists: "rename", quotaBytes })
    const events = yield* Stream.runCollect(
      Stream.takeUntil(receiveAll(listener, inbox), (event) => event._tag === "Disconnected")
    )
    return Chunk.toReadonlyArray(events)
  })

export const receivedOf = (events: ReadonlyArray<InboxEvent>) =>
  events.flatMap((event) => event._tag === "Received" ? [event.message] : [])

export const transferSuite = (name: string, { isVirtual, socket }: TransferWorld): void => {
  const run = isVirtual ? it.scoped : it.scopedLive
  const wait = <A, E>(fiber: Fiber.Fiber<A, E>) => isVirtual ? settled(fiber) : Fiber.join(fiber)

  const world = (files: Readonly<Record<string, Uint8Array>>) => {
    const disk = new Map(Object.entries(files))
    const network = Layer.mergeAll(socket, Crc.layer, keyed)
    return { disk, layer: Layer.merge(Layer.provide(ClassicTransport.layer(), network), StorageMemory.layer(disk)) }
  }

  /** Runs a client against a server and returns the events of both. */
  const exchange = <A, E>(
    client: (session: Session) => Effect.Effect<A, E, Storage>,
    quotaBytes?: number
  ) =>
    Effect.gen(function*() {
      const listener = yield* listen({ host: "127.0.0.1", port: 0 })
      const serving = yield* Effect.fork(served(listener, quotaBytes))
      const sending = yield* Effect.fork(
        Effect.scoped(Effect.flatMap(connect(listener.local), client))
      )
      const sent = yield* wait(Fiber.map(sending, (value) => value))
      return { sent, events: yield* wait(serving) }
    })

  const sendFile = (session: Session, path: string, fragmentSize: number) =>
    Effect.scoped(Effect.gen(function*() {
      const storage = yield* Storage
      return yield* Outbox.sendFile(session, yield* storage.source(path), { fragmentSize })
    }))

  describe(`${name}: a transfer`, () => {
    for (
      const [bytes, fragmentSize] of [[0, 1445], [1, 1], [1444, 1445], [1445, 1445], [1446, 1445], [600_000, 1445], [
        5000,
        7
      ]] as const
    ) {
      run(`carries a file of ${bytes} bytes in fragments of ${fragmentSize}`, () => {
        const { disk, layer } = world({ "/a.bin": content(bytes) })
        return Effect.gen(function*() {
          const { events, sent } = yield* exchange((session) => sendFile(session, "/a.bin", fragmentSize))
          expect(Buffer.compare(disk.get("/inbox/a.bin") ?? new Uint8Array(1), content(bytes))).toBe(0)
          expect(receivedOf(events)).toMatchObject([{
            name: "a.bin",
            size: bytes,
            sha256: sent.sha256,
            path: "/inbox/a.bin"
          }])
          expect(sent.size).toBe(bytes)
        }).pipe(Effect.provide(layer))
      })
    }

    run("carries texts, the empty one too, exactly as they are", () =>
      Effect.gen(function*() {
        const texts = ["", "\ufeffwith a mark", "päť 😀 znakov", "two\nlines\r\n\u0000", "x".repeat(4000)]
        const { events } = yield* exchange((session) =>
          Effect.forEach(texts, (text) => Outbox.sendText(session, text, { fragmentSize: 100 }))
        )
        expect(receivedOf(events).map(({ text }) => text)).toEqual(texts)
      }).pipe(Effect.provide(world({}).layer)))

    run("carries many small messages over one connection, equal ones too", () =>
      Effect.gen(function*() {
        const texts = ["one", "two", "two", "two", "six", "one"]
        const { events, sent } = yield* exchange((session) =>
          Effect.forEach(texts, (text) => Outbox.sendText(session, text, { fragmentSize: 1445 }))
        )
        expect(receivedOf(events).map(({ text }) => text)).toEqual(texts)
        expect(sent.map(({ sha256 }) => sha256)).toEqual(receivedOf(events).map(({ sha256 }) => sha256))
      }).pipe(Effect.provide(world({}).layer)))

    run("is refused when the inbox may not have so much, and the sender learns it", () => {
      const { disk, layer } = world({ "/a.bin": content(300_000) })
      return Effect.gen(function*() {
        const { events, sent } = yield* exchange(
          (session) => Effect.flip(sendFile(session, "/a.bin", 1445)),
          100_000
        )
        expect(sent).toMatchObject({ _tag: "SessionError", reason: "Declined" })
        expect(events.map(({ _tag }) => _tag)).toEqual(["Connected", "Started", "Refused", "Disconnected"])
        expect([...disk.keys()]).toEqual(["/a.bin"])
      }).pipe(Effect.provide(layer))
    })
  })
}

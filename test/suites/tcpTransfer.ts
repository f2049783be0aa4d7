/** The same transfers over every Tcp: in memory, byte by byte, and real. */
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Crc } from "../../src/net/Crc.ts"
import type { Tcp } from "../../src/net/Tcp.ts"
import { Storage } from "../../src/storage/Storage.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import { receiveAll } from "../../src/transfer/Inbox.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import * as TcpTransport from "../../src/transport/tcp/TcpTransport.ts"
import { connect, listen, type Session } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"
import { content, receivedOf } from "./transfer.ts"

export const tcpTransferSuite = (name: string, tcp: Layer.Layer<Tcp>): void => {
  const world = (files: Readonly<Record<string, Uint8Array>> = {}) => {
    const disk = new Map(Object.entries(files))
    const wire = Layer.provide(TcpTransport.layer(), Layer.mergeAll(tcp, Crc.layer, keyed))
    return { disk, layer: Layer.merge(wire, StorageMemory.layer(disk)) }
  }

  /** Runs a client against a server; returns what the client returns, and the events of the server. */
  const exchange = <A, E>(client: (session: Session) => Effect.Effect<A, E, Storage>, quotaBytes?: number) =>
    Effect.gen(function*() {
      const listener = yield* listen({ host: "127.0.0.1", port: 0 })
      const storage = yield* Storage
      const inbox = yield* storage.inbox({ path: "/inbox", ifExists: "rename", quotaBytes })
      const serving = yield* Effect.fork(Stream.runCollect(
        Stream.takeUntil(receiveAll(listener, inbox), (event) => event._tag === "Disconnected")
      ))
      const sent = yield* Effect.scoped(Effect.flatMap(connect(listener.local), client))
      return { sent, events: Chunk.toReadonlyArray(yield* Fiber.join(serving)) }
    })

  const sendFile = (session: Session, path: string) =>
    Effect.scoped(Effect.gen(function*() {
      const storage = yield* Storage
      return yield* Outbox.sendFile(session, yield* storage.source(path))
    }))

  describe(`${name}: a transfer over tcp`, () => {
    it.scopedLive.each([0, 1, 65_500, 65_520, 700_000])("carries a file of %d bytes", (bytes) => {
      const { disk, layer } = world({ "/a.bin": content(bytes) })
      return Effect.gen(function*() {
        const { events, sent } = yield* exchange((session) => sendFile(session, "/a.bin"))
        expect(Buffer.compare(disk.get("/inbox/a.bin") ?? new Uint8Array(1), content(bytes))).toBe(0)
        expect(receivedOf(events)).toMatchObject([{ name: "a.bin", size: bytes, sha256: sent.sha256 }])
      }).pipe(Effect.provide(layer))
    })

    it.scopedLive("carries texts, also several at once, exactly as they are", () =>
      Effect.gen(function*() {
        const texts = ["", "\ufeffwith a mark", "päť 😀 znakov", "two\nlines\r\n\u0000", "x".repeat(4000)]
        const { events } = yield* exchange((session) =>
          Effect.forEach(texts, (text) => Outbox.sendText(session, text), { concurrency: "unbounded" })
        )
        expect(receivedOf(events).map(({ text }) => text).toSorted()).toEqual(texts.toSorted())
      }).pipe(Effect.provide(world().layer)))

    it.scopedLive("is refused with the reason, and the session goes on", () => {
      const { disk, layer } = world({ "/a.bin": content(300_000) })
      return Effect.gen(function*() {
        const { sent } = yield* exchange(
          (session) => Effect.zip(Effect.flip(sendFile(session, "/a.bin")), Outbox.sendText(session, "and a text")),
          100_000
        )
        expect(sent[0]).toMatchObject({ _tag: "SessionError", reason: "Declined", detail: "OverQuota" })
        expect([...disk.keys()]).toEqual(["/a.bin"])
      }).pipe(Effect.provide(layer))
    })
  })
}

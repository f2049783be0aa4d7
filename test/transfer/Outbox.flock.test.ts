import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Digest from "../../src/storage/Digest.ts"
import { Storage } from "../../src/storage/Storage.ts"
import { sendFile, sendText } from "../../src/transfer/Outbox.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { serving } from "../suites/flockInbox.ts"
import { content } from "../suites/flockNetwork.ts"

const send = (session: Session, path: string) =>
  Effect.scoped(
    Effect.flatMap(Effect.flatMap(Storage, (storage) => storage.source(path)), (source) => sendFile(session, source))
  )

describe("an outbox over flock sends", () => {
  it.effect("a file: it succeeds when the receiver has published it, with its size and digest", () =>
    Effect.gen(function*() {
      const bytes = content(600_000)
      const disk = new Map([["/a.bin", bytes]])
      const { outcome } = yield* serving((session) => send(session, "/a.bin"), { disk })
      expect(Either.getOrThrow(outcome)).toMatchObject({
        kind: "file",
        name: "a.bin",
        path: "/a.bin",
        size: 600_000,
        sha256: yield* Digest.ofBytes(bytes),
        retransmissions: 0
      })
      expect(Buffer.from(bytes).equals(disk.get("/in/a.bin") ?? new Uint8Array(0))).toBe(true)
    }))

  it.effect("an empty file and an empty text", () =>
    Effect.gen(function*() {
      const disk = new Map([["/empty", new Uint8Array(0)]])
      const { events, outcome } = yield* serving(
        (session) => Effect.all([send(session, "/empty"), sendText(session, "")]),
        { disk }
      )
      expect(Either.getOrThrow(outcome).map(({ size }) => size)).toEqual([0, 0])
      expect(disk.get("/in/empty")).toEqual(new Uint8Array(0))
      expect(events.filter(({ _tag }) => _tag === "Received").length).toBe(2)
    }))

  it.effect("64 files at the same time over one session: all complete", () =>
    Effect.gen(function*() {
      const bytes = content(300_000)
      const names = Array.from({ length: 64 }, (_, number) => `/file${number}`)
      const disk = new Map(names.map((name) => [name, bytes]))
      const { outcome } = yield* serving(
        (session) => Effect.forEach(names, (name) => send(session, name), { concurrency: "unbounded", discard: true }),
        { disk }
      )
      expect(outcome).toEqual(Either.void)
      expect(names.every((name) => disk.get(`/in${name}`)?.length === 300_000)).toBe(true)
    }))

  it.effect("a file that changes while it is read: it fails with the source's error and is not published", () =>
    Effect.gen(function*() {
      const disk = new Map([["/a", content(5_000_000)]])
      const { events, outcome } = yield* serving((session) =>
        Effect.gen(function*() {
          const source = yield* Effect.flatMap(Storage, (storage) => storage.source("/a"))
          yield* Effect.fork(Effect.delay(Effect.sync(() => disk.set("/a", content(1))), "1 millis"))
          return yield* sendFile(session, source)
        }).pipe(Effect.scoped), { disk })
      expect(Either.getLeft(outcome)).toMatchObject({ value: { _tag: "StorageError", reason: "Changed" } })
      expect(events.find(({ _tag }) => _tag === "Abandoned")).toBeDefined()
      expect([...disk.keys()]).toEqual(["/a"])
    }))
})

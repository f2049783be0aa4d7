/** Tests of `Storage`, for every implementation. */
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { type Inbox, type InboxOptions, type Published, Storage, StorageError } from "../../src/storage/Storage.ts"

/** An implementation of storage, and direct access to its files. Paths are absolute. */
export interface World {
  readonly layer: Layer.Layer<Storage>
  readonly root: string
  readonly write: (path: string, bytes: Uint8Array) => Effect.Effect<void>
  readonly read: (path: string) => Effect.Effect<Uint8Array>
  /** The names of all entries of a directory, parts included; empty if the directory does not exist. */
  readonly names: (directory: string) => Effect.Effect<ReadonlyArray<string>>
}

/** Declares the tests; each runs in its own world. */
export const storageSuite = (name: string, makeWorld: Effect.Effect<World, never, Scope.Scope>): void => {
  const inWorld = <A, E>(body: (world: World) => Effect.Effect<A, E, Storage | Scope.Scope>) =>
    Effect.flatMap(makeWorld, (world) => Effect.provide(body(world), world.layer))

  const opened = (world: World, options: Partial<InboxOptions> = {}) =>
    Effect.flatMap(Storage, (storage) => storage.inbox({ path: `${world.root}/inbox`, ifExists: "fail", ...options }))

  describe(`${name}: a source`, () => {
    it.scoped("emits blocks of the requested size, the last one shorter, in every run", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          const bytes = sample(10_000)
          yield* world.write(`${world.root}/a.bin`, bytes)
          const source = yield* Effect.flatMap(Storage, (storage) => storage.source(`${world.root}/a.bin`))
          expect({ name: source.name, path: source.path, size: source.size }).toEqual({
            name: "a.bin",
            path: `${world.root}/a.bin`,
            size: 10_000
          })
          for (const blockBytes of [4_096, 5_000, 10_000, 10_001]) {
            const blocks = Chunk.toReadonlyArray(yield* Stream.runCollect(source.blocks(blockBytes)))
            expect(blocks.slice(0, -1).every((block) => block.length === blockBytes)).toBe(true)
            expect(Buffer.concat(blocks).equals(bytes)).toBe(true)
          }
          expect(yield* source.sha256).toBe(hex(bytes))
        })
      ))

    it.scoped("has a hash even if it was not read before", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          yield* world.write(`${world.root}/a.bin`, sample(10_000))
          const source = yield* Effect.flatMap(Storage, (storage) => storage.source(`${world.root}/a.bin`))
          expect(yield* source.sha256).toBe(hex(sample(10_000)))
        })
      ))

    it.scoped("emits no block of an empty file", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          yield* world.write(`${world.root}/empty`, sample(0))
          const source = yield* Effect.flatMap(Storage, (storage) => storage.source(`${world.root}/empty`))
          expect(Chunk.size(yield* Stream.runCollect(source.blocks(100)))).toBe(0)
          expect(yield* source.sha256).toBe(hex(sample(0)))
        })
      ))

    it.scoped("refuses missing paths and directories", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          yield* world.write(`${world.root}/directory/a`, sample(1))
          const storage = yield* Storage
          expect(yield* refused(storage.source(`${world.root}/none`))).toBe("NotFound")
          expect(yield* refused(storage.source(`${world.root}/directory`))).toBe("NotAFile")
        })
      ))

    it.scoped("never emits all bytes of a file that is changed while it is read", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          yield* world.write(`${world.root}/a.bin`, sample(1_000))
          const source = yield* Effect.flatMap(Storage, (storage) => storage.source(`${world.root}/a.bin`))
          let emittedBytes = 0
          const run = Stream.runForEach(source.blocks(100), (block) => {
            emittedBytes += block.length
            return emittedBytes === 300 ? world.write(`${world.root}/a.bin`, sample(2_000)) : Effect.void
          })
          expect(yield* refused(run)).toBe("Changed")
          expect(emittedBytes).toBeLessThan(1_000)
        })
      ))
  })

  describe(`${name}: a spool`, () => {
    it.scoped("keeps a stream of unknown length as a source without a path", () =>
      inWorld(() =>
        Effect.gen(function*() {
          const bytes = sample(5_000)
          const pieces = Stream.make(bytes.subarray(0, 1), bytes.subarray(1, 4_000), bytes.subarray(4_000))
          const source = yield* Effect.flatMap(Storage, (storage) => storage.spool("stdin", pieces))
          expect({ name: source.name, path: source.path, size: source.size }).toEqual({
            name: "stdin",
            path: undefined,
            size: 5_000
          })
          const blocks = yield* Stream.runCollect(source.blocks(1_024))
          expect(Buffer.concat(Chunk.toReadonlyArray(blocks)).equals(bytes)).toBe(true)
          expect(yield* source.sha256).toBe(hex(bytes))
        })
      ))

    it.scoped("fails with the error of its stream", () =>
      inWorld(() =>
        Effect.gen(function*() {
          const lost = new StorageError({ reason: "Io", path: "stdin", message: "the pipe broke" })
          const pieces = Stream.concat(Stream.make(sample(10)), Stream.fail(lost))
          expect(yield* refused(Effect.flatMap(Storage, (storage) => storage.spool("stdin", pieces)))).toBe("Io")
        })
      ))
  })

  describe(`${name}: an inbox`, () => {
    it.scoped("publishes a file with the written content and returns its path", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          const inbox = yield* opened(world)
          const bytes = sample(100_000)
          const published = yield* Effect.scoped(Effect.gen(function*() {
            const sink = yield* inbox.sink("a.bin", 10)
            for (let offset = 0; offset < bytes.length; offset += 7_000) {
              yield* sink.write(bytes.subarray(offset, offset + 7_000))
            }
            expect(yield* world.names(inbox.path)).not.toContain("a.bin")
            const first = yield* sink.publish
            expect(yield* sink.publish).toEqual(first)
            return first
          }))
          expect(published).toEqual({
            name: "a.bin",
            path: `${inbox.path}/a.bin`,
            size: 100_000,
            sha256: hex(bytes)
          })
          expect(Buffer.from(yield* world.read(published.path)).equals(bytes)).toBe(true)
          expect(yield* world.names(inbox.path)).toEqual(["a.bin"])
        })
      ))

    it.scoped("keeps the written bytes when the writer reuses its buffer", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          const inbox = yield* opened(world)
          const buffer = sample(1_000)
          const sink = yield* inbox.sink("a", 0)
          yield* sink.write(buffer)
          buffer.fill(0)
          const published = yield* sink.publish
          expect(hex(yield* world.read(published.path))).toBe(hex(sample(1_000)))
        })
      ))

    it.scoped("removes a file that is not published or whose reception is interrupted", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          const inbox = yield* opened(world)
          const written = Effect.flatMap(inbox.sink("a", 0), (sink) => sink.write(sample(10)))
          yield* Effect.scoped(written)
          yield* Effect.exit(Effect.scoped(Effect.zipRight(written, Effect.interrupt)))
          expect(yield* world.names(inbox.path)).toEqual([])
          expect((yield* received(inbox, "a", 1)).name).toBe("a")
        })
      ))

    it.scoped("refuses unsafe names before anything is created, and makes hidden names visible (F1, F4, F6, F8)", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          const inbox = yield* opened(world)
          for (const unsafe of ["", "..", "../a", "/a", "C:\\a", "a\0", "a\u202e", "NUL.txt", "a.", "a".repeat(256)]) {
            expect(yield* refused(Effect.scoped(inbox.sink(unsafe, 0)))).toBe("UnsafeName")
          }
          expect(yield* world.names(inbox.path)).toEqual([])
          expect((yield* received(inbox, ".ssh", 1)).name).toBe("_ssh")
        })
      ))

    it.scoped("is not opened at the path of a file", () =>
      inWorld((world) =>
        Effect.gen(function*() {
          yield* world.write(`${world.root}/inbox`, sample(1))
          expect(yield* refused(opened(world))).toBe("TargetExists")
        })
      ))
  })
}

/** Receives `count` bytes under a name, in its own scope. */
export const received = (inbox: Inbox, name: string, count: number): Effect.Effect<Published, StorageError> =>
  Effect.scoped(
    Effect.flatMap(inbox.sink(name, count), (sink) => Effect.zipRight(sink.write(sample(count)), sink.publish))
  )

/** The reason of the effect's failure. A success is a defect. */
export const refused = <A, R>(effect: Effect.Effect<A, StorageError, R>) =>
  Effect.matchEffect(effect, {
    onFailure: (error) => {
      // A message has at least two clauses: what happened, and what to do about it.
      expect(error.message).toMatch(error.reason === "Io" ? /./ : /[:;].*[^.]$/u)
      return Effect.succeed(error.reason)
    },
    onSuccess: () => Effect.dieMessage("the effect succeeded, expected a StorageError")
  })

/** `count` bytes with a fixed pattern. */
export const sample = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (index * 31) % 251)

/** The SHA-256 of `bytes` in lower-case hex. */
export const hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

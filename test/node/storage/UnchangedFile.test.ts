import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { appendFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs"
import * as Files from "../../../src/node/storage/Files.ts"
import * as NodeStorage from "../../../src/node/storage/NodeStorage.ts"
import { hex, refused, sample } from "../../suites/storage.ts"
import { systemError, watched } from "../watchedFiles.ts"
import { all, fileOf, waitMillis } from "./sourceFiles.ts"

const storage = NodeStorage.make(Files.make())

describe("a file that is read", () => {
  it.scoped("is read at most one block ahead of the consumer", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      let reads = 0
      const files = watched((call) => {
        if (call.name === "read") reads++
      })
      const source = yield* NodeStorage.make(files).source(path)
      reads = 0
      const readsAtBlock: Array<number> = []
      yield* Stream.runForEach(source.blocks(1_000), () =>
        Effect.gen(function*() {
          const expected = Math.min(readsAtBlock.length + 2, 10)
          yield* Effect.repeat(waitMillis(1), { until: () => reads >= expected })
          yield* waitMillis(2)
          readsAtBlock.push(reads)
        }))
      expect(readsAtBlock).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 10])
    }))

  it.scoped("emits blocks that later reads do not overwrite", () =>
    Effect.gen(function*() {
      const source = yield* storage.source(yield* fileOf(sample(10_000)))
      expect(hex(yield* all(source))).toBe(hex(sample(10_000)))
    }))

  it.scoped("fails with Changed when it becomes shorter", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      const source = yield* storage.source(path)
      truncateSync(path, 5_000)
      expect(yield* refused(Stream.runDrain(source.blocks(1_024)))).toBe("Changed")
    }))

  it.scoped.each(
    [
      [
        "its modification time differs",
        (path: string) => utimesSync(path, 1, 1),
        "was changed while it was being sent"
      ],
      ["it becomes shorter", (path: string) => truncateSync(path, 9_500), "was changed while it was being sent"],
      ["it grows", (path: string) => appendFileSync(path, "more"), "grew while it was being sent"]
    ] as const
  )("fails with Changed before its last block when %s (F21)", ([, change, words]) =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      const source = yield* storage.source(path)
      let emittedBytes = 0
      const run = Stream.runForEach(source.blocks(1_000), (block) =>
        Effect.sync(() => {
          if (emittedBytes === 0) change(path)
          emittedBytes += block.length
        }))
      const error = yield* Effect.flip(run)
      expect([error.reason, emittedBytes]).toEqual(["Changed", 9_000])
      expect(error.message).toContain(words)
    }))

  it.scoped("says how to send a file that grows (F21)", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      const source = yield* storage.source(path)
      appendFileSync(path, "more")
      const { message } = yield* Effect.flip(all(source))
      expect(message).toBe(
        `"${path}" grew while it was being sent; send a copy of it, or send it through standard input`
      )
    }))

  it.scoped("fails before its first block when it was changed since its check", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      const source = yield* storage.source(path)
      writeFileSync(path, sample(9_000))
      let emittedBytes = 0
      const run = Stream.runForEach(source.blocks(1_000), (block) => Effect.sync(() => emittedBytes += block.length))
      expect(yield* refused(run)).toBe("Changed")
      expect(emittedBytes).toBe(0)
    }))

  it.scoped("fails when it ends early although its size and modification time are the same", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10_000))
      const early: Files.OpenFile["read"] = async () => ({ bytesRead: 0 })
      let ends = false
      const real = Files.make()
      const source = yield* NodeStorage.make({
        ...real,
        open: async (...args) => {
          const file = await real.open(...args)
          return Object.assign(file, { read: ends ? early : file.read.bind(file) })
        }
      }).source(path)
      ends = true
      const { message, reason } = yield* Effect.flip(all(source))
      expect(reason).toBe("Changed")
      expect(message).toBe(`"${path}" ended after 0 of 10000 bytes; send it through standard input`)
    }))

  it.scoped("can be read again after an incomplete read", () =>
    Effect.gen(function*() {
      const source = yield* storage.source(yield* fileOf(sample(10_000)))
      yield* Stream.runDrain(Stream.take(source.blocks(1_000), 2))
      expect(yield* source.sha256).toBe(hex(sample(10_000)))
    }))

  it.scoped("fails with a typed error when the disk fails", () =>
    Effect.gen(function*() {
      let reads = 0
      const files = watched(({ name }) => {
        if (name === "read" && ++reads > 1) throw systemError("EIO")
      })
      const source = yield* NodeStorage.make(files).source(yield* fileOf(sample(10)))
      expect(yield* refused(Stream.runDrain(source.blocks(1_000)))).toBe("Io")
    }))

  it.scoped("takes its blocks again that were sent, while it is read and not afterwards", () =>
    Effect.gen(function*() {
      const source = yield* storage.source(yield* fileOf(sample(3_000)))
      const taken: Array<ArrayBufferLike> = []
      yield* Stream.runForEach(source.blocks(1_000), (block) =>
        Effect.sync(() => {
          taken.push(block.buffer)
          source.recycle?.(block)
        }))
      expect(new Set(taken).size).toBe(2)
      const late = new Uint8Array(1_000)
      source.recycle?.(late)
      yield* Stream.runForEach(source.blocks(1_000), (block) => Effect.sync(() => expect(block).not.toBe(late)))
    }))
})

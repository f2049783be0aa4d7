import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Source } from "../../src/storage/Storage.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import { content } from "../suites/transfer.ts"

const source = (size: number): Source => ({
  name: "a.bin",
  path: undefined,
  size,
  blocks: () => Stream.empty,
  sha256: Effect.succeed("")
})

describe("fragmentsOf", () => {
  it.effect("gives views of the blocks, a chunk a block, only the last one short", () =>
    Effect.gen(function*() {
      const blocks = [content(12), content(12), content(7)]
      const chunks = yield* Stream.runCollect(Stream.chunks(Outbox.fragmentsOf(Stream.fromIterable(blocks), 4)))
      const sizes = Array.from(chunks, (chunk) => Array.from(chunk, (fragment) => fragment.length))
      expect(sizes.flat()).toEqual([4, 4, 4, 4, 4, 4, 4, 3])
      const fragments = Chunk.toReadonlyArray(Chunk.flatten(chunks))
      expect(fragments[0]?.buffer).toBe(blocks[0]?.buffer)
      expect(Buffer.compare(Buffer.concat(fragments), Buffer.concat(blocks))).toBe(0)
    }))
})

describe("a check", () => {
  it.effect("finds a file that the wire cannot carry, and says which fragment size would do", () =>
    Effect.gen(function*() {
      yield* Outbox.checkFile(source(10_000_000), 1)
      const error = yield* Effect.flip(Outbox.checkFile(source(100_000_000), 1))
      expect(error.message).toContain("take a fragment size of 6 or more")
      const hopeless = yield* Effect.flip(Outbox.checkFile(source(30_000_000_000), 1445))
      expect(hopeless.message).not.toContain("fragment size")
    }))

  it.effect("finds a text over 16 MiB, counted in bytes", () =>
    Effect.gen(function*() {
      yield* Outbox.checkText("x".repeat(16 * 1024 * 1024), 1445)
      const error = yield* Effect.flip(Outbox.checkText("ž".repeat(8 * 1024 * 1024 + 1), 1445))
      expect(error).toMatchObject({ _tag: "MessageRefused", refusal: { _tag: "TextTooLong" } })
    }))
})

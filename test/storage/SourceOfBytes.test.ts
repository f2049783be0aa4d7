import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as SourceOfBytes from "../../src/storage/SourceOfBytes.ts"
import { hex, refused, sample } from "../suites/storage.ts"

describe("a source of bytes", () => {
  it.effect("emits copies of them, in blocks of the requested size", () =>
    Effect.gen(function*() {
      const bytes = sample(10)
      const source = SourceOfBytes.make({ name: "a", path: "/proc/a", bytes })
      expect([source.name, source.path, source.size]).toEqual(["a", "/proc/a", 10])
      const blocks = Chunk.toReadonlyArray(yield* Stream.runCollect(source.blocks(4)))
      expect(blocks.map((block) => block.length)).toEqual([4, 4, 2])
      blocks[0]?.fill(0)
      expect(hex(bytes)).toBe(hex(sample(10)))
      expect(yield* source.sha256).toBe(hex(bytes))
    }))

  it.effect("fails with Changed as soon as its path has other bytes", () =>
    Effect.gen(function*() {
      let emitted = 0
      const source = SourceOfBytes.make({ name: "a", path: "/a", bytes: sample(10), isCurrent: () => emitted < 2 })
      expect(yield* refused(Stream.runForEach(source.blocks(4), () => Effect.sync(() => emitted++)))).toBe("Changed")
    }))
})

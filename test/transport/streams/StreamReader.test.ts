import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { SessionStream } from "../../../src/transport/SessionStream.ts"
import { headerEnd, StreamReader } from "../../../src/transport/streams/StreamReader.ts"

/** A stream with these blocks. */
const readerOf = (...blocks: ReadonlyArray<ReadonlyArray<number>>): StreamReader => {
  const left = blocks.map((block) => Uint8Array.from(block))
  const stream: Pick<SessionStream, "read"> = { read: () => Effect.sync(() => left.shift()) }
  return new StreamReader(stream as SessionStream, "192.0.2.1:4040")
}

describe("a reader of a stream", () => {
  it.effect("cuts blocks as its caller needs them, and keeps what is left", () =>
    Effect.gen(function*() {
      const reader = readerOf([1, 2, 3], [4, 5], [6])
      expect(Array.from((yield* reader.upTo(2, 1)) ?? [])).toEqual([1, 2])
      expect(reader.restBytes).toBe(1)
      expect(Array.from(yield* reader.exactly(2))).toEqual([3, 4])
      expect(Array.from((yield* reader.some(1)) ?? [])).toEqual([5])
      expect(yield* Effect.flip(reader.exactly(2))).toMatchObject({ reason: "Protocol", peer: "192.0.2.1:4040" })
    }))

  it.effect("reads JSON after its length, however it is cut, and refuses one that is too long", () =>
    Effect.gen(function*() {
      expect(yield* readerOf([0x40], [2, 123], [125, 7]).framed).toBe("{}")
      const { message } = yield* Effect.flip(readerOf([0x60, 0x01]).framed)
      expect(message).toBe("192.0.2.1:4040 sent a message with a header of 8193 bytes")
    }))
})

describe("the end of a header", () => {
  it.each([[[], undefined], [[5], 6], [[0x40], undefined], [[0x40, 100], 102], [[0x80, 0, 1, 0], 260]] as const)(
    "of %j is %j",
    (bytes, end) => {
      expect(headerEnd(Uint8Array.from(bytes))).toBe(end)
    }
  )
})

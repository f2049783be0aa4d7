import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { OutOfOrderSpace } from "../../../src/protocol/flock/streams/OutOfOrderSpace.ts"
import { Stream } from "../../../src/protocol/flock/streams/Stream.ts"
import { PendingHeaders } from "../../../src/transport/streams/PendingHeaders.ts"
import { StartLimit } from "../../../src/transport/streams/StartLimit.ts"
import { sessionStarts, sessionStartsPerSecond, startBytes } from "../../../src/transport/streams/StreamLimits.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import * as TransportLimits from "../../../src/transport/TransportLimits.ts"

const made = Effect.gen(function*() {
  const clock = yield* Effect.clock
  const ready: Array<number> = []
  const given: Array<number> = []
  const headers = new PendingHeaders({
    now: () => Timing.nanosToMillis(clock.unsafeCurrentTimeNanos()),
    onReady: ({ id }) => ready.push(id),
    starts: new StartLimit(undefined),
    giveUp: ({ id }) => given.push(id)
  }, yield* Effect.runtime<never>())
  /** Bytes of a stream arrive; the last ones if `isLast`. */
  const arrive = (stream: Stream, bytes: ReadonlyArray<number>, isLast = false): void => {
    const offset = stream.receive.furthestBytes
    const frame = { _tag: "Stream", id: stream.id, offset, isLast, bytes: Uint8Array.from(bytes), start: 0 } as const
    stream.receive.onFrame({ ...frame, end: bytes.length }, Infinity)
    headers.onReadable(stream)
  }
  const open = (id: number, bytes: ReadonlyArray<number>, isLast = false): Stream => {
    const stream = new Stream(id, 0, 100_000, new OutOfOrderSpace({ windowBytes: 100_000 }))
    arrive(stream, bytes, isLast)
    headers.add(stream)
    return stream
  }
  return { arrive, given, headers, open, ready }
})

describe("a header of a message", () => {
  it.effect("is handed over when all of its bytes have arrived, however they are cut", () =>
    Effect.gen(function*() {
      const { arrive, given, open, ready } = yield* made
      open(0, [3, 1, 2, 3])
      const stream = open(2, [0x40])
      arrive(stream, [4, 9, 9])
      arrive(stream, [9])
      expect(ready).toEqual([0])
      arrive(stream, [9, 77])
      arrive(stream, [77])
      expect([ready, given]).toEqual([[0, 2], []])
    }))

  it.effect("that is longer than one block of the stream is handed over too", () =>
    Effect.gen(function*() {
      const { arrive, open, ready } = yield* made
      const stream = open(0, [0x5f, 0xff])
      for (let sent = 0; sent < 0x1fff; sent += 1000) {
        expect(ready).toEqual([])
        arrive(stream, Array.from({ length: 1000 }, () => 7))
      }
      expect(ready).toEqual([0])
    }))

  it.effect("that cannot be one is handed over at once: its reader refuses it", () =>
    Effect.gen(function*() {
      const { open, ready } = yield* made
      open(0, [0x80, 1, 0, 0])
      expect(ready).toEqual([0])
    }))

  it.effect("of a stream that ends or is reset before it is complete is given up", () =>
    Effect.gen(function*() {
      const { given, headers, open, ready } = yield* made
      open(0, [5, 1], true)
      const stream = open(2, [5, 1])
      stream.receive.onReset(3, 2, Infinity)
      headers.onReadable(stream)
      headers.onReadable(stream)
      expect([ready, given]).toEqual([[], [0, 2]])
    }))

  it.effect("is given up when it takes more than ten seconds, each at its own time (S4)", () =>
    Effect.gen(function*() {
      const { arrive, given, open, ready } = yield* made
      open(0, [5])
      yield* TestClock.adjust("6 seconds")
      const other = open(2, [5])
      yield* TestClock.adjust(TransportLimits.headerMillis - 6001)
      expect(given).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect(given).toEqual([0])
      yield* TestClock.adjust("5 seconds")
      arrive(other, [1, 2, 3, 4, 5])
      yield* TestClock.adjust("1 minutes")
      expect([given, ready]).toEqual([[0], [2]])
      open(4, [5])
      yield* TestClock.adjust("11 seconds")
      expect(given).toEqual([0, 4])
    }))

  it.effect("is forgotten with the session", () =>
    Effect.gen(function*() {
      const { given, headers, open } = yield* made
      open(0, [5])
      headers.end()
      yield* TestClock.adjust("1 minutes")
      expect(given).toEqual([])
    }))
})

describe("a message that is announced", () => {
  it.effect("begins at a limited rate, in the order of the announcements", () =>
    Effect.gen(function*() {
      const { open, ready } = yield* made
      const ids = Array.from({ length: 200 }, (_, nth) => 2 * nth)
      for (const id of ids) open(id, [1, 1])
      expect(ready).toEqual(ids.slice(0, sessionStarts))
      yield* TestClock.adjust("1 seconds")
      expect(ready).toEqual(ids.slice(0, sessionStarts + sessionStartsPerSecond))
      yield* TestClock.adjust("10 seconds")
      expect(ready).toEqual(ids)
    }))

  it.effect("begins at once when it has arrived, and is given up when it is reset before", () =>
    Effect.gen(function*() {
      const { arrive, given, headers, open, ready } = yield* made
      const streams = Array.from({ length: sessionStarts + 4 }, (_, nth) => open(2 * nth, [1, 1]))
      const [ended, long, reset, last] = streams.slice(sessionStarts)
      if (ended === undefined || long === undefined || reset === undefined || last === undefined) throw new Error("few")
      ready.length = 0
      arrive(ended, [7], true)
      arrive(long, Array.from({ length: startBytes - 3 }, () => 7))
      expect(ready).toEqual([ended.id])
      arrive(long, [7])
      reset.receive.onReset(0, 2, Infinity)
      headers.onReadable(reset)
      expect([ready, given]).toEqual([[ended.id, long.id], [reset.id]])
      // Whole messages need no token.
      open(1000, [1, 1], true)
      expect(ready).toEqual([ended.id, long.id, 1000])
      yield* TestClock.adjust("1 seconds")
      expect(ready).toEqual([ended.id, long.id, 1000, last.id])
    }))
})

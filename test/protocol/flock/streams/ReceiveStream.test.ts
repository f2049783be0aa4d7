import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { OutOfOrderSpace } from "../../../../src/protocol/flock/streams/OutOfOrderSpace.ts"
import { ReceiveStream } from "../../../../src/protocol/flock/streams/ReceiveStream.ts"
import type { StreamFrame } from "../../../../src/protocol/flock/wire/Frame.ts"

const receiving = (windowBytes: number): ReceiveStream =>
  new ReceiveStream(0, windowBytes, new OutOfOrderSpace({ windowBytes: 100_000 }))

const content = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7)

/** A frame with bytes [first, end) of the stream `content`, inside of a larger buffer, as in a packet. */
const frame = (first: number, end: number, isLast = false): StreamFrame => {
  const packet = new Uint8Array(end - first + 9)
  for (let index = 0; index < end - first; index++) packet[5 + index] = (first + index) * 7
  return { _tag: "Stream", id: 0, offset: first, isLast, bytes: packet, start: 5, end: 5 + end - first }
}

const readAll = (stream: ReceiveStream, maxBytes?: number): ReadonlyArray<number> => {
  const all: Array<number> = []
  for (let bytes = stream.read(maxBytes); bytes !== undefined; bytes = stream.read(maxBytes)) all.push(...bytes)
  return all
}

describe("the receiving half of a stream", () => {
  it("delivers each byte once and in order, however frames are cut, duplicated, reordered and read", () => {
    const cut = FastCheck.tuple(FastCheck.integer({ min: 0, max: 5000 }), FastCheck.integer({ min: 1, max: 1400 }))
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(cut, { maxLength: 40 }),
        FastCheck.integer({ min: 1, max: 3000 }),
        (cuts, maxBytes) => {
          const stream = receiving(100_000)
          const read: Array<number> = []
          const pieces = [...cuts, ...Array.from({ length: 10 }, (_, nth): [number, number] => [(9 - nth) * 500, 500])]
          for (const [first, length] of pieces) {
            const end = Math.min(5000, first + length)
            expect(stream.onFrame(frame(first, end, end === 5000), Infinity)).toBe("Accepted")
            read.push(...stream.read(maxBytes) ?? [])
          }
          read.push(...readAll(stream, maxBytes))
          expect(stream.isAtEnd).toBe(true)
          expect(read).toEqual(Array.from(content(5000)))
        }
      ),
      { seed: 1, numRuns: 300 }
    )
  })

  it("does not change bytes that the reader holds", () => {
    const stream = receiving(100_000)
    stream.onFrame(frame(0, 100), Infinity)
    const first = stream.read()
    for (let at = 100; at < 20_000; at += 100) stream.onFrame(frame(at, at + 100), Infinity)
    readAll(stream)
    stream.onFrame(frame(20_000, 20_100), Infinity)
    expect(first).toEqual(content(100))
  })

  it("rejects bytes beyond its window, or the session's credit", () => {
    const stream = receiving(100)
    expect(stream.onFrame(frame(50, 101), Infinity)).toBe("FlowControlError")
    expect(stream.onFrame(frame(0, 60), 59)).toBe("FlowControlError")
    expect([stream.furthestBytes, stream.onFrame(frame(0, 60), 60)]).toEqual([0, "Accepted"])
    // Bytes that arrived before need no credit.
    expect([stream.onFrame(frame(0, 60), 0), stream.onFrame(frame(50, 61), 0)]).toEqual([
      "Accepted",
      "FlowControlError"
    ])
  })

  it("has one final size", () => {
    const stream = receiving(100)
    stream.onFrame(frame(0, 10), Infinity)
    expect(stream.onFrame(frame(4, 9, true), Infinity)).toBe("FinalSizeError")
    expect(stream.onFrame(frame(10, 20, true), Infinity)).toBe("Accepted")
    expect(stream.onFrame(frame(10, 21), Infinity)).toBe("FinalSizeError")
    expect(stream.onFrame(frame(10, 19, true), Infinity)).toBe("FinalSizeError")
    expect(stream.onReset(0, 19, Infinity)).toBe("FinalSizeError")
    expect(stream.onFrame(frame(10, 20, true), Infinity)).toBe("Accepted")
  })

  it("holds a bounded number of out-of-order pieces, and accepts the bytes that fill the gap (S5)", () => {
    const stream = receiving(100_000)
    let taken = 0
    for (let at = 2; at < 99_000; at += 2) if (stream.onFrame(frame(at, at + 1), Infinity) === "Accepted") taken++
    expect(taken).toBeLessThan(500)
    expect(stream.onFrame(frame(98_000, 98_001), Infinity)).toBe("Full")
    expect(stream.onFrame(frame(0, 98_500), Infinity)).toBe("Accepted")
    expect(stream.readableBytes).toBe(98_500)
    expect(stream.onFrame(frame(98_600, 98_601), Infinity)).toBe("Accepted")
  })

  it("that the peer resets has nothing to read, and keeps the first code", () => {
    const stream = receiving(100)
    stream.onFrame(frame(0, 10), Infinity)
    expect([stream.onReset(5, 101, Infinity), stream.onReset(5, 40, 29)]).toEqual([
      "FlowControlError",
      "FlowControlError"
    ])
    expect([stream.onReset(5, 40, 30), stream.onReset(6, 40, 0)]).toEqual(["Accepted", "Accepted"])
    expect([stream.read(), stream.resetCode, stream.isSettled, stream.isAtEnd]).toEqual([undefined, 5, true, false])
    expect([stream.readBytes, stream.onFrame(frame(0, 20), 0)]).toEqual([40, "Accepted"])
  })

  it("that has arrived completely is not reset", () => {
    const stream = receiving(100)
    stream.onFrame(frame(0, 10, true), Infinity)
    stream.onReset(5, 10, Infinity)
    expect([stream.resetCode, readAll(stream).length, stream.isAtEnd]).toEqual([undefined, 10, true])
  })

  it("that is stopped keeps nothing, and counts bytes that arrive as read", () => {
    const stream = receiving(1000)
    stream.onFrame(frame(0, 10), Infinity)
    stream.stop()
    stream.onFrame(frame(300, 400, true), Infinity)
    expect([stream.read(), stream.readBytes, stream.isSettled]).toEqual([undefined, 400, true])
  })
})

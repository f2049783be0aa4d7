import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { ReceiveStream } from "../../../../src/protocol/flock/streams/ReceiveStream.ts"
import type { StreamFrame } from "../../../../src/protocol/flock/wire/Frame.ts"

const content = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7)

/** Bytes [first, end) of the stream whose content is `content`, inside of something larger, as a packet has them. */
const frame = (first: number, end: number, isLast = false): StreamFrame => {
  const packet = new Uint8Array(end - first + 9)
  for (let index = 0; index < end - first; index++) packet[5 + index] = (first + index) * 7
  return { type: "Stream", id: 0, offset: first, isLast, bytes: packet, start: 5, end: 5 + end - first }
}

const readAll = (stream: ReceiveStream, maxBytes?: number): ReadonlyArray<number> => {
  const all: Array<number> = []
  for (let bytes = stream.read(maxBytes); bytes !== undefined; bytes = stream.read(maxBytes)) all.push(...bytes)
  return all
}

describe("a stream on its way in", () => {
  it("gives every byte once and in order, however it is cut, doubled, shuffled and read", () => {
    const cut = FastCheck.tuple(FastCheck.integer({ min: 0, max: 5000 }), FastCheck.integer({ min: 1, max: 1400 }))
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(cut, { maxLength: 40 }),
        FastCheck.integer({ min: 1, max: 3000 }),
        (cuts, maxBytes) => {
          const stream = new ReceiveStream(0, 100_000)
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

  it("leaves alone what it has given to the reader", () => {
    const stream = new ReceiveStream(0, 100_000)
    stream.onFrame(frame(0, 100), Infinity)
    const first = stream.read()
    for (let at = 100; at < 20_000; at += 100) stream.onFrame(frame(at, at + 100), Infinity)
    readAll(stream)
    stream.onFrame(frame(20_000, 20_100), Infinity)
    expect(first).toEqual(content(100))
  })

  it("takes no byte beyond its window, or the session's credit", () => {
    const stream = new ReceiveStream(0, 100)
    expect(stream.onFrame(frame(50, 101), Infinity)).toBe("FlowControlError")
    expect(stream.onFrame(frame(0, 60), 59)).toBe("FlowControlError")
    expect([stream.furthestBytes, stream.onFrame(frame(0, 60), 60)]).toEqual([0, "Accepted"])
    // What came before costs nothing.
    expect([stream.onFrame(frame(0, 60), 0), stream.onFrame(frame(50, 61), 0)]).toEqual([
      "Accepted",
      "FlowControlError"
    ])
  })

  it("has one length", () => {
    const stream = new ReceiveStream(0, 100)
    stream.onFrame(frame(0, 10), Infinity)
    expect(stream.onFrame(frame(4, 9, true), Infinity)).toBe("FinalSizeError")
    expect(stream.onFrame(frame(10, 20, true), Infinity)).toBe("Accepted")
    expect(stream.onFrame(frame(10, 21), Infinity)).toBe("FinalSizeError")
    expect(stream.onFrame(frame(10, 19, true), Infinity)).toBe("FinalSizeError")
    expect(stream.onReset(0, 19, Infinity)).toBe("FinalSizeError")
    expect(stream.onFrame(frame(10, 20, true), Infinity)).toBe("Accepted")
  })

  it("holds a bounded number of pieces with a hole before them, and takes what fills the hole (S5)", () => {
    const stream = new ReceiveStream(0, 100_000)
    let taken = 0
    for (let at = 2; at < 99_000; at += 2) if (stream.onFrame(frame(at, at + 1), Infinity) === "Accepted") taken++
    expect(taken).toBeLessThan(1000)
    expect(stream.onFrame(frame(98_000, 98_001), Infinity)).toBe("Full")
    expect(stream.onFrame(frame(0, 98_500), Infinity)).toBe("Accepted")
    expect(stream.readableBytes).toBe(98_500)
    expect(stream.onFrame(frame(98_600, 98_601), Infinity)).toBe("Accepted")
  })

  it("that the peer gives up has nothing to read any more, and keeps the first reason", () => {
    const stream = new ReceiveStream(0, 100)
    stream.onFrame(frame(0, 10), Infinity)
    expect([stream.onReset(5, 101, Infinity), stream.onReset(5, 40, 29)]).toEqual([
      "FlowControlError",
      "FlowControlError"
    ])
    expect([stream.onReset(5, 40, 30), stream.onReset(6, 40, 0)]).toEqual(["Accepted", "Accepted"])
    expect([stream.read(), stream.resetCode, stream.isSettled, stream.isAtEnd]).toEqual([undefined, 5, true, false])
    expect([stream.readBytes, stream.onFrame(frame(0, 20), 0)]).toEqual([40, "Accepted"])
  })

  it("that was read to its end is not given up any more", () => {
    const stream = new ReceiveStream(0, 100)
    stream.onFrame(frame(0, 10, true), Infinity)
    stream.onReset(5, 10, Infinity)
    expect([stream.resetCode, readAll(stream).length, stream.isAtEnd]).toEqual([undefined, 10, true])
  })

  it("that nobody wants any more keeps nothing, and counts what comes as read", () => {
    const stream = new ReceiveStream(0, 1000)
    stream.onFrame(frame(0, 10), Infinity)
    stream.stop()
    stream.onFrame(frame(300, 400, true), Infinity)
    expect([stream.read(), stream.readBytes, stream.isSettled]).toEqual([undefined, 400, true])
  })
})

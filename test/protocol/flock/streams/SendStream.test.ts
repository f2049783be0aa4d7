import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { SendStream } from "../../../../src/protocol/flock/streams/SendStream.ts"
import type { Frame } from "../../../../src/protocol/flock/wire/Frame.ts"

const bytes = (length: number, from = 0): Uint8Array => Uint8Array.from({ length }, (_, index) => from + index)

/** A frame as `offset: data`, with a full stop when it ends the stream. */
const show = (frame: Frame | undefined): string | undefined =>
  frame?._tag === "Stream"
    ? `${frame.offset}: ${frame.bytes.subarray(frame.start, frame.end).join(" ")}${frame.isLast ? "." : ""}`
    : frame?._tag

const frameOf = (stream: SendStream, roomBytes = 1000, creditBytes = Infinity): Frame => {
  const frame = stream.nextFrame(roomBytes, creditBytes)
  if (frame === undefined) throw new Error("there is no frame")
  return frame
}

describe("the sending half of a stream", () => {
  it("is sent as much as fits, small writes together, and ends once", () => {
    const stream = new SendStream(0, Infinity)
    stream.write(bytes(3))
    stream.write(bytes(2, 10))
    stream.finish()
    // Type, id, offset and length need four bytes.
    expect(show(stream.nextFrame(6, Infinity))).toBe("0: 0 1")
    expect(show(stream.nextFrame(100, Infinity))).toBe("2: 2 10 11.")
    expect([stream.nextFrame(100, Infinity), stream.isReady(Infinity)]).toEqual([undefined, false])
  })

  it("without data ends with an empty frame", () => {
    const stream = new SendStream(0, 0)
    stream.finish()
    expect([stream.isReady(0), show(stream.nextFrame(30, 0)), stream.isReady(0)]).toEqual([true, "0: .", false])
  })

  it("sends no new byte beyond its limit and the session's credit", () => {
    const stream = new SendStream(0, 5)
    stream.write(bytes(9))
    stream.finish()
    expect(show(stream.nextFrame(100, 3))).toBe("0: 0 1 2")
    expect([stream.isReady(0), stream.nextFrame(100, 0), stream.isBlocked]).toEqual([false, undefined, false])
    expect(show(stream.nextFrame(100, 100))).toBe("3: 3 4")
    expect([stream.isReady(100), stream.nextFrame(100, 100), stream.isBlocked]).toEqual([false, undefined, true])
    stream.raiseLimit(4)
    expect(stream.isReady(100)).toBe(false)
    stream.raiseLimit(50)
    expect(show(stream.nextFrame(100, 100))).toBe("5: 5 6 7 8.")
  })

  it("sends lost bytes first, in new frames, regardless of the limits", () => {
    const stream = new SendStream(0, 6)
    stream.write(bytes(8))
    const first = frameOf(stream, 8)
    frameOf(stream, 100)
    stream.onLost(first)
    expect([stream.isReady(0), show(stream.nextFrame(7, 0)), show(stream.nextFrame(100, 0))]).toEqual([
      true,
      "0: 0 1 2",
      "3: 3"
    ])
    expect(stream.isReady(0)).toBe(false)
  })

  it("does not resend acknowledged bytes, even if they were lost in another packet or acknowledged after a loss", () => {
    const stream = new SendStream(0, Infinity)
    stream.write(bytes(6))
    const first = frameOf(stream)
    stream.onLost(first)
    stream.onAcked(frameOf(stream, 7))
    stream.onLost(first)
    expect(show(stream.nextFrame(100, 0))).toBe("3: 3 4 5")
    stream.onLost(first)
    stream.onAcked(first)
    expect(stream.isReady(Infinity)).toBe(false)
  })

  it("sends its end again when it was lost", () => {
    const stream = new SendStream(0, Infinity)
    stream.write(bytes(2))
    stream.onAcked(frameOf(stream))
    stream.finish()
    const end = frameOf(stream)
    expect([show(end), stream.isSettled]).toEqual(["2: .", false])
    stream.onLost(end)
    expect(show(frameOf(stream))).toBe("2: .")
    stream.onAcked(end)
    expect([stream.isSettled, stream.isReady(Infinity)]).toEqual([true, false])
    stream.onLost(end)
    expect(stream.isReady(Infinity)).toBe(false)
  })

  it("that is reset sends RESET_STREAM, again when it was lost, and nothing else", () => {
    const stream = new SendStream(4, Infinity)
    stream.write(bytes(9))
    const sent = frameOf(stream, 9)
    stream.reset(7)
    stream.onLost(sent)
    const reset = frameOf(stream)
    expect(reset).toEqual({ _tag: "ResetStream", id: 4, code: 7, finalBytes: 5 })
    expect(stream.isReady(Infinity)).toBe(false)
    stream.onLost(reset)
    expect(frameOf(stream)).toEqual(reset)
    stream.onAcked(reset)
    expect([stream.isSettled, stream.isReady(Infinity)]).toEqual([true, false])
  })

  it("arrives completely despite any losses, and is settled then, not before", () => {
    const outcome = FastCheck.constantFrom("acked", "lost", "waits", "doubtful")
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(FastCheck.integer({ min: 0, max: 40 }), { maxLength: 8 }),
        FastCheck.array(FastCheck.tuple(FastCheck.integer({ min: 26, max: 60 }), outcome), { maxLength: 60 }),
        (blocks, turns) => {
          const stream = new SendStream(0, Infinity)
          const whole = blocks.flatMap((length, index) => Array.from(bytes(length, index * 5)))
          let at = 0
          for (const length of blocks) stream.write(Uint8Array.from(whole.slice(at, at += length)))
          stream.finish()
          const arrived = new Map<number, number>()
          let end: number | undefined
          const take = (frame: Frame): void => {
            if (frame._tag !== "Stream") return
            for (let index = frame.start; index < frame.end; index++) {
              arrived.set(frame.offset + index - frame.start, frame.bytes[index] ?? -1)
            }
            if (frame.isLast) end = frame.offset + frame.end - frame.start
            stream.onAcked(frame)
          }
          const waiting: Array<Frame> = []
          const go = (roomBytes: number, what: string): void => {
            const frame = stream.nextFrame(roomBytes, Infinity)
            if (frame === undefined) return
            if (what === "acked") take(frame)
            else if (what === "lost") stream.onLost(frame)
            else {
              if (what === "doubtful") stream.onLost(frame)
              waiting.push(frame)
            }
          }
          for (const [roomBytes, what] of turns) go(roomBytes, what)
          for (const frame of waiting) take(frame)
          for (let turn = 0; turn < 400 && stream.isReady(Infinity); turn++) go(60, "acked")
          expect([stream.isSettled, end, stream.ackedBytes]).toEqual([true, whole.length, whole.length])
          expect(whole.map((_, index) => arrived.get(index))).toEqual(whole)
        }
      ),
      { seed: 1, numRuns: 300 }
    )
  })
})

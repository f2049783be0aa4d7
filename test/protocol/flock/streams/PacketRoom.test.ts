import { describe, expect, it } from "vitest"
import { Streams } from "../../../../src/protocol/flock/streams/Streams.ts"
import type { StreamFrame } from "../../../../src/protocol/flock/wire/Frame.ts"
import { parameters } from "../pair.ts"

const frame = (id: number, offset: number, length: number): StreamFrame => ({
  _tag: "Stream",
  id,
  offset,
  isLast: false,
  bytes: new Uint8Array(length),
  start: 0,
  end: length
})

/** The streams of a server whose space holds `pieces` pieces of one byte, and is filled with all but `free` of them. */
const filled = (pieces: number, free: number): Streams => {
  const streams = new Streams("server", { ...parameters, maxData: Math.ceil(pieces * 257 * 4 / 5) }, parameters)
  for (let piece = 0; piece < pieces - free; piece++) {
    expect(streams.onStreamFrame(frame(0, 10 + 2 * piece, 1))).toBe("Accepted")
  }
  return streams
}

describe("the room for a packet", () => {
  it("is checked for all frames together", () => {
    const streams = filled(20, 2)
    const packet = [frame(2, 1, 1), frame(2, 3, 1), frame(2, 5, 1)]
    expect([streams.hasRoomFor(packet.slice(0, 2)), streams.hasRoomFor(packet)]).toEqual([true, false])
    expect(streams.count).toBe(1)
  })

  it("is not needed by frames that continue their streams, one after another, nor by copies", () => {
    const streams = filled(20, 0)
    expect(streams.hasRoomFor([frame(0, 0, 5), frame(0, 5, 3), frame(4, 0, 100), frame(4, 50, 100)])).toBe(true)
    expect(streams.hasRoomFor([frame(0, 12, 1), frame(0, 14, 1)])).toBe(true)
    expect(streams.hasRoomFor([frame(0, 13, 1)])).toBe(false)
    expect(streams.hasRoomFor([{ _tag: "Ping" }])).toBe(true)
  })

  it("is not needed by frames of closed and stopped streams, nor by those that are an error", () => {
    const streams = filled(20, 0)
    streams.onStreamFrame(frame(2, 0, 1))
    const stopped = streams.pollEvents().flatMap((event) => event._tag === "Opened" ? [event.stream] : [])[0]
    if (stopped === undefined) throw new Error("no stream")
    streams.stop(stopped, 0)
    expect([streams.hasRoomFor([frame(2, 50, 1)]), streams.hasRoomFor([frame(1, 50, 1)])]).toEqual([true, true])
  })

  it("once it is there, no frame of the packet is refused, whatever the packet", () => {
    let state = 7
    const below = (limit: number): number => {
      state = Math.imul(state, 1_103_515_245) + 12_345 >>> 0
      return Math.floor(state / 2 ** 32 * limit)
    }
    let accepted = 0
    let refused = 0
    for (let world = 0; world < 300; world++) {
      const streams = filled(10 + below(20), below(8))
      for (let packet = 0; packet < 20; packet++) {
        const frames = Array.from({ length: 1 + below(6) }, () => frame(2 * below(4), below(40), below(12)))
        if (!streams.hasRoomFor(frames)) {
          refused++
          continue
        }
        accepted++
        for (const one of frames) {
          const outcome = streams.onStreamFrame(one)
          if (outcome !== "Accepted" && outcome !== "FlowControlError") throw new Error(outcome)
        }
      }
    }
    expect(accepted).toBeGreaterThan(300)
    expect(refused).toBeGreaterThan(200)
  })

  it.each([[0, true], [5, true], [8, true], [11, false]])(
    "a frame at %i of 8 contiguous bytes is in order: %s",
    (at, isInOrder) => {
      const streams = filled(20, 0)
      streams.onStreamFrame(frame(0, 0, 8))
      expect(streams.isInOrder(frame(0, at, 1))).toBe(isInOrder)
      expect([streams.isInOrder(frame(6, 0, 1)), streams.isInOrder(frame(6, 1, 1)), streams.isInOrder(frame(1, 0, 1))])
        .toEqual([true, false, false])
    }
  )
})

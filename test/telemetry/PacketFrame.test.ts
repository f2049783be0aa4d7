import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import type { Frame } from "../../src/protocol/flock/wire/Frame.ts"
import * as PacketFrame from "../../src/telemetry/PacketFrame.ts"

const bytes = new TextEncoder().encode("..data..")

const frames: ReadonlyArray<Frame> = [
  { _tag: "Ping" },
  { _tag: "Ack", delayMicros: 25, ranges: [4, 9, 1, 2] },
  { _tag: "ResetStream", id: 4, code: 7, finalBytes: 1000 },
  { _tag: "StopSending", id: 4, code: 7 },
  { _tag: "Stream", id: 4, offset: 100, isLast: true, bytes, start: 2, end: 6 },
  { _tag: "MaxData", bytes: 65536 },
  { _tag: "MaxStreamData", id: 4, bytes: 65536 },
  { _tag: "MaxStreams", count: 16 },
  { _tag: "PathChallenge", token: 3 },
  { _tag: "PathResponse", token: 3 },
  { _tag: "Close", code: 0, reason: "done" },
  { _tag: "Datagram", bytes, start: 2, end: 6 }
]

const text = (payload: Uint8Array) => new TextDecoder().decode(payload)

describe("a frame in a trace", () => {
  it("has JSON that matches its Schema, and a distinct type, for each type of frame", () => {
    const formed = frames.map((frame) => PacketFrame.of(frame, text))
    expect(formed.filter((form) => !Schema.is(PacketFrame.PacketFrame)(form))).toEqual([])
    expect(new Set(formed.map(({ frameType }) => frameType)).size).toBe(frames.length)
  })

  it("has its ranges as pairs, the newest first", () => {
    expect(PacketFrame.of({ _tag: "Ack", delayMicros: 25, ranges: [4, 9, 1, 2] }, text)).toEqual({
      frameType: "ACK",
      delayMicros: 25,
      ranges: [[4, 9], [1, 2]]
    })
  })

  it("has its payload only on request; its length always", () => {
    const stream: Frame = { _tag: "Stream", id: 4, offset: 100, isLast: false, bytes, start: 2, end: 6 }
    const fields = { frameType: "STREAM", streamId: 4, offset: 100, length: 4, fin: false }
    expect(PacketFrame.of(stream, undefined)).toEqual(fields)
    expect(PacketFrame.of(stream, text)).toEqual({ ...fields, payload: "data" })
  })

  it("without data has an empty payload", () => {
    expect(frames.filter((frame) => PacketFrame.payloadOf(frame).length > 0).map(({ _tag }) => _tag))
      .toEqual(["Stream", "Datagram"])
  })
})

import { describe, expect, it } from "vitest"
import type { CloseReason } from "../../../src/protocol/flock/CloseCode.ts"
import { Closing } from "../../../src/protocol/flock/Closing.ts"
import { NewReno } from "../../../src/protocol/flock/congestion/NewReno.ts"
import { handleFrame } from "../../../src/protocol/flock/FrameHandler.ts"
import { PathValidation } from "../../../src/protocol/flock/path/PathValidation.ts"
import { LossDetection } from "../../../src/protocol/flock/recovery/LossDetection.ts"
import { Streams } from "../../../src/protocol/flock/streams/Streams.ts"
import type { Frame } from "../../../src/protocol/flock/wire/Frame.ts"
import { parameters } from "./pair.ts"

const path = { host: "client", port: 1 }

const setUp = () => {
  const moved: Array<number> = []
  const ignored = {
    onFrameAcked: () => undefined,
    onFrameLost: () => undefined,
    onMtuProbe: () => undefined,
    onDatagramOutcome: () => undefined
  }
  const parts = {
    streams: new Streams("server", parameters, parameters),
    recovery: new LossDetection(new NewReno({ maxDatagramBytes: 1200 }), 5, ignored),
    pathValidation: new PathValidation(path, 28, () => 7),
    closing: new Closing(),
    onMoved: (now: number) => void moved.push(now)
  }
  return { parts, moved, handle: (frame: Frame, from = path) => handleFrame(parts, frame, from, 50) }
}

describe("a frame", () => {
  it("that an application or a path does not need is accepted", () => {
    const { handle } = setUp()
    const bytes = new Uint8Array(2)
    expect([handle({ _tag: "Ping" }), handle({ _tag: "Datagram", bytes, start: 0, end: 2 })])
      .toEqual(["Accepted", "Accepted"])
  })

  it("of a stream has the outcome of the stream", () => {
    const { handle } = setUp()
    expect([
      handle({ _tag: "StopSending", id: 1, code: 0 }),
      handle({ _tag: "MaxStreamData", id: 8, bytes: 0 }),
      handle({ _tag: "MaxData", bytes: 0 }),
      handle({ _tag: "MaxStreams", count: 0 })
    ]).toEqual(["StreamStateError", "StreamLimitError", "Accepted", "Accepted"])
  })

  it("that acknowledges what was never sent is a violation", () => {
    expect(setUp().handle({ _tag: "Ack", delayMicros: 0, ranges: [0, 3] })).toBe("ProtocolViolation")
  })

  it("that validates another host reports the move, once; another port of the host does not", () => {
    const { handle, moved, parts } = setUp()
    parts.pathValidation.onPacket({ host: "client", port: 2 }, true, 100)
    handle({ _tag: "PathResponse", token: 7 })
    expect([moved, parts.pathValidation.current.port]).toEqual([[], 2])
    parts.pathValidation.onPacket({ host: "elsewhere", port: 2 }, true, 100)
    handle({ _tag: "PathResponse", token: 7 })
    handle({ _tag: "PathResponse", token: 7 })
    expect(moved).toEqual([50])
  })

  it("CLOSE is the reason of the end", () => {
    const { handle, parts } = setUp()
    handle({ _tag: "Close", code: 9, reason: "bye" })
    expect(parts.closing.reason).toEqual({ by: "peer", code: 9, text: "bye" } satisfies CloseReason)
  })
})

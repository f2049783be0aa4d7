import { describe, expect, it } from "@effect/vitest"
import { plain } from "../../../src/cli/report/Colours.ts"
import * as FlockTrace from "../../../src/cli/report/FlockTrace.ts"
import * as TextLimits from "../../../src/cli/text/TextLimits.ts"
import type { AckFrame, Frame } from "../../../src/protocol/flock/wire/Frame.ts"
import { mischief, packet, streamFrame } from "../fakes.ts"

const lineOf = (shown: Parameters<typeof FlockTrace.lineOf>[0], showsPayload = false): string =>
  FlockTrace.lineOf(shown, showsPayload, plain)

const ack = (...ranges: ReadonlyArray<number>): AckFrame => ({ _tag: "Ack", delayMicros: 5, ranges })
const opening = { packetNumber: undefined, frames: undefined, bytes: new Uint8Array(1200) } as const
const noise = { ...opening, kind: undefined, isIntact: false, bytes: Uint8Array.of(1, 2, 3) } as const

/** Each kind of frame, in words and as an object. */
const frames: ReadonlyArray<readonly [words: string, object: object, frame: Frame]> = [
  ["PING", { frameType: "PING" }, { _tag: "Ping" }],
  ["ACK 7-9 4 0-2", { frameType: "ACK", delayMicros: 5, ranges: [[7, 9], [4, 4], [0, 2]] }, ack(7, 9, 4, 4, 0, 2)],
  [
    "RESET_STREAM 2 code 1 at 500",
    { frameType: "RESET_STREAM", streamId: 2, code: 1, finalBytes: 500 },
    { _tag: "ResetStream", id: 2, code: 1, finalBytes: 500 }
  ],
  [
    "STOP_SENDING 2 code 1",
    { frameType: "STOP_SENDING", streamId: 2, code: 1 },
    { _tag: "StopSending", id: 2, code: 1 }
  ],
  ["STREAM 2 10+4", { frameType: "STREAM", streamId: 2, offset: 10, length: 4, fin: false }, streamFrame("ahoj")],
  ["STREAM 2 10+0 fin", { frameType: "STREAM", streamId: 2, offset: 10, length: 0, fin: true }, streamFrame("", true)],
  ["MAX_DATA 8", { frameType: "MAX_DATA", bytes: 8 }, { _tag: "MaxData", bytes: 8 }],
  [
    "MAX_STREAM_DATA 2 8",
    { frameType: "MAX_STREAM_DATA", streamId: 2, bytes: 8 },
    { _tag: "MaxStreamData", id: 2, bytes: 8 }
  ],
  ["MAX_STREAMS 8", { frameType: "MAX_STREAMS", count: 8 }, { _tag: "MaxStreams", count: 8 }],
  ["PATH_CHALLENGE 8", { frameType: "PATH_CHALLENGE", token: 8 }, { _tag: "PathChallenge", token: 8 }],
  ["PATH_RESPONSE 8", { frameType: "PATH_RESPONSE", token: 8 }, { _tag: "PathResponse", token: 8 }],
  ["CLOSE NoError", { frameType: "CLOSE", code: 0, reason: "" }, { _tag: "Close", code: 0, reason: "" }],
  ["CLOSE 9 \"enough\"", { frameType: "CLOSE", code: 9, reason: "enough" }, {
    _tag: "Close",
    code: 9,
    reason: "enough"
  }],
  ["DATAGRAM 4", { frameType: "DATAGRAM", length: 4 }, { ...streamFrame("ahoj"), _tag: "Datagram" }]
]

describe("the line of a packet", () => {
  it("has fixed columns: direction, peer, kind, number, check, bytes; and its frames", () => {
    expect([
      packet([], { ...opening, kind: "HELLO" }),
      packet([ack(0, 2), streamFrame("ahoj")]),
      packet([], { direction: "received", isIntact: false, frames: undefined }),
      packet([], { frames: undefined }),
      packet([], { direction: "received", ...noise })
    ].map((shown) => lineOf(shown))).toEqual([
      "→ 192.0.2.7:4040         HELLO             ok      1200 B",
      "→ 192.0.2.7:4040         DATA           3  ok        32 B  ACK 0-2, STREAM 2 10+4",
      "← 192.0.2.7:4040         DATA           3  WRONG     19 B",
      "→ 192.0.2.7:4040         DATA           3  ok        19 B  no frames",
      "← 192.0.2.7:4040         no packet                    3 B"
    ])
  })

  it.each(frames)("says %s", (words, _, frame) => {
    expect(lineOf(packet([frame]))).toMatch(/ B {2}/)
    expect(lineOf(packet([frame])).split(" B  ")[1]).toBe(words)
  })

  it("shows what streams carry when it is asked to, escaped and not too much of it", () => {
    const shown = packet([streamFrame("ahoj\n"), { _tag: "Ping" }, streamFrame("\u001b[2J")])
    expect(lineOf(shown, true)).toMatch(/, STREAM 2 10\+4 {2}ahoj\\n\\x1b\[2J$/)
    const long = lineOf(packet([streamFrame("x".repeat(1200))]), true)
    expect(long.endsWith(`  ${"x".repeat(TextLimits.shownPayloadBytes)}…`)).toBe(true)
    expect(lineOf(packet([{ _tag: "Ping" }]), true)).toMatch(/ B {2}PING$/)
    expect(lineOf(packet([]), true)).toMatch(/ B$/)
  })

  it("stays narrow and harmless whatever a stranger puts into a packet", () => {
    const pings = packet(Array.from({ length: 1400 }, () => ({ _tag: "Ping" })))
    expect(lineOf(pings)).toMatch(/ B {2}PING(?:, PING){7}, … 1392 more$/)
    const ranges = Array.from({ length: 64 }, (_, index) => 1000 - 3 * (index >>> 1))
    expect(lineOf(packet([ack(...ranges)]))).toMatch(/ B {2}ACK 1000 997 994 991 … 28 more$/)
    expect(lineOf(packet([{ _tag: "Close", code: 9, reason: "\u001b[2J\u202e" }]))).not.toMatch(mischief)
  })

  it("has colours for the direction and for what is wrong", () => {
    const meanings = (shown: Parameters<typeof FlockTrace.lineOf>[0]): ReadonlyArray<string> => {
      const met: Array<string> = []
      FlockTrace.lineOf(shown, false, (meaning, text) => {
        met.push(meaning)
        return text
      })
      return met.toSorted()
    }
    expect(meanings(packet([]))).toEqual(["sent"])
    const wrong = [{ isIntact: false, frames: undefined }, { frames: undefined }, noise]
    for (const more of wrong) expect(meanings(packet([], more))).toEqual(["error", "sent"])
  })
})

describe("the event of a packet", () => {
  const common = { type: "frame", direction: "sent", peer: "192.0.2.7:4040" }
  const eventOf = (...args: Parameters<typeof FlockTrace.eventOf>): unknown =>
    JSON.parse(JSON.stringify(FlockTrace.eventOf(...args)))

  it.each(frames)("has %s as an object", (_, object, frame) => {
    const bytes = packet([frame]).bytes.length
    const data = { ...common, packetType: "DATA", packetNumber: 3, valid: true, bytes, frames: [object] }
    expect(eventOf(packet([frame]), false)).toEqual(data)
  })

  it("has all that is carried when it is asked for", () => {
    const payload = "\\".repeat(1200)
    const escaped = payload.replaceAll("\\", "\\\\")
    expect(eventOf(packet([streamFrame(payload)]), true)).toMatchObject({ frames: [{ payload: escaped }] })
    expect(eventOf(packet([{ ...streamFrame("a"), _tag: "Datagram" }]), true)).toMatchObject({
      frames: [{ length: 1, payload: "a" }]
    })
  })

  it("says what is not valid, and leaves out what does not apply", () => {
    expect(eventOf(packet([], { ...opening, kind: "HELLO" }), true)).toEqual({
      ...common,
      packetType: "HELLO",
      valid: true,
      bytes: 1200
    })
    const unread = { ...common, packetType: "DATA", packetNumber: 3, valid: false, bytes: 19 }
    expect(eventOf(packet([], { frames: undefined }), true)).toEqual(unread)
    expect(eventOf(packet([], { isIntact: false, frames: undefined }), true)).toEqual(unread)
    expect(eventOf(packet([], noise), true)).toEqual({ ...common, valid: false, bytes: 3 })
  })
})

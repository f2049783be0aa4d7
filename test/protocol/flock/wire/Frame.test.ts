import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import * as Frame from "../../../../src/protocol/flock/wire/Frame.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"
import { bytesOf, frames, fromHex, meaningOf, toHex } from "../frames.ts"

const parameters = { seed: 20_250_801 }

const readHex = (hex: string): ReadonlyArray<Frame.Frame> | undefined => {
  const bytes = fromHex(hex)
  return Frame.readAll(bytes, 0, bytes.length)
}

const data = fromHex("ffabcdff")
const examples: ReadonlyArray<readonly [hex: string, frame: Frame.Frame]> = [
  ["01", { _tag: "Ping" }],
  ["02 09 7d00 00 02", { _tag: "Ack", delayMicros: 0x3d_00, ranges: [7, 9] }],
  ["02 0a 00 02 02 01 00 02 01", { _tag: "Ack", delayMicros: 0, ranges: [8, 10, 5, 5, 0, 1] }],
  ["04 04 07 4400", { _tag: "ResetStream", id: 4, code: 7, finalBytes: 1024 }],
  ["05 04 08", { _tag: "StopSending", id: 4, code: 8 }],
  ["08 04 4400 02 abcd", { _tag: "Stream", id: 4, offset: 1024, isLast: false, bytes: data, start: 1, end: 3 }],
  ["09 05 00 00", { _tag: "Stream", id: 5, offset: 0, isLast: true, bytes: data, start: 1, end: 1 }],
  ["10 80100000", { _tag: "MaxData", bytes: 1_048_576 }],
  ["11 04 80100000", { _tag: "MaxStreamData", id: 4, bytes: 1_048_576 }],
  ["12 4100", { _tag: "MaxStreams", count: 256 }],
  ["1a c01234567890abcd", { _tag: "PathChallenge", token: 0x12_34_56_78_90_ab_cd }],
  ["1b c01234567890abcd", { _tag: "PathResponse", token: 0x12_34_56_78_90_ab_cd }],
  ["1c 0a 03 62 79 65", { _tag: "Close", code: 10, reason: "bye" }],
  ["31 02 abcd", { _tag: "Datagram", bytes: data, start: 1, end: 3 }]
]

describe("a frame", () => {
  it.each(examples)("has these bytes: %s", (hex, frame) => {
    expect(toHex(bytesOf(frame))).toBe(hex.replaceAll(" ", ""))
    expect(readHex(hex)?.map(meaningOf)).toEqual([meaningOf(frame)])
  })

  it("is decoded as it was encoded, between other frames and padding", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(frames, { maxLength: 5 }), FastCheck.nat(3), (written, padding) => {
        const bytes = Buffer.concat(written.flatMap((frame) => [new Uint8Array(padding), bytesOf(frame)]))
        const read = Frame.readAll(bytes, 0, bytes.length)
        expect(read?.map(meaningOf)).toEqual(written.map(meaningOf))
      }),
      parameters
    )
  })

  it("truncated anywhere makes its packet malformed (W4)", () => {
    for (const [hex] of examples) {
      const bytes = fromHex(hex)
      for (let end = 1; end < bytes.length; end++) expect(Frame.readAll(bytes, 0, end)).toBeUndefined()
    }
  })

  it("of an unknown type makes its packet malformed (W5)", () => {
    const known = examples.map(([hex]) => Number.parseInt(hex.slice(0, 2), 16))
    for (let type = 1; type < 64; type++) {
      // Zeros are valid fields of each type; the remaining ones are padding.
      const bytes = Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0, 0)
      expect(Frame.readAll(bytes, 0, bytes.length) !== undefined).toBe(known.includes(type))
    }
    expect([readHex("01 4040 01"), readHex("20"), readHex("ff ffff ffff ffff ff")]).toEqual([
      undefined,
      undefined,
      undefined
    ])
  })

  it("is not read beyond the end of its packet", () => {
    const bytes = fromHex("01 00 01 05 04 08")
    expect(Frame.readAll(bytes, 1, 3)).toEqual([{ _tag: "Ping" }])
    expect(Frame.readAll(bytes, 3, 3)).toEqual([])
    expect(Frame.readAll(bytes, 0, 2)).toEqual([{ _tag: "Ping" }])
  })

  it("is ack-eliciting unless it is ACK or CLOSE", () => {
    const silent = examples.filter(([, frame]) => !Frame.isAckEliciting(frame)).map(([, { _tag }]) => _tag)
    expect(new Set(silent)).toEqual(new Set(["Ack", "Close"]))
  })

  it("with up to three integers is at most smallFrameBytes long", () => {
    const most = Number.MAX_SAFE_INTEGER
    const reset = bytesOf({ _tag: "ResetStream", id: most, code: most, finalBytes: most })
    expect(reset.length).toBe(Frame.smallFrameBytes)
  })
})

describe("an ACK", () => {
  const ranged = (count: number, step: number): Frame.AckFrame => ({
    _tag: "Ack",
    delayMicros: 2 ** 30 - 1,
    ranges: Array.from({ length: count }, (_, index) => [(count - index) * step, (count - index) * step]).flat()
  })

  it("of 64 ranges is accepted, of 65 or 10,000 makes its packet malformed (R11)", () => {
    const readAck = (count: number) => {
      const bytes = bytesOf(ranged(count, 3))
      return Frame.readAll(bytes, 0, bytes.length)?.map(meaningOf)
    }
    expect(readAck(Limits.ackRanges)).toEqual([ranged(Limits.ackRanges, 3)])
    expect([readAck(Limits.ackRanges + 1), readAck(10_000)]).toEqual([undefined, undefined])
  })

  it.each([
    ["first range", "02 05 00 00 06"],
    ["gap", "02 05 00 01 00 04 00"],
    ["range", "02 05 00 01 00 00 04"],
    ["range of all numbers", "02 c01fffffffffffff 00 01 00 00 c01fffffffffffff"]
  ])("whose %s reaches below 0 makes its packet malformed (R11)", (_, hex) => {
    expect(readHex(hex)).toBeUndefined()
  })

  it("may reach down to 0, and its ranges never touch (R11)", () => {
    expect(readHex("02 05 00 01 00 00 03")).toEqual([{ _tag: "Ack", delayMicros: 0, ranges: [5, 5, 0, 3] }])
    FastCheck.assert(
      FastCheck.property(FastCheck.uint8Array({ minLength: 4, maxLength: 60 }), (tail) => {
        const bytes = Uint8Array.of(0x02, ...tail)
        for (const frame of Frame.readAll(bytes, 0, bytes.length) ?? []) {
          if (frame._tag !== "Ack") continue
          const descending = frame.ranges.flatMap((_, index, all) =>
            index % 2 === 0 ? [all[index + 1], all[index]] : []
          )
          expect(descending.every((value = -1, index) => value >= 0 && value <= (descending[index - 1] ?? Infinity)))
            .toBe(true)
          for (let index = 2; index < descending.length; index += 2) {
            expect((descending[index - 1] ?? 0) - (descending[index] ?? 0)).toBeGreaterThanOrEqual(2)
          }
        }
      }),
      parameters
    )
  })

  it("is at most ackBytes long", () => {
    // The largest packet number, and gaps that need eight bytes each.
    expect(bytesOf(ranged(Limits.ackRanges, 2 ** 47 - 1)).length).toBeLessThanOrEqual(Frame.ackBytes(Limits.ackRanges))
    expect(bytesOf(ranged(1, 9)).length).toBeLessThanOrEqual(Frame.ackBytes(1))
  })
})

describe("a STREAM frame", () => {
  it("has a header of streamHeaderBytes", () => {
    for (const [id, offset, length] of [[0, 0, 0], [63, 64, 63], [64, 16_384, 64], [2 ** 31, 2 ** 40, 1200]] as const) {
      const frame = { _tag: "Stream", id, offset, isLast: false, bytes: new Uint8Array(length), start: 0 } as const
      expect(bytesOf({ ...frame, end: length }).length).toBe(Frame.streamHeaderBytes(id, offset, length) + length)
    }
  })

  it("past the largest offset of a stream makes its packet malformed", () => {
    expect(readHex("08 00 c01fffffffffffff 00")).toHaveLength(1)
    expect(readHex("08 00 c01fffffffffffff 01 ab")).toBeUndefined()
  })

  it("refers to the bytes of its packet, without a copy", () => {
    const bytes = fromHex("08 04 00 02 abcd")
    expect(Frame.readAll(bytes, 0, bytes.length)).toEqual([
      { _tag: "Stream", id: 4, offset: 0, isLast: false, bytes, start: 4, end: 6 }
    ])
  })
})

describe("the reason of a CLOSE", () => {
  const reread = (reason: string): string | undefined => {
    const bytes = bytesOf({ _tag: "Close", code: 0, reason })
    const [frame] = Frame.readAll(bytes, 0, bytes.length) ?? []
    return frame?._tag === "Close" ? frame.reason : undefined
  }

  it("is truncated between two characters when it is too long", () => {
    expect(reread("a".repeat(300))).toBe("a".repeat(Limits.closeReasonBytes))
    expect(reread("a".repeat(255) + "é")).toBe("a".repeat(255))
    expect(reread("🕊".repeat(80))).toBe("🕊".repeat(64))
  })

  it("of more bytes makes its packet malformed", () => {
    expect(readHex("1c 00 4100" + "61".repeat(256))).toHaveLength(1)
    expect(readHex("1c 00 4101" + "61".repeat(257))).toBeUndefined()
  })

  it("that is invalid UTF-8 is decoded with U+FFFD", () => {
    expect(readHex("1c 00 02 61ff")).toEqual([{ _tag: "Close", code: 0, reason: "a\ufffd" }])
  })
})

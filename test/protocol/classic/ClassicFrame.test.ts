import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { readFileSync } from "node:fs"
import { crc32 } from "node:zlib"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { datagramOf, flip, headerOf, messageFrames, wireFrames } from "./frames.ts"

interface Vector {
  readonly name: string
  readonly dialect: Frame.Dialect
  readonly sequenceNumber: number
  readonly fragmentCount: number
  readonly fragmentSize: number
  readonly type: Frame.KindName
  readonly crc: number
  readonly data: string
  readonly datagram: string
}

const file = new URL("../../data/classic-vectors.json", import.meta.url)
const vectors: ReadonlyArray<Vector> = JSON.parse(readFileSync(file, "utf8"))
const parameters = { seed: 20_250_801 }
const isChecked = (kind: Frame.Kind): boolean => kind === Frame.Kind.inf || kind === Frame.Kind.dat
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const mustDecode = (bytes: Uint8Array): Frame.Frame => {
  const frame = Frame.decode(bytes)
  if (typeof frame === "string") throw new Error(`${hex(bytes)} is ${frame}`)
  return frame
}

describe("a recorded frame", () => {
  it.each(vectors)("is encoded byte by byte: $name", (vector) => {
    const { data, datagram, fragmentCount, fragmentSize, sequenceNumber, type } = vector
    const kind = Frame.kindNames.indexOf(type) as Frame.Kind
    const payload = Buffer.from(data, "hex")
    const target = new Uint8Array(Frame.maxFrameBytes).fill(0xff)
    const length = Frame.encode(target, { sequenceNumber, fragmentCount, fragmentSize, kind }, payload, crc32)
    expect(hex(target.subarray(0, length))).toBe(datagram)
  })

  it.each(vectors)("is decoded field by field: $name", (vector) => {
    const { crc, data, datagram, fragmentCount, fragmentSize, sequenceNumber, type } = vector
    const frame = mustDecode(Buffer.from(datagram, "hex"))
    const kind = Frame.kindNames.indexOf(type)
    expect(headerOf(frame)).toEqual({ sequenceNumber, fragmentCount, fragmentSize, kind })
    expect({ crc: frame.crc, payload: hex(frame.payload), bytes: hex(frame.bytes) }).toEqual({
      crc,
      payload: data,
      bytes: datagram
    })
  })

  it.each(vectors)("is intact: $name", ({ datagram }) => {
    expect(Frame.isIntact(mustDecode(Buffer.from(datagram, "hex")), crc32)).toBe(true)
  })

  // The sender chooses the size in an INF, and an ACK repeats the size of the answered frame.
  it.each(vectors.filter(({ type }) => ["DAT", "KPA", "FIN"].includes(type)))(
    "has the fragment_size of its dialect: $name",
    ({ data, dialect, fragmentSize }) => {
      expect(Frame.fragmentSizeField(dialect, data.length / 2)).toBe(fragmentSize)
    }
  )
})

describe("any frame", () => {
  it("decodes to the fields that were encoded, in both dialects", () => {
    FastCheck.assert(
      FastCheck.property(wireFrames(1445), ({ payload, ...header }) => {
        const bytes = datagramOf(header, payload)
        const frame = mustDecode(bytes)
        expect({ ...headerOf(frame), payload: hex(frame.payload) }).toEqual({ ...header, payload: hex(payload) })
        expect(frame.bytes).toBe(bytes)
        expect(Frame.isIntact(frame, crc32)).toBe(true)
      }),
      parameters
    )
  })

  it("has the CRC of its first nine bytes and its payload, or 0", () => {
    FastCheck.assert(
      FastCheck.property(wireFrames(1445), ({ payload, ...header }) => {
        const bytes = datagramOf(header, payload)
        const check = crc32(Buffer.concat([bytes.subarray(0, 9), payload]))
        expect(mustDecode(bytes).crc).toBe(isChecked(header.kind) ? check : 0)
      }),
      parameters
    )
  })

  it("is written at the start of its buffer, and no byte after it is changed", () => {
    FastCheck.assert(
      FastCheck.property(wireFrames(64), ({ payload, ...header }) => {
        const target = new Uint8Array(Frame.maxFrameBytes).fill(0xa5)
        const length = Frame.encode(target, header, payload, crc32)
        expect(hex(target.subarray(0, length))).toBe(hex(datagramOf(header, payload)))
        expect(target.subarray(length).every((byte) => byte === 0xa5)).toBe(true)
      }),
      parameters
    )
  })

  it("is a view of its datagram, not a copy", () => {
    const bytes = datagramOf(
      { sequenceNumber: 1, fragmentCount: 1, fragmentSize: 15, kind: Frame.Kind.dat },
      Buffer.from("ab")
    )
    const { payload } = mustDecode(bytes)
    expect([payload.buffer === bytes.buffer, payload.byteOffset - bytes.byteOffset]).toEqual([true, 13])
  })
})

describe("one flipped bit", () => {
  const flipsOf = (bytes: Uint8Array) =>
    Array.from({ length: bytes.length * 8 }, (_, bit) => ({ bit, result: Frame.decode(flip(bytes, bit)) }))
  const everyFlip = (check: (original: Frame.Frame, bit: number, flipped: Frame.Frame) => void): void => {
    FastCheck.assert(
      FastCheck.property(messageFrames(64), ({ payload, ...header }) => {
        const bytes = datagramOf(header, payload)
        const original = mustDecode(bytes)
        for (const { bit, result } of flipsOf(bytes)) if (typeof result !== "string") check(original, bit, result)
      }),
      { ...parameters, numRuns: 60 }
    )
  }

  it("never leaves an acceptable INF or DAT", () => {
    everyFlip((_, __, flipped) => {
      if (isChecked(flipped.kind) && Frame.isIntact(flipped, crc32)) throw new Error(hex(flipped.bytes))
    })
  })

  it("never leaves an acceptable DAT of the largest size", () => {
    const bytes = datagramOf(
      { sequenceNumber: 77, fragmentCount: 123_456, fragmentSize: 1458, kind: Frame.Kind.dat },
      Uint8Array.from({ length: 1445 }, (_, at) => at * 7)
    )
    const accepted = flipsOf(bytes).filter(({ result }) => typeof result !== "string" && Frame.isIntact(result, crc32))
    expect(accepted).toEqual([])
  })

  it("never turns an INF or a DAT into a KPA or a FIN", () => {
    everyFlip((_, __, flipped) => {
      if (flipped.kind === Frame.Kind.kpa || flipped.kind === Frame.Kind.fin) throw new Error(hex(flipped.bytes))
    })
  })

  it("turns an INF or a DAT into an ACK or a NACK only in the type byte, and only with the payload of an answer", () => {
    everyFlip((original, bit, flipped) => {
      if (isChecked(flipped.kind)) return
      expect(bit >>> 3).toBe(8)
      expect(flipped.payload.length).toBeLessThanOrEqual(flipped.kind === Frame.Kind.ack ? 1 : 0)
      expect(flipped).toMatchObject({ sequenceNumber: original.sequenceNumber, fragmentCount: original.fragmentCount })
    })
  })

  it("turns an ACK or a NACK into a KPA or a FIN only if it answers a KPA", () => {
    FastCheck.assert(
      FastCheck.property(wireFrames(0), ({ payload, ...header }) => {
        FastCheck.pre(header.kind === Frame.Kind.ack || header.kind === Frame.Kind.nack)
        FastCheck.pre(!Frame.isOfConnection(header))
        for (const { result } of flipsOf(datagramOf(header, payload))) {
          if (typeof result !== "string" && result.kind >= Frame.Kind.kpa) throw new Error(hex(result.bytes))
        }
      }),
      parameters
    )
  })
})

describe("the CRC", () => {
  it("is no signature: a change by the generator polynomial is not detected (W3)", () => {
    const bytes = datagramOf(
      { sequenceNumber: 1, fragmentCount: 1, fragmentSize: 21, kind: Frame.Kind.dat },
      new Uint8Array(8)
    )
    // The 33 bits of the generator, first bit first. The CRC processes the lowest bit of a byte first.
    const generator = `1${(0x04_c1_1d_b7).toString(2).padStart(32, "0")}`
    const forged = [...generator].reduce((result, bit, at) => bit === "1" ? flip(result, 13 * 8 + at) : result, bytes)
    expect(hex(forged)).not.toBe(hex(bytes))
    expect(Frame.isIntact(mustDecode(forged), crc32)).toBe(true)
  })

  it("is not verified for the types that have none", () => {
    const bytes = Buffer.from("00000100000900110100000007", "hex")
    expect(Frame.isIntact(mustDecode(bytes), crc32)).toBe(true)
  })
})

describe("a datagram", () => {
  it.each(Array.from({ length: 13 }, (_, length) => length))("of %i bytes is short (W1)", (length) => {
    expect([0x00, 0x03, 0xff].map((byte) => Frame.decode(new Uint8Array(length).fill(byte)))).toEqual([
      "short",
      "short",
      "short"
    ])
  })

  it("of 13 bytes is decoded", () => {
    expect(mustDecode(Buffer.from("000000000000000d0400000000", "hex")).kind).toBe(Frame.Kind.kpa)
  })

  it("of the largest accepted size is decoded completely (W9)", () => {
    const header = { sequenceNumber: 1, fragmentCount: 2, fragmentSize: 1458, kind: Frame.Kind.dat }
    const frame = mustDecode(datagramOf(header, new Uint8Array(5780).fill(7)))
    expect([frame.payload.length, Frame.isIntact(frame, crc32)]).toEqual([5780, true])
  })

  it.each([5794, 9000, 65_507])("of %i bytes is oversized (W9)", (length) => {
    expect(Frame.decode(new Uint8Array(length))).toBe("oversized")
  })

  it("of any of the 250 unknown types is rejected (W5)", () => {
    const results = Array.from({ length: 256 }, (_, kind) => {
      const bytes = datagramOf(
        { sequenceNumber: 0, fragmentCount: 0, fragmentSize: 13, kind: Frame.Kind.fin },
        new Uint8Array(0)
      )
      bytes[8] = kind
      return Frame.decode(bytes)
    })
    expect(results.flatMap((result, kind) => result === "unknownKind" ? [kind] : [])).toEqual(
      Array.from({ length: 250 }, (_, at) => at + 6)
    )
  })

  it.each([0, 1, 12, 13, 14, 65_535])(
    "determines the payload length by its own length, with fragment_size %i (W4)",
    (fragmentSize) => {
      const header = { sequenceNumber: 1, fragmentCount: 1, fragmentSize, kind: Frame.Kind.dat }
      const frame = mustDecode(datagramOf(header, Buffer.from("žluť")))
      expect([frame.fragmentSize, frame.payload.length]).toEqual([fragmentSize, 6])
    }
  )

  it("of any bytes is a frame or a reason, never an exception", () => {
    const bytes = FastCheck.uint8Array({ maxLength: 40 })
    FastCheck.assert(
      FastCheck.property(bytes, FastCheck.nat(7), (datagram, kind) => {
        if (datagram.length > 8) datagram[8] = kind
        const result = Frame.decode(datagram)
        if (typeof result === "string") expect(["short", "unknownKind", "malformed"]).toContain(result)
        else expect(result.bytes).toBe(datagram)
      }),
      { ...parameters, numRuns: 1000 }
    )
  })
})

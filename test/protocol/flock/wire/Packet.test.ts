import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import * as Packet from "../../../../src/protocol/flock/wire/Packet.ts"
import { dataPacket, fromHex, toHex } from "../frames.ts"

const parameters = { seed: 20_250_801 }
const known: ReadonlyArray<number> = Object.values(Packet.form)

describe("a header", () => {
  it("has its fields at the offsets of the protocol", () => {
    const bytes = new Uint8Array(30).fill(0xa5)
    Packet.writeHeader(bytes, 2, Packet.form.data, 0x0001_0203_0405_0607, 2 + 0x1a)
    Packet.writeNumber(bytes, 2, 0xde_ad_be_ef_01)
    expect(toHex(bytes.subarray(0, 18))).toBe("a5a5200001020304050607000fadbeef01a5")
    expect(Packet.formAt(bytes, 2)).toBe(Packet.form.data)
    expect(Packet.connectionIdOf(bytes, 2)).toBe(0x0001_0203_0405_0607)
    expect(Packet.endOf(bytes, 2, 30)).toBe(28)
  })

  it("of an unknown form is not read (W5)", () => {
    const forms = Array.from({ length: 256 }, (_, first) => Packet.formAt(Uint8Array.of(first), 0))
    expect(forms).toEqual(forms.map((_, first) => known.includes(first) ? first : undefined))
    expect(forms.filter((found) => found !== undefined)).toHaveLength(7)
  })

  it("of an empty packet is not read (W1)", () => {
    expect(Packet.formAt(new Uint8Array(0), 0)).toBeUndefined()
  })
})

describe("a connection id", () => {
  it.each([0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1])("of %i is read as it was written", (id) => {
    const bytes = new Uint8Array(10)
    expect(Packet.writeId(bytes, 1, id)).toBe(9)
    expect(Packet.readId(bytes, 1)).toBe(id)
  })

  it.each(["0020000000000000", "ffffffffffffffff"])("of 2⁵³ or more is invalid: %s", (hex) => {
    expect(Packet.readId(fromHex(hex), 0)).toBe(0)
  })
})

describe("the end of a packet", () => {
  const packet = dataPacket(7, 0, Uint8Array.of(1))

  it("is given by its length, also when more bytes follow", () => {
    const two = Uint8Array.of(...packet, ...packet)
    expect(Packet.endOf(two, 0, two.length)).toBe(packet.length)
    expect(Packet.endOf(two, packet.length, two.length)).toBe(two.length)
  })

  it("does not exist when the length exceeds the datagram (W4)", () => {
    for (let end = 0; end < packet.length; end++) expect(Packet.endOf(packet, 0, end)).toBeUndefined()
    const long = packet.slice()
    long[9] = 0xff
    expect(Packet.endOf(long, 0, long.length)).toBeUndefined()
  })

  it("does not exist in a datagram shorter than a header (W1)", () => {
    for (let length = 0; length < Packet.headerBytes; length++) {
      expect(Packet.endOf(new Uint8Array(length), 0, length)).toBeUndefined()
    }
    expect(Packet.endOf(new Uint8Array(Packet.headerBytes), 0, Packet.headerBytes)).toBe(Packet.headerBytes)
  })

  it("is after its start, for any bytes", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.uint8Array({ maxLength: 40 }), FastCheck.nat(40), (bytes, start) => {
        const end = Packet.endOf(bytes, start, bytes.length)
        return end === undefined || (end >= start + Packet.headerBytes && end <= bytes.length)
      }),
      parameters
    )
  })
})

describe("the first datagram of a run", () => {
  const data = dataPacket(7, 0, Uint8Array.of(1))
  const other = data.slice()
  other[0] = Packet.form.hello3

  it("ends with its first DATA packet, regardless of the bytes after it", () => {
    const run = Uint8Array.of(...other, ...data, ...other, ...data)
    expect(Packet.firstDatagramBytes(run)).toBe(2 * data.length)
    expect(Packet.firstDatagramBytes(Uint8Array.of(...data, ...data))).toBe(data.length)
  })

  it("has one HELLO3 at most: a chain of forged ones is not followed", () => {
    expect(Packet.firstDatagramBytes(Uint8Array.of(...other, ...other, ...other, ...data))).toBe(2 * data.length)
  })

  it("is the whole run when no DATA packet ends", () => {
    expect(Packet.firstDatagramBytes(Uint8Array.of(...other, ...other))).toBe(2 * data.length)
    expect(Packet.firstDatagramBytes(other)).toBe(data.length)
    expect(Packet.firstDatagramBytes(Uint8Array.of(...other, ...data.subarray(1)))).toBe(2 * data.length - 1)
    expect(Packet.firstDatagramBytes(data.subarray(0, -1))).toBe(data.length - 1)
    expect(Packet.firstDatagramBytes(new Uint8Array(0))).toBe(0)
  })
})

describe("a packet number", () => {
  const readAs = (packetNumber: number, expected: number): number => {
    const bytes = new Uint8Array(Packet.dataHeaderBytes)
    Packet.writeNumber(bytes, 0, packetNumber)
    return Packet.numberOf(bytes, 0, expected)
  }

  it("is completed correctly across the wrap of its 32 bits (R7)", () => {
    const first = 2 ** 32 - 3
    const numbers = Array.from({ length: 8 }, (_, index) => first + index)
    expect(numbers.map((packetNumber) => readAs(packetNumber, packetNumber))).toEqual(numbers)
    // Reordered across the wrap: a packet from before it arrives after it, and the reverse.
    expect(numbers.map((packetNumber) => readAs(packetNumber, first + 8))).toEqual(numbers)
    expect(numbers.map((packetNumber) => readAs(packetNumber, first))).toEqual(numbers)
  })

  it("is completed correctly at every further wrap (R7)", () => {
    for (const wraps of [2, 3, 1000, 2 ** 20]) {
      const numbers = [-3, -2, -1, 0, 1, 2].map((offset) => wraps * 2 ** 32 + offset)
      for (const expected of numbers) {
        expect(numbers.map((packetNumber) => readAs(packetNumber, expected))).toEqual(numbers)
      }
    }
  })

  it("is sent as its low 32 bits", () => {
    expect(Packet.lowNumberOf(dataPacket(7, 2 ** 40 + 5, new Uint8Array(0)), 0)).toBe(5)
  })

  it("is never negative", () => {
    expect(readAs(2 ** 32 - 1, 0)).toBe(2 ** 32 - 1)
    expect(readAs(2 ** 31 + 1, 0)).toBe(2 ** 31 + 1)
  })

  it("is the nearest to the expected number that has its 32 bits", () => {
    const near = FastCheck.tuple(
      FastCheck.oneof(FastCheck.nat(2 ** 31 - 1), FastCheck.integer({ min: 0, max: 2 ** 50 })),
      FastCheck.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 })
    )
    FastCheck.assert(
      FastCheck.property(near, ([expected, offset]) => {
        const packetNumber = expected + offset
        FastCheck.pre(packetNumber >= 0)
        return readAs(packetNumber, expected) === packetNumber
      }),
      parameters
    )
  })

  it("equally near above and below is the one above (RFC 9000 §A.3)", () => {
    expect(readAs(2 ** 33, 2 ** 33 + 2 ** 31)).toBe(2 ** 33 + 2 ** 32)
    expect(readAs(2 ** 33 + 2 ** 31, 2 ** 33)).toBe(2 ** 33 + 2 ** 31)
  })

  it("more than 2³¹ away is completed to another number, for which its protection fails (C4)", () => {
    expect(readAs(2 ** 33 + 2 ** 31 + 1, 2 ** 33)).toBe(2 ** 33 - 2 ** 31 + 1)
  })

  it("stays below 2⁵³", () => {
    expect(readAs(0, Number.MAX_SAFE_INTEGER)).toBe(2 ** 53 - 2 ** 32)
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { bytesOf, max, Reader, write } from "../../../../src/protocol/flock/wire/Varint.ts"
import { fromHex, integers, toHex } from "../frames.ts"

const parameters = { seed: 20_250_801 }

const written = (value: number): string => {
  const target = new Uint8Array(10).fill(0xa5)
  return toHex(target.subarray(1, write(target, 1, value)))
}

const readerOf = (hex: string): Reader => {
  const bytes = fromHex(hex)
  return new Reader(bytes, 0, bytes.length)
}

describe("an integer", () => {
  // The examples of RFC 9000 §A.1; the first one is above 2⁵³.
  it.each([
    ["25", 37],
    ["7bbd", 15_293],
    ["9d7f3e7d", 494_878_333],
    ["c00000aabbccddee", 0xaa_bb_cc_dd_ee],
    ["3f", 63],
    ["4040", 64],
    ["7fff", 16_383],
    ["80004000", 16_384],
    ["bfffffff", 2 ** 30 - 1],
    ["c000000040000000", 2 ** 30],
    ["c0000000ffffffff", 2 ** 32 - 1],
    ["c000000100000000", 2 ** 32],
    ["c01fffffffffffff", max]
  ])("of bytes %s is %i, both ways", (hex, value) => {
    expect(written(value)).toBe(hex)
    expect(bytesOf(value)).toBe(hex.length / 2)
    expect(readerOf(hex).varint()).toBe(value)
  })

  it("is decoded as it was encoded", () => {
    FastCheck.assert(
      FastCheck.property(integers, (value) => {
        const reader = readerOf(written(value))
        return reader.varint() === value && reader.isAtEnd && !reader.hasFailed && bytesOf(value) === reader.at
      }),
      parameters
    )
  })

  it("may have a longer encoding than necessary", () => {
    expect(["25", "4025", "80000025", "c000000000000025"].map((hex) => readerOf(hex).varint())).toEqual([
      37,
      37,
      37,
      37
    ])
  })

  it.each(["c020000000000000", "c2197c5eff14e88c", "ffffffffffffffff"])("of 2⁵³ or more fails: %s", (hex) => {
    const reader = readerOf(hex)
    expect([reader.varint(), reader.hasFailed, reader.isAtEnd]).toEqual([0, true, true])
  })
})

describe("a reader", () => {
  it.each(["", "40", "800000", "c0000000000000"])("fails on a truncated integer: %s", (hex) => {
    const reader = readerOf(hex)
    expect([reader.varint(), reader.hasFailed]).toEqual([0, true])
  })

  it("does not read past its end", () => {
    const bytes = fromHex("014005")
    const reader = new Reader(bytes, 0, 2)
    expect([reader.varint(), reader.varint(), reader.hasFailed]).toEqual([1, 0, true])
    expect([new Reader(bytes, 1, 1).byte(), new Reader(bytes, 0, 2).take(3)]).toEqual([0, 0])
  })

  it("that has failed returns zeros from then on", () => {
    const reader = readerOf("0102030405")
    expect([reader.byte(), reader.take(2), reader.varint()]).toEqual([1, 1, 4])
    expect([reader.take(2), reader.hasFailed]).toEqual([0, true])
    expect([reader.byte(), reader.varint(), reader.take(0), reader.take(1), reader.isAtEnd]).toEqual([0, 0, 5, 0, true])
  })

  it("skips all bytes, and zero bytes", () => {
    const reader = readerOf("0102")
    expect([reader.take(0), reader.take(2), reader.take(0), reader.hasFailed]).toEqual([0, 0, 2, false])
  })
})

import { describe, expect, it } from "vitest"
import { prefix, typed } from "../../../src/protocol/framing/LengthFraming.ts"
import { connection, hex, read, sent } from "./codecs.ts"

const hexOf = (text: string | undefined) => text === undefined ? undefined : Buffer.from(text, "latin1").toString("hex")

describe("a binary length", () => {
  it.each(
    [
      ["u16", "0002 6162 0000 0001 63"],
      ["u32", "00000002 6162 00000000 00000001 63"],
      ["varint", "02 6162 00 01 63"],
      ["varint", "4002 6162 80000000 c000000000000001 63"]
    ] as const
  )("of the form %s is read wherever it is cut: %s", (width, digits) => {
    const bytes = hex(digits)
    expect(connection(prefix(width), [bytes]).flat()).toEqual(["ab", "", "c"])
    expect(connection(prefix(width), Array.from(bytes, (byte) => Uint8Array.of(byte))).flat()).toEqual(["ab", "", "c"])
  })

  it("is written with its most significant byte first", () => {
    const text = "x".repeat(300)
    const tail = hexOf(text)
    expect((["u16", "u32", "varint"] as const).map((width) => hexOf(sent(prefix(width).open(), text)))).toEqual([
      `012c${tail}`,
      `0000012c${tail}`,
      `412c${tail}`
    ])
    expect(hexOf(sent(typed.open(), text, 7))).toBe(`07412c${tail}`)
  })

  it("of two bytes has no room for 65,536", () => {
    const codec = prefix("u16").open()
    expect([sent(codec, new Uint8Array(65_535))?.length, sent(codec, new Uint8Array(65_536))]).toEqual([
      65_537,
      undefined
    ])
  })

  it("above the limit fails at once", () => {
    expect(read(prefix("u32").open(), hex("00010000"))).toEqual([])
    expect(read(prefix("u32").open(), hex("00010001"))).toEqual(["TooLong"])
    expect(read(prefix("u32").open(), hex("ffffffff"))).toEqual(["TooLong"])
    expect(read(prefix("varint").open(), hex("c01fffffffffffff"))).toEqual(["TooLong"])
    expect(read(prefix("varint").open(), hex("c020000000000000"))).toEqual(["Malformed"])
    expect(read(typed.open(), hex("01 ffffffffffffffff"))).toEqual(["Malformed"])
  })

  it("is cut off by the end of the input", () => {
    expect([connection(prefix("u16"), [hex("00")]), connection(typed, [hex("01 02 61")])]).toEqual([
      [[], ["Truncated"]],
      [[], ["Truncated"]]
    ])
  })
})

describe("a typed message", () => {
  it("has a type of 0 to 255, 0 by default", () => {
    const codec = typed.open()
    expect([
      sent(codec, "a"),
      sent(codec, "a", 255),
      sent(codec, "a", 256),
      sent(codec, "a", -1),
      sent(codec, "a", 0.5)
    ])
      .toEqual(["\0\x01a", "\xff\x01a", undefined, undefined, undefined])
    expect(connection(typed, [hex("00 01 61 ff"), hex("02 62"), hex("63 05 00")])).toEqual([
      ["0:a"],
      [],
      ["255:bc", "5:"],
      []
    ])
  })
})

import { describe, expect, it } from "vitest"
import { padded } from "../../../src/protocol/framing/PaddedFraming.ts"
import { connection, read, sent } from "./codecs.ts"

describe("a padded header", () => {
  it("is the number of bytes with spaces behind, zeros before, or in hexadecimal digits", () => {
    const codecs = [
      padded(4),
      padded(4, { zeros: true }),
      padded(4, { hex: true }),
      padded(4, { zeros: true, hex: true })
    ]
    const text = "é".repeat(5)
    const bytes = Buffer.from(text).toString("latin1")
    expect(codecs.map((framing) => sent(framing.open(), text))).toEqual([
      `10  ${bytes}`,
      `0010${bytes}`,
      `a   ${bytes}`,
      `000a${bytes}`
    ])
    expect(codecs.map(({ name }) => name)).toEqual(["padded:4", "padded:4,zeros", "padded:4,hex", "padded:4,zeros,hex"])
  })

  it.each([
    ["padded:10", padded(10), "3         abc0         2         hi"],
    ["padded:10 with white space before", padded(10), "      3\r\n\tabc         0         2hi"],
    ["padded:5,zeros", padded(5, { zeros: true }), "00003abc0000000002hi"],
    ["padded:10,zeros", padded(10, { zeros: true }), "0000000003abc00000000000000000002hi"],
    ["padded:2,hex", padded(2, { hex: true }), "3 abc0 02hi"]
  ])("of %s is read, wherever it is cut", (_, framing, input) => {
    expect(connection(framing, [input]).flat()).toEqual(["abc", "", "hi"])
    expect(connection(framing, [...input]).flat()).toEqual(["abc", "", "hi"])
  })

  it("of a hexadecimal length has small or capital digits", () => {
    expect(connection(padded(3, { hex: true }), ["A  0123456789a  9876543210"]).flat()).toEqual([
      "0123456789",
      "9876543210"
    ])
  })

  it.each([
    "          ",
    "-1        ",
    "+1        ",
    "1 2       ",
    "0x10      ",
    "1e3       ",
    "12345678  ",
    "00000001  ",
    "1.0       ",
    "١         ".slice(0, 9)
  ])(
    "of %j is malformed",
    (header) => {
      expect(read(padded(10).open(), `${header}x`)).toEqual(["Malformed"])
    }
  )

  it("announces a message of 64 KiB at most", () => {
    const codec = padded(64).open()
    expect(read(codec, "65536".padEnd(64))).toEqual([])
    expect(read(padded(64).open(), "65537".padEnd(64))).toEqual(["TooLong"])
    expect(read(padded(64).open(), "9999999".padEnd(64))).toEqual(["TooLong"])
    expect([sent(codec, new Uint8Array(65_536))?.length, sent(codec, new Uint8Array(65_537))]).toEqual([
      65_600,
      undefined
    ])
  })

  it("has room for some lengths only", () => {
    const codec = padded(1).open()
    expect([sent(codec, "123456789"), sent(codec, "1234567890")]).toEqual(["9123456789", undefined])
  })

  it("that ends early, or whose message does, is a failure", () => {
    expect([connection(padded(4), ["3 "]), connection(padded(4), ["3   ab"]), connection(padded(4), ["3   "])]).toEqual(
      [
        [[], ["Truncated"]],
        [[], ["Truncated"]],
        [[], ["Truncated"]]
      ]
    )
  })
})

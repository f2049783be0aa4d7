import { describe, expect, it } from "@effect/vitest"
import * as Format from "../../../src/cli/text/Format.ts"
import { hostile, mischief } from "../fakes.ts"

describe("a size that is read", () => {
  it.each([
    ["0", 0],
    ["1458", 1458],
    ["12b", 12],
    ["500k", 500_000],
    ["500KB", 500_000],
    ["10M", 10_000_000],
    ["1.5mb", 1_500_000],
    ["2g", 2_000_000_000],
    ["1TB", 1_000_000_000_000],
    ["1KiB", 1024],
    ["1.5 MiB", 1_572_864],
    ["1GiB", 1_073_741_824],
    [" 7 ", 7]
  ])("%j is %d bytes", (text, bytes) => {
    expect(Format.parseSize(text)).toBe(bytes)
  })

  it.each([
    "",
    " ",
    "k",
    "-1",
    "+1",
    "1e6",
    "1,5M",
    "10Mbit",
    "1 2",
    "1.",
    ".5",
    "0x10",
    "NaN",
    "Infinity",
    "9999999TB"
  ])(
    "%j is none",
    (text) => {
      expect(Format.parseSize(text)).toBeUndefined()
    }
  )

  it.each(["1constructor", "1toString", "1__proto__", "1valueOf"])("%j has no unit of the language's own", (text) => {
    expect(Format.parseSize(text)).toBeUndefined()
  })
})

describe("amounts that are shown", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1_572_864, "1.5 MiB"],
    [1_073_741_824, "1.0 GiB"],
    [1024 ** 4, "1.0 TiB"],
    [5000 * 1024 ** 4, "5000.0 TiB"]
  ])("%d bytes are %j", (bytes, shown) => {
    expect(Format.size(bytes)).toBe(shown)
  })

  it.each([
    [0, "0.0 kbit/s"],
    [88_100, "88.1 kbit/s"],
    [88_100_000, "88.1 Mbit/s"],
    [1_250_000_000, "1.3 Gbit/s"]
  ])("%d bits a second are %j", (bitsPerSecond, shown) => {
    expect(Format.rate(bitsPerSecond)).toBe(shown)
  })

  it.each([
    [0, "0 ms"],
    [190, "190 ms"],
    [9994, "9.99 s"],
    [9995, "10 s"],
    [12_000, "12 s"],
    [59_499, "59 s"],
    [59_500, "1 min 00 s"],
    [185_000, "3 min 05 s"],
    [3_599_400, "59 min 59 s"],
    [7_800_000, "2 h 10 min"]
  ])("%d ms are %j", (millis, shown) => {
    expect(Format.duration(millis)).toBe(shown)
  })

  it("are counted in words", () => {
    expect([Format.count(1, "file"), Format.count(2, "file"), Format.count(0, "file")]).toEqual([
      "1 file",
      "2 files",
      "0 files"
    ])
    expect(Format.count(2, "copy", "copies")).toBe("2 copies")
  })

  it("give a rate of whole bits a second, and none for no time", () => {
    expect([Format.bitRate(1000, 3), Format.bitRate(1000, 0), Format.bitRate(0, 5)]).toEqual([2_666_667, 0, 0])
  })
})

describe("words in a row", () => {
  it.each([[[], ""], [["a"], "a"], [["a", "b"], "a and b"], [["a", "b", "c"], "a, b and c"]])(
    "%j are %s",
    (words, row) => {
      expect(Format.listed(words)).toBe(row)
    }
  )
})

describe("a peer's words", () => {
  it("lose all power over a terminal, and stay on one line", () => {
    expect(Format.harmless(hostile)).not.toMatch(mischief)
    expect(Format.harmless("a\nb\tc")).toBe("a\\u{a}b\\u{9}c")
  })

  it("are told what they were by code point", () => {
    expect(Format.harmless("a\u001b[2J\u202e\ud800")).toBe("a\\u{1b}[2J\\u{202e}\\u{d800}")
  })

  it("keep what is harmless as it is", () => {
    const text = "Žluťoučký kůň 🐴 日本語 \\ \"x\""
    expect([Format.harmless(text), Format.harmlessText(text)]).toEqual([text, text])
  })

  it("keep what joins letters and emoji, and show what is out of place (F19)", () => {
    const text = "می\u200cخواهم क्\u200dष 👨\u200d👩\u200d👧 ❤\ufe0f"
    expect([Format.harmless(text), Format.harmlessText(text)]).toEqual([text, text])
    expect(Format.harmless("a\u200db \u3164 x\ufe0f")).toBe("a\\u{200d}b \\u{3164} x\\u{fe0f}")
  })

  it("keep line feeds and tabs where they are a text, and nothing else", () => {
    expect(Format.harmlessText("a\n\tb\r\u001b[2J")).toBe("a\n\tb\\u{d}\\u{1b}[2J")
  })

  it("give no code point of the control and format classes through", () => {
    for (let code = 0; code <= 0xffff; code++) {
      const shown = Format.harmless(String.fromCharCode(code))
      if (mischief.test(shown) || shown.includes("\n")) expect.fail(`U+${code.toString(16)} is shown as it is`)
    }
  })
})

import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { escaped } from "../../../src/cli/text/Payload.ts"
import { hostile, mischief } from "../fakes.ts"

/** Decodes an escaped payload to its bytes, as a script would. */
const unescaped = (text: string): Uint8Array =>
  Buffer.concat(Array.from(text.matchAll(/\\x([0-9a-f]{2})|\\([nrt\\])|([^\\]+)/g), ([, hex, name, plain]) => {
    if (hex !== undefined) return Buffer.from(hex, "hex")
    return Buffer.from(name === undefined ? plain ?? "" : { n: "\n", r: "\r", t: "\t", "\\": "\\" }[name] ?? "")
  }))

describe("an escaped payload", () => {
  it.each<[string | Uint8Array, string]>([
    ["ahoj, \"svet\"", "ahoj, \"svet\""],
    ["žluťoučký 日本語 🐴", "žluťoučký 日本語 🐴"],
    ["a\r\n\tb\\n", "a\\r\\n\\tb\\\\n"],
    [Uint8Array.of(0, 0x1b, 0x7f, 0xff), "\\x00\\x1b\\x7f\\xff"],
    // A character whose second half is in the next fragment.
    [Uint8Array.of(0x61, 0xc5), "a\\xc5"],
    // Longer than need be, half of a pair, beyond the last character.
    [Uint8Array.of(0xe0, 0x80, 0xaf), "\\xe0\\x80\\xaf"],
    [Uint8Array.of(0xed, 0xa0, 0x80), "\\xed\\xa0\\x80"],
    [Uint8Array.of(0xf4, 0x90, 0x80, 0x80), "\\xf4\\x90\\x80\\x80"],
    ["\u202e\u200b\u0085", "\\xe2\\x80\\xae\\xe2\\x80\\x8b\\xc2\\x85"],
    ["", ""]
  ])("of %j is %j", (payload, expected) => {
    expect(escaped(typeof payload === "string" ? Buffer.from(payload) : payload)).toBe(expected)
  })

  it("has no power over a terminal, stays on one line, and is as good as the bytes", () => {
    const payloads = FastCheck.oneof(
      FastCheck.uint8Array({ maxLength: 60 }),
      FastCheck.string({ unit: "binary" }).map((text) => Uint8Array.from(Buffer.from(`${text}${hostile}\\`)))
    )
    FastCheck.assert(
      FastCheck.property(payloads, (payload) => {
        const text = escaped(payload)
        expect(text).not.toMatch(mischief)
        expect(text).not.toContain("\n")
        expect(Buffer.from(unescaped(text))).toEqual(Buffer.from(payload))
      }),
      { seed: 20_260_101, numRuns: 500 }
    )
  })
})

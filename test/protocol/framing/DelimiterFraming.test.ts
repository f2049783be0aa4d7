import { describe, expect, it } from "vitest"
import { delimiter, unescaped } from "../../../src/protocol/framing/DelimiterFraming.ts"
import { connection, hex, sent } from "./codecs.ts"

describe("a delimiter", () => {
  it("ends a message; the last one needs none", () => {
    expect(connection(delimiter("#"), ["a#b", "c##d"])).toEqual([["a"], ["bc", ""], ["d"]])
    expect(connection(delimiter("#"), ["a#"])).toEqual([["a"], []])
  })

  it("may have several bytes, and is found wherever it is cut", () => {
    for (const text of ["aab", "aa", "€;", "abab"]) {
      const framing = delimiter(text)
      const input = Buffer.from(`x${text}a${text}${text}aba${text}`)
      const whole = connection(framing, [input]).flat()
      const bytes = Array.from(input, (byte) => Uint8Array.of(byte))
      expect(connection(framing, bytes).flat()).toEqual(whole)
    }
    expect(connection(delimiter("aab"), ["aaab", "caabaa"])).toEqual([["a"], ["c"], ["aa"]])
    expect(connection(delimiter("aa"), ["xaaay", "aa"])).toEqual([["x"], ["ay"], []])
  })

  it("is searched in bytes that are not UTF-8", () => {
    expect(delimiter("#").open().handleBytes(hex("ff 00 23"), 0).messages[0]?.bytes).toEqual(hex("ff 00"))
  })

  it.each([[1], [2], [100]])("comes within the bytes of a message, in reads of %i", (readBytes) => {
    const all = (text: string) =>
      connection(delimiter("--"), text.match(new RegExp(`.{1,${readBytes}}`, "g")) ?? [], 3).flat()
    expect(all("abc--a-b--")).toEqual(["abc", "a-b"])
    expect(all("a--abcd--b--")).toEqual(["a", "TooLong"])
    expect(all("a--abcd")).toEqual(["a", "TooLong"])
    expect(all("abc-")).toEqual(["TooLong"])
    expect(all("abc-d")).toEqual(["TooLong"])
  })

  it("is sent behind a message that does not contain it", () => {
    const codec = delimiter("aa").open(4)
    expect(["xyz", "", "a", "xaay", "xa", "xyzwv"].map((text) => sent(codec, text))).toEqual([
      "xyzaa",
      "aa",
      undefined,
      undefined,
      undefined,
      undefined
    ])
  })

  it("has a name with escapes", () => {
    const text = "\r\n\t\0\\n"
    const { name } = delimiter(text)
    expect(name).toBe(String.raw`delimiter:\r\n\t\0\\n`)
    expect([unescaped(name.slice("delimiter:".length)), unescaped("#"), unescaped("\\"), unescaped("\\x")]).toEqual([
      text,
      "#",
      undefined,
      undefined
    ])
  })
})

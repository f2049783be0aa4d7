import { describe, expect, it } from "vitest"
import { lines } from "../../../src/protocol/framing/LineFraming.ts"
import { connection, hex, read, sent } from "./codecs.ts"

describe("lines", () => {
  it("end in a line feed, with a carriage return before it or not", () => {
    expect(connection(lines, ["ab\ncd\r\n\ne\rf\r\r\n"])).toEqual([["ab", "cd", "", "e\rf\r"], []])
  })

  it("are joined from reads, also where a line end is cut", () => {
    expect(connection(lines, ["a", "b", "c\r", "\nd", "\n"])).toEqual([[], [], [], ["abc"], ["d"], []])
  })

  it("need no end at the end of the input", () => {
    expect([connection(lines, ["a\nb"]), connection(lines, ["a\n"]), connection(lines, ["a\r"])]).toEqual([
      [["a"], ["b"]],
      [["a"], []],
      [[], ["a\r"]]
    ])
  })

  it("have no commands of telnet", () => {
    expect(connection(lines, [hex("ff fb 01 61 ff"), hex("fd 0a 62 0d 0a ff f4 ff")])).toEqual([[], ["ab"], ["\ufffd"]])
  })

  it.each([[1], [2], [3], [100]])("have at most the bytes of a message, in reads of %i", (readBytes) => {
    const readsOf = (text: string) => text.match(new RegExp(`[^]{1,${readBytes}}`, "g")) ?? []
    const all = (text: string) => connection(lines, readsOf(text), 3).flat()
    expect(all("abc\nabc\r\nab\r\r\n")).toEqual(["abc", "abc", "ab\r"])
    expect(all("a\nabcd")).toEqual(["a", "TooLong"])
    expect(all("a\nabcd\nb\n")).toEqual(["a", "TooLong"])
    expect(all("abc\rd\n")).toEqual(["TooLong"])
    expect(all("abc\r")).toEqual(["TooLong"])
  })

  it("fail for a subnegotiation without an end", () => {
    const codec = lines.open()
    expect(read(codec, hex(`61 0a ff fa ${"00".repeat(2000)}`))).toEqual(["a", "Malformed"])
  })

  it("are sent with a line feed, unless they have it", () => {
    const codec = lines.open()
    expect(["ab", "", "a\nb", "ab\n", "\n"].map((text) => sent(codec, text))).toEqual([
      "ab\n",
      "\n",
      "a\nb\n",
      "ab\n",
      "\n"
    ])
  })

  it("are sent with each 0xFF twice", () => {
    expect(sent(lines.open(), hex("61 ff 62"))).toBe("a\xff\xffb\n")
  })

  it("are not sent where they are too long", () => {
    const codec = lines.open(3)
    expect(["abc", "abc\n", "abcd", "abcd\n"].map((text) => sent(codec, text))).toEqual([
      "abc\n",
      "abc\n",
      undefined,
      undefined
    ])
    expect(codec.encoding).not.toBe(lines.open(4).encoding)
  })
})

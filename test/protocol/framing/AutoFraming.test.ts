import { describe, expect, it } from "vitest"
import { auto } from "../../../src/protocol/framing/AutoFraming.ts"
import { bytesOf, connection, hex, read, sent, textsOf } from "./codecs.ts"

const of = (...reads: ReadonlyArray<string | Uint8Array>) => connection(auto, reads)

describe("auto", () => {
  it("takes what one read gave as a message, with line ends within", () => {
    expect(of("2", "4", "a\nb", "\r\nc\r")).toEqual([["2"], ["4"], ["a\nb"], ["c\r"], []])
  })

  it("takes lines from the first read that ends in one", () => {
    expect(of("a", "b\nc\r\n", "d", "e\n\nf", "g")).toEqual([["a"], ["b", "c"], [], ["de", ""], [], ["fg"]])
  })

  it("takes a line end that opens the next read as that of the message before", () => {
    expect(of("a", "\n", "b\n")).toEqual([["a"], [], ["b"], []])
    expect(of("a", "\r\n", "b", "\n")).toEqual([["a"], [], [], ["b"], []])
    expect(of("a", "\nb", "\nc\n", "d\n")).toEqual([["a"], ["b"], ["c"], ["d"], []])
    expect(of("a", "\n\n")).toEqual([["a"], [""], []])
  })

  it("takes a line end that nothing precedes as an empty line", () => {
    expect([of("\n"), of("\r\n", "\n")]).toEqual([[[""], []], [[""], [""], []]])
  })

  it("sends texts as they are, and with a line feed once lines are spoken", () => {
    const codec = auto.open()
    const before = codec.encoding
    expect(codec.delimits).toBe(false)
    expect([sent(codec, "a"), sent(codec, "a\n"), sent(codec, "")]).toEqual(["a", "a\n", ""])
    read(codec, "x\ny")
    expect([codec.encoding, sent(codec, "a")]).toEqual([before, "a"])
    read(codec, "z\n")
    expect([sent(codec, "a"), sent(codec, "a\n"), sent(codec, "")]).toEqual(["a\n", "a\n", "\n"])
    expect([codec.encoding === before, codec.delimits]).toEqual([false, true])
  })

  it("holds a read of 1024 bytes or more for what follows, for 50 ms", () => {
    const codec = auto.open()
    const full = "x".repeat(1024)
    expect([read(codec, full, 100), codec.deadline]).toEqual([[], 150])
    expect([read(codec, full, 120), codec.deadline, textsOf(codec.handleTimeout(169))]).toEqual([[], 170, []])
    expect([read(codec, "y", 169), codec.deadline]).toEqual([[`${full}${full}y`], Infinity])
    expect([read(codec, `${full}z`, 200), textsOf(codec.handleTimeout(250)), codec.deadline]).toEqual([
      [],
      [`${full}z`],
      Infinity
    ])
    expect([read(codec, "\n", 260), read(codec, "a\n", 260)]).toEqual([[], ["a"]])
  })

  it("delivers what it holds at the end of the stream", () => {
    const full = "x".repeat(1030)
    expect(of(full)).toEqual([[], [full]])
  })

  it("takes a long read that ends in a line end as lines, with what is held", () => {
    const full = `a\n${"x".repeat(1024)}`
    expect(of(full, "y\r\nz\n")).toEqual([[], ["a", `${"x".repeat(1024)}y`, "z"], []])
    const codec = auto.open()
    read(codec, full, 0)
    read(codec, "\n", 0)
    expect(codec.deadline).toBe(Infinity)
  })

  it("holds a read that ends inside a character", () => {
    const [first, second, third] = [hex("61 e2"), hex("82"), hex("ac 62")]
    expect(of(first, second, third)).toEqual([[], [], ["a€b"], []])
    const codec = auto.open()
    expect([read(codec, first, 0), textsOf(codec.handleTimeout(50)), read(codec, second, 60)]).toEqual([
      [],
      ["a\ufffd"],
      ["\ufffd"]
    ])
  })

  it("replaces what is not UTF-8, also in lines", () => {
    expect(of(hex("61 80 62"), hex("0a e2 0a"))).toEqual([["a\ufffdb"], ["\ufffd"], []])
    expect(Array.from(auto.open().handleBytes(bytesOf("é"), 0).messages, ({ bytes }) => [...bytes])).toEqual([[
      0xc3,
      0xa9
    ]])
  })

  it("removes the commands of telnet: a read of them alone is no message", () => {
    const interrupt = hex("ff f4 ff fd 06")
    expect(of(interrupt, "a", interrupt, "\n", hex("62 ff"), hex("f1 0a"))).toEqual([[], ["a"], [], [], [], ["b"], []])
    expect(of(hex("61 ff"), hex("fb 01 62"))).toEqual([["a"], ["b"], []])
    expect(of(hex("61 ff"))).toEqual([["a"], ["\ufffd"]])
  })

  it("fails where a message is too long, held or as a line", () => {
    const full = "x".repeat(1024)
    expect(connection(auto, [full, full, "y"], 2048).flat()).toEqual(["TooLong"])
    expect(connection(auto, [full, full], 2048).flat()).toEqual([full + full])
    expect(connection(auto, ["a\n", "bcd", "e"], 3).flat()).toEqual(["a", "TooLong"])
    expect(connection(auto, ["a", "bc\nd\nefgh\n"], 3).flat()).toEqual(["a", "bc", "d", "TooLong"])
    expect(connection(auto, [hex("80 80")], 3).flat()).toEqual(["TooLong"])
    expect(connection(auto, ["a", hex(`ff fa ${"00".repeat(2000)}`)]).flat()).toEqual(["a", "Malformed"])
  })
})

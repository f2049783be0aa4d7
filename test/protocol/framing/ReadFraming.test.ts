import { describe, expect, it } from "vitest"
import { chunk, datagram, raw } from "../../../src/protocol/framing/ReadFraming.ts"
import { connection, read, sent } from "./codecs.ts"

describe("raw", () => {
  it("takes what one read gave as a message, and sends messages as they are", () => {
    expect(connection(raw, ["ab\n", "c", ""])).toEqual([["ab\n"], ["c"], [], []])
    expect(sent(raw.open(), "ab")).toBe("ab")
  })

  it("cuts a read that is longer than a message may be", () => {
    expect(connection(raw, ["abcde"], 2)).toEqual([["ab", "cd", "e"], []])
  })
})

describe("chunk", () => {
  it("cuts a read after a number of bytes, 1024 by default", () => {
    expect(connection(chunk(3), ["abcdefg", "hi"])).toEqual([["abc", "def", "g"], ["hi"], []])
    expect(chunk().open().handleBytes(new Uint8Array(2049), 0).messages.map(({ bytes }) => bytes.length)).toEqual([
      1024,
      1024,
      1
    ])
  })
})

describe("datagram", () => {
  it("takes each datagram as a message, the empty one too", () => {
    expect(connection(datagram, ["ab", "", "c"])).toEqual([["ab"], [""], ["c"], []])
  })

  it("carries 65,507 bytes, and no more", () => {
    const codec = datagram.open()
    expect([sent(codec, new Uint8Array(65_507))?.length, sent(codec, new Uint8Array(65_508))]).toEqual([
      65_507,
      undefined
    ])
    expect(codec.handleBytes(new Uint8Array(65_507), 0).messages.length).toBe(1)
    expect(read(codec, new Uint8Array(65_508))).toEqual(["TooLong"])
  })
})

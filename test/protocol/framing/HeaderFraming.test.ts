import { describe, expect, it } from "vitest"
import { headed } from "../../../src/protocol/framing/HeaderFraming.ts"
import { connection, sent } from "./codecs.ts"

/** A digit that says how long the message is; `x` is malformed. */
const digit = headed({
  name: "digit",
  bytesOf: () => 1,
  read: ([first = 0]) => first === 0x78 ? "an x" : { bytes: first - 0x30 },
  write: ({ bytes }) => bytes.length > 9 ? undefined : Uint8Array.of(0x30 + bytes.length)
})

describe("a header", () => {
  it("says how long the message is, whatever the reads are", () => {
    expect(connection(digit, ["2a", "b", "0", "1c3de", "f"])).toEqual([[], ["ab"], [""], ["c"], ["def"], []])
  })

  it("that is malformed ends the input after the messages before it", () => {
    expect(connection(digit, ["1ax1b"])).toEqual([["a", "Malformed"], []])
  })

  it("may announce more than a message can have: that fails before the bytes have come", () => {
    expect(connection(digit, ["3abc4"], 3)).toEqual([["abc", "TooLong"], []])
    expect(digit.open(3).handleBytes(Uint8Array.of(0x39), 0).failure?.message).toBe("a message is longer than 3 bytes")
  })

  it("keeps the reads of no message that is whole: it is a part of its read", () => {
    const bytes = Buffer.from("2ab")
    expect(digit.open().handleBytes(bytes, 0).messages[0]?.bytes.buffer).toBe(bytes.buffer)
  })

  it("is sent with its message, within the limits of both", () => {
    expect([sent(digit.open(), "ab"), sent(digit.open(), "0123456789"), sent(digit.open(1), "ab")]).toEqual([
      "2ab",
      undefined,
      undefined
    ])
  })
})

import { describe, expect, it } from "vitest"
import { codec, type Decoder, tooLong, truncated } from "../../../src/protocol/framing/FramingCodec.ts"
import { bytesOf, read, textsOf } from "./codecs.ts"

const encoder = { encoding: "none", delimits: true, encode: () => undefined }

/** Delivers each read, and again after 10 ms; fails at `fail`. */
const decoder = (): Decoder & { deadline: number } => ({
  deadline: Infinity,
  handleBytes(messages, bytes, now) {
    messages.push({ bytes })
    this.deadline = now + 10
    return Buffer.from(bytes).toString() === "fail" ? tooLong(5) : undefined
  },
  handleTimeout(messages) {
    this.deadline = Infinity
    messages.push({ bytes: bytesOf("late") })
    return undefined
  },
  handleEnd: () => truncated
})

describe("a codec", () => {
  it("delivers the messages before a failure, and ignores all input after it", () => {
    const one = codec(decoder(), () => encoder)
    expect([read(one, "a"), read(one, "fail"), read(one, "b"), textsOf(one.handleEnd())]).toEqual([
      ["a"],
      ["fail", "TooLong"],
      [],
      []
    ])
    expect([one.deadline, textsOf(one.handleTimeout(100))]).toEqual([Infinity, []])
  })

  it("ignores input after the end", () => {
    const one = codec(decoder(), () => encoder)
    expect([textsOf(one.handleEnd()), read(one, "a"), textsOf(one.handleEnd())]).toEqual([["Truncated"], [], []])
  })

  it("ignores a timeout before its deadline", () => {
    const one = codec(decoder(), () => encoder)
    read(one, "a", 5)
    expect([one.deadline, textsOf(one.handleTimeout(14)), textsOf(one.handleTimeout(15)), one.deadline]).toEqual([
      15,
      [],
      ["late"],
      Infinity
    ])
  })
})

import { describe, expect, it } from "@effect/vitest"
import {
  type BareStream,
  compared,
  digitsOf,
  type Expected,
  first,
  without
} from "../../../src/apps/chat/BareStream.ts"

const hex = (text: string): string => Buffer.from(text).toString("hex")
const streamOf = (...reads: ReadonlyArray<string>): BareStream => reads.map((text, at) => ({ text: hex(text), at }))
const expected = (text: string, times: number, most = times): Expected => ({
  text: hex(text),
  times: () => times,
  most: () => most
})

describe("a stream of texts without marks", () => {
  it("begins with the longest expected text, wherever its reads are divided", () => {
    const texts = [expected("ok", 1), expected("okay", 1), expected("no", 0, 1)]
    expect(compared(streamOf("o", "kaymore"), texts).found).toBe(hex("okay"))
    expect(compared(streamOf("okno"), texts).found).toBe(hex("ok"))
    expect(compared(streamOf("nook"), [expected("no", 0, 1)]).found).toBeUndefined()
    expect(compared(streamOf("more"), texts)).toEqual({ found: undefined, isBeginning: false })
  })

  it("may be the beginning of an expected text", () => {
    expect(compared(streamOf("o"), [expected("ok", 1)])).toEqual({ found: undefined, isBeginning: true })
    expect(compared(streamOf("o"), [expected("ok", 0)])).toEqual({ found: undefined, isBeginning: false })
  })

  it("is divided by texts that may come, if it is made of them", () => {
    const texts = [expected("ok", 0, 2), expected("no", 0, 1)]
    expect(compared(streamOf("oknook"), texts).found).toBe(hex("ok"))
    expect(compared(streamOf("nono"), texts).found).toBeUndefined()
    expect(compared(streamOf("okay"), texts).found).toBeUndefined()
  })

  it("is divided by its reads, except inside a character and behind a full read", () => {
    expect(first(streamOf("one", "two"))).toEqual({ text: hex("one"), isCut: false })
    const full = "x".repeat(1024)
    expect(first(streamOf(full, "rest", "two"))).toEqual({ text: hex(`${full}rest`), isCut: false })
    const [one, two] = [{ text: "61c3", at: 0 }, { text: "a9", at: 1 }]
    expect(first([one])).toEqual({ text: "61c3", isCut: true })
    expect(first([one, two, one])).toEqual({ text: hex("aé"), isCut: false })
  })

  it("loses what was taken from it", () => {
    const stream = streamOf("ok", "ay", "no")
    expect(without(stream, 6)).toEqual([{ text: hex("y"), at: 1 }, { text: hex("no"), at: 2 }])
    expect(digitsOf(without(stream, 8))).toBe(4)
    expect(without(stream, 12)).toEqual([])
  })
})

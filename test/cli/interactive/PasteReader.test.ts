import { describe, expect, it } from "vitest"
import type { Keys, Paste } from "../../../src/cli/interactive/PasteReader.ts"
import { PasteReader } from "../../../src/cli/interactive/PasteReader.ts"

const start = "\u001b[200~"
const end = "\u001b[201~"

/** What is read from chunks that arrive one after another without a pause; then nothing follows. */
const read = (chunks: ReadonlyArray<string>, limit = 1000): ReadonlyArray<string> => {
  const reader = new PasteReader(limit)
  const pieces = [...chunks.flatMap((chunk) => reader.handleInput(chunk, 0)), ...timedOut(reader)]
  expect(reader.deadline).toBeUndefined()
  return pieces.map(written)
}

const timedOut = (reader: PasteReader): ReadonlyArray<Keys | Paste> =>
  reader.deadline === undefined ? [] : reader.handleTimeout(reader.deadline)

const written = (piece: Keys | Paste): string => `${piece._tag} ${JSON.stringify(piece.text)}`

const keys = (text: string): string => `Keys ${JSON.stringify(text)}`
const paste = (text: string): string => `Paste ${JSON.stringify(text)}`

describe("typed keys", () => {
  it.each([
    "a",
    "\r",
    "\r\r",
    "quit\r",
    "\u001b[A",
    "\u001b",
    "\u0003",
    "é日本",
    "\t",
    // Keys that a busy program reads together.
    "\u001b[A\r\u001b[B",
    "half a line\u0003"
  ])("%j are keys", (text) => {
    expect(read([text])).toEqual([keys(text)])
  })

  it("are not delayed, except a line that may be the first one of a paste", () => {
    const reader = new PasteReader(1000)
    expect(reader.handleInput("a", 0).map(written)).toEqual([keys("a")])
    expect(reader.handleInput("\r", 1).map(written)).toEqual([keys("\r")])
    expect(reader.handleInput("quit\r", 2)).toEqual([])
    expect(reader.handleTimeout(101)).toEqual([])
    expect(reader.handleTimeout(102).map(written)).toEqual([keys("quit\r")])
  })

  it("keep their order around a sequence in two parts", () => {
    expect(read(["quit\r\u001b[", "A"])).toEqual([keys("quit\r\u001b[A")])
    expect(read(["\u001b[2", "~x"])).toEqual([keys("\u001b[2~x")])
  })
})

describe("a bracketed paste", () => {
  it.each<[string, string]>([
    ["one\rtwo\r", "one\ntwo\n"],
    ["one\r\ntwo\n\nthree", "one\ntwo\n\nthree"],
    ["a\tb", "a\tb"],
    ["", ""],
    ["one\u2028two", "one\ntwo"],
    // No key, and nothing that the terminal obeys.
    ["a\u0003b\u001b[2Jc\u009b", "ab[2Jc"]
  ])("of %j is %j", (text, pasted) => {
    expect(read([`${start}${text}${end}`])).toEqual([paste(pasted)])
  })

  it("is one, wherever its parts are cut", () => {
    const text = `x${start}one\rtwo${end}y`
    for (let at = 1; at < text.length; at++) {
      for (let to = at + 1; to < text.length; to++) {
        // Between escape and bracket a key may be: the sequence is not recognised there.
        if (text[at - 1] === "\u001b" || text[to - 1] === "\u001b") continue
        const pieces = read([text.slice(0, at), text.slice(at, to), text.slice(to)])
        expect(pieces, JSON.stringify([at, to])).toEqual([keys("x"), paste("one\ntwo"), keys("y")])
      }
    }
  })

  it("that has no end is complete after a second without input, and its late rest is pasted too", () => {
    const reader = new PasteReader(1000)
    expect(reader.handleInput(`${start}one\rtw`, 0)).toEqual([])
    expect(reader.handleInput("o\r", 900)).toEqual([])
    expect(reader.handleTimeout(1899)).toEqual([])
    expect(reader.handleTimeout(1900).map(written)).toEqual([paste("one\ntwo\n")])
    expect(reader.handleInput(`three\r${end}x`, 2000).map(written)).toEqual([paste("three\n"), keys("x")])
    expect(reader.deadline).toBeUndefined()
  })

  it("keeps no more than its limit, and has its whole length", () => {
    const reader = new PasteReader(5)
    const pieces = [`${start}0123`, "4567", `89${end}`].flatMap((chunk) => reader.handleInput(chunk, 0))
    expect(pieces).toEqual([{ _tag: "Paste", text: "01234", length: 10 }])
  })
})

describe("a paste without brackets", () => {
  it.each<[chunks: ReadonlyArray<string>, text: string]>([
    [["one\rtwo\r"], "one\ntwo\n"],
    [["one\r", "two\r"], "one\ntwo\n"],
    [["one\rtw", "o\rthree"], "one\ntwo\nthree"],
    [["one\r\r\rtwo"], "one\n\n\ntwo"],
    [["\rone"], "\none"]
  ])("of %j is %j", (chunks, text) => {
    expect(read(chunks)).toEqual([paste(text)])
  })

  it("ends with a pause, a control key or a bracket", () => {
    const reader = new PasteReader(1000)
    reader.handleInput("one\rtwo", 0)
    expect(reader.handleTimeout(100).map(written)).toEqual([paste("one\ntwo")])
    expect(reader.handleInput("\r", 101).map(written)).toEqual([keys("\r")])
    expect(read(["one\rtwo", "\u0003"])).toEqual([paste("one\ntwo"), keys("\u0003")])
    expect(read(["one\rtwo", `${start}three${end}`])).toEqual([paste("one\ntwo"), paste("three")])
  })
})

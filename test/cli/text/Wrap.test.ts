import { describe, expect, it } from "@effect/vitest"
import { stripVTControlCharacters } from "node:util"
import { coloured } from "../../../src/cli/report/Colours.ts"
import { widthOf } from "../../../src/cli/text/Width.ts"
import { wrapped } from "../../../src/cli/text/Wrap.ts"

const sentence = "the wire is neither encrypted nor authenticated: use it in networks that you trust"

describe("a line", () => {
  it("that fits is the same", () => {
    expect(wrapped(sentence, 82)).toEqual([sentence])
    expect(wrapped("a:  ", 10)).toEqual(["a:  "])
  })

  it.each([20, 40, 60, 80])("is broken at spaces only, and fits %d columns", (columns) => {
    const lines = wrapped(sentence, columns, "    ")
    expect(lines.map((line) => line.trim()).join(" ")).toBe(sentence)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {4}[^ ]/)
  })

  it("keeps its own spaces where it is not broken", () => {
    expect(wrapped("  one  two   three four", 16, "  ")).toEqual(["  one  two", "  three four"])
  })

  it("is measured in columns: wide characters take two, colours and accents none", () => {
    expect(wrapped("日本語 日本語 日本語", 13)).toEqual(["日本語 日本語", "  日本語"])
    const painted = coloured("hint", "one two three")
    expect(wrapped(painted, 13)).toEqual([painted])
    expect(wrapped(painted, 9).map((line) => widthOf(stripVTControlCharacters(line)))).toEqual([7, 7])
    expect(wrapped("e\u0301e\u0301 e\u0301e\u0301", 5)).toHaveLength(1)
  })
})

describe("what is copied from a terminal is one line", () => {
  it.each<[line: string, lines: ReadonlyArray<string>]>([
    ["cannot send /a/long/path,with/a/comma: no", ["cannot send", "  /a/long/path,with/a/comma:", "  no"]],
    ["to send the rest: holub send --to h 'a b'", ["to send the rest:", "  holub send --to h 'a b'"]],
    ["write: tar c a | holub send --to h -", ["write:", "  tar c a | holub send --to h -"]],
    ["see that `holub serve --wire flock` runs", ["see that", "  `holub serve --wire flock`", "  runs"]]
  ])("%s", (line, lines) => {
    expect(wrapped(line, 20)).toEqual(lines)
  })

  it("but a list without spaces may be broken after its commas", () => {
    expect(wrapped("like loss=5%,delay=20ms,seed=7", 16)).toEqual(["like loss=5%,", "  delay=20ms,", "  seed=7"])
  })
})

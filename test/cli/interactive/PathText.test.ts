import { homedir } from "node:os"
import { describe, expect, it } from "vitest"
import { answerFor, meanings, read, written } from "../../../src/cli/interactive/PathText.ts"

describe("a path as people type it", () => {
  it.each([
    ["a.txt", "a.txt"],
    ["  a b.txt ", "a b.txt"],
    ["'/a b/c.txt'", "/a b/c.txt"],
    ["/a\\ b/c\\'s.txt", "/a b/c's.txt"],
    ["'/a/it'\\''s.txt' ", "/a/it's.txt"],
    ["\"/a \\\"b\\\"/c\"", "/a \"b\"/c"],
    ["C:\\temp\\new.txt", "C:\\temp\\new.txt"],
    ["~", homedir()],
    ["~/a b", `${homedir()}/a b`],
    ["'~/a'", "~/a"],
    ["~other/a", "~other/a"]
  ])("%s is likeliest %s", (text, path) => {
    expect(meanings(text)[0]).toBe(path)
  })

  it("may also be meant as it stands: quotes and backslashes are parts of names too", () => {
    expect(meanings("it's.txt")).toEqual(["it's.txt"])
    expect(meanings("a\\ b")).toEqual(["a b", "a\\ b"])
    expect(meanings("'a'")).toEqual(["a", "'a'"])
  })
})

const pieces = ["plain", "two words", "it's", "\"quoted\"", "back\\slash", "päť 😀"]

describe("a piece of a path", () => {
  it.each(pieces)("%s is read as it was written", (piece) => {
    for (const quoting of ["", "'", "\""] as const) {
      expect(read(`${quoting}/in/${written(piece, quoting)}`)).toEqual({ path: `/in/${piece}`, quoting })
    }
  })
})

describe("an answer", () => {
  it.each([...pieces, " spaces ", "~", "~/in", "~/it's"])("means %s first", (path) => {
    expect(meanings(answerFor(path))[0]).toBe(path)
  })
})

describe("where backslashes separate folders", () => {
  it.each(["C:\\Users\\.inbox", "C:\\_in\\my files\\", "\\\\nas\\share", "C:\\it's"])("%s is itself", (path) => {
    expect(meanings(answerFor(path, true), true)[0]).toBe(path)
    if (!path.includes("'")) expect(meanings(path, true)).toEqual([path])
    for (const quoting of ["", "'", "\""] as const) {
      expect(read(quoting + written(path, quoting, true), true)).toEqual({ path, quoting })
    }
  })
})

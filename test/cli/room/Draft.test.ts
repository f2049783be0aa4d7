import { describe, expect, it } from "vitest"
import { type Draft, erased, insert, layOut, type Motion, moved, movedByRow } from "../../../src/cli/room/Draft.ts"

/** A draft whose cursor is written as `|`. */
const draft = (written: string): Draft => ({ text: written.replace("|", ""), cursor: written.indexOf("|") })
const written = ({ cursor, text }: Draft): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`

describe("a draft", () => {
  it.each<[string, Motion, string]>([
    ["ab|c", "left", "a|bc"],
    ["|abc", "left", "|abc"],
    ["👩‍👩‍👧|", "left", "|👩‍👩‍👧"],
    ["e\u0301|x", "left", "|e\u0301x"],
    ["|👍🏽x", "right", "👍🏽|x"],
    ["abc|", "right", "abc|"],
    ["one two |", "wordLeft", "one |two "],
    ["|one two", "wordRight", "one| two"],
    ["one\ntwo|", "lineStart", "one\n|two"],
    ["one\nt|wo\nthree", "lineEnd", "one\ntwo|\nthree"]
  ])("%s moved %s is %s", (before, motion, after) => {
    expect(written(moved(draft(before), motion))).toBe(after)
  })

  it.each<[string, Motion, string]>([
    ["ab👍🏽|c", "left", "ab|c"],
    ["ab|c", "right", "ab|"],
    ["one two| three", "wordLeft", "one | three"],
    ["one\ntwo|three", "lineStart", "one\n|three"],
    ["|", "left", "|"]
  ])("%s without what is %s is %s", (before, motion, after) => {
    expect(written(erased(draft(before), motion))).toBe(after)
  })

  it("takes a text at its cursor", () => {
    expect(written(insert(draft("a|d"), "bc"))).toBe("abc|d")
  })

  it("is broken into rows that leave room for the cursor", () => {
    expect(layOut(draft("abcd|ef"), 4)).toEqual({ rows: ["abc", "def"], row: 1, column: 1, starts: [0, 3] })
    expect(layOut(draft("a\n|"), 4)).toEqual({ rows: ["a", ""], row: 1, column: 0, starts: [0, 2] })
    expect(layOut(draft("日本|"), 4)).toEqual({ rows: ["日", "本"], row: 1, column: 2, starts: [0, 1] })
    expect(layOut(draft("a\u202eb|"), 20)).toMatchObject({ rows: ["a\\u{202e}b"], column: 10 })
  })

  it("has its cursor moved by rows", () => {
    expect(written(movedByRow(draft("one\ntwo|"), -1, 20)!)).toBe("one|\ntwo")
    expect(written(movedByRow(draft("one\nlong|er\nx"), 1, 20)!)).toBe("one\nlonger\nx|")
    expect(movedByRow(draft("one|"), -1, 20)).toBeUndefined()
    expect(movedByRow(draft("one\ntw|o"), 1, 20)).toBeUndefined()
    expect(written(movedByRow(draft("abc|defg"), 1, 4)!)).toBe("abcdef|g")
    expect(written(movedByRow(draft("abcde|f"), -1, 4)!)).toBe("ab|cdef")
  })
})

import { describe, expect, it } from "vitest"
import { isAlike, keysOf, nickOf, roomOf } from "../../../src/protocol/conversation/Names.ts"

describe("a nick", () => {
  it.each([
    ["ala", "ala"],
    [" ala\r\n", "ala"],
    ["Zoe\u0308", "Zo\u00eb"],
    ["Ђорђе", "Ђорђе"],
    ["ala_von-bo.7", "ala_von-bo.7"],
    ["\u{1f468}\u200d\u{1f469}\u200d\u{1f467}", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}"],
    ["x".repeat(32), "x".repeat(32)]
  ])("of %j is %j", (text, name) => {
    expect(nickOf(text)).toEqual({ _tag: "Name", name })
  })

  it.each([
    [undefined, "is not text in UTF-8"],
    ["", "is empty"],
    [" \r\n", "is empty"],
    ["x".repeat(33), "has more than 32 characters"],
    ["x".repeat(1_000_000), "has more than 32 characters"],
    [`a${"\u0316".repeat(300)}`, "has more than 32 characters"],
    ["ala bo", "has a space in it; - and _ are allowed"],
    ["ala@beta", "has @ in it; the characters @ / # : ~ have a meaning here"],
    ["/quit", "has / in it; the characters @ / # : ~ have a meaning here"],
    ["#hall", "has # in it; the characters @ / # : ~ have a meaning here"],
    ["ala:", "has : in it; the characters @ / # : ~ have a meaning here"],
    ["~ala", "has ~ in it; the characters @ / # : ~ have a meaning here"],
    ["\u001b[31mala", "has a control, or a character that cannot be seen or changes the order of others"],
    ["ala\u202eob", "has a control, or a character that cannot be seen or changes the order of others"],
    ["a\u200bla", "has a control, or a character that cannot be seen or changes the order of others"],
    ["\u0301ala", "begins with a mark that would join the text before it"]
  ])("%# is refused with the reason", (text, problem) => {
    expect(nickOf(text)).toEqual({ _tag: "NoName", problem })
  })

  it("is its own nick: what was read is read the same again", () => {
    for (const text of ["ala", "Zoe\u0308", "\u1e9b\u0323", "\ufb01sh"]) {
      const read = nickOf(text)
      expect(read._tag === "Name" && nickOf(read.name)).toEqual(read)
    }
  })
})

describe("the name of a room", () => {
  it.each([
    ["hall", "hall"],
    ["#Hall", "hall"],
    ["words/kyiv", "words/kyiv"],
    ["words/Київ", "words/київ"],
    ["a.b_c-9", "a.b_c-9"]
  ])("of %j is %j", (text, name) => {
    expect(roomOf(text)).toEqual({ _tag: "Name", name })
  })

  it.each([
    "",
    "#",
    "../x",
    "a/b/c",
    "a//b",
    "-a",
    "a b",
    "a\u202e",
    "a:b",
    "@bo",
    "x".repeat(33),
    "x".repeat(100_000)
  ])(
    "cannot be %#",
    (text) => {
      expect(roomOf(text)._tag).toBe("NoName")
    }
  )
})

describe("names", () => {
  it("are the same by case, or by look, on their own", () => {
    expect(isAlike(keysOf("Борис"), keysOf("БОРИС"))).toBe(true)
    expect(isAlike(keysOf("ala"), keysOf("аlа"))).toBe(true)
    expect(isAlike(keysOf("straße"), keysOf("STRASSE"))).toBe(true)
    expect(isAlike(keysOf("ala"), keysOf("ola"))).toBe(false)
  })

  it("are compared without the sign of a guest", () => {
    expect(isAlike(keysOf("~ala"), keysOf("Ala"))).toBe(true)
    expect(keysOf("~ala")).toEqual(keysOf("ala"))
  })
})

import { describe, expect, it } from "@effect/vitest"
import { refusalOf, texts, typedOf } from "../../../src/apps/dialogues/LogInTexts.ts"
import { languages } from "../../../src/apps/Language.ts"
import { expectSameInAllLanguages } from "../sameInAllLanguages.ts"

describe("what a client types to log in", () => {
  it("is a line without its end, with its spaces, and of bounded length", () => {
    expect([" a b \r\n", "a\n", "a\r", "\n\n"].map((text) => typedOf({ text }))).toEqual([" a b ", "a", "a\r", "\n"])
    expect(typedOf({ text: undefined })).toBe("")
    expect(typedOf({ text: "x".repeat(1e6) }).length).toBeLessThan(5000)
  })
})

describe("the words for a log-in that was not right", () => {
  it.each(languages)("are in %s, and the same for a wrong name and a wrong password", (language) => {
    expect(refusalOf({ _tag: "Wrong" }, language)).toBe("Wrong name or password")
    expect(refusalOf({ _tag: "Wait", seconds: 16 }, language)).toContain("16")
    expect(refusalOf({ _tag: "Busy" }, language)).toBe(texts[language].busy)
  })

  it("are there in all languages", () => expectSameInAllLanguages(texts))
})

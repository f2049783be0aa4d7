import { describe, expect, it } from "@effect/vitest"
import { parse } from "../../../src/conversation/accounts/AccountName.ts"

describe("the name of an account", () => {
  it("has one spelling, and a fold that is equal for other cases", () => {
    expect(parse("  Zoe\u0308  K ")).toEqual({ name: "Zo\u00eb K", fold: "zo\u00eb k" })
    expect(parse("ZOË k")?.fold).toBe(parse("zoë K")?.fold)
  })

  it.each([
    undefined,
    "",
    " ",
    "ala@beta",
    "a/b",
    "#hall",
    "a:b",
    "~guest",
    "a\u202eb",
    "a\nb",
    "x".repeat(33),
    "x".repeat(1e6)
  ])(
    "%j is none",
    (text) => expect(parse(text)).toBeUndefined()
  )
})

import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { parse } from "../../../src/conversation/accounts/AccountName.ts"

const keysOf = (text: string) => Either.map(parse(text), ({ fold, look }) => ({ fold, look }))

describe("the name of an account", () => {
  it("has one spelling, and keys that are equal for other cases and for letters that look the same", () => {
    expect(Either.map(parse("  Zoe\u0308 "), ({ name }) => name)).toEqual(Either.right("Zo\u00eb"))
    expect(keysOf("ZOË")).toEqual(keysOf("zoë"))
    // The second one has a Cyrillic а.
    expect(Either.map(keysOf("ala"), ({ look }) => look)).toEqual(Either.map(keysOf("al\u0430"), ({ look }) => look))
  })

  it.each([
    "",
    " ",
    "a b",
    "ala@beta",
    "a/b",
    "#hall",
    "a:b",
    "~guest",
    "a\u202eb",
    "a\nb",
    "x".repeat(33),
    "x".repeat(1e6),
    "Operator"
  ])(
    "%j is none",
    (text) =>
      expect(Either.getOrThrow(Either.flip(parse(text)))).toMatch(
        /^(?:a name that .* cannot be taken|the name operator is)/
      )
  )
})

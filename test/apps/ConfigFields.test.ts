import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { choice, flag, wholeNumber } from "../../src/apps/ConfigFields.ts"

const read = Schema.decodeUnknownEither(
  Schema.Struct({ menu: flag(false), players: wholeNumber(1, 4, 2), answers: choice(["00", "1"], "00") })
)

describe("the fields of a configuration", () => {
  it("have defaults", () => {
    expect(read({})).toEqual(Either.right({ menu: false, players: 2, answers: "00" }))
  })

  it("are read from texts", () => {
    expect(read({ menu: "true", players: "4", answers: "1" })).toEqual(
      Either.right({ menu: true, players: 4, answers: "1" })
    )
  })

  it.each([
    ["menu", "yes"],
    ["menu", ""],
    ["players", "0"],
    ["players", "5"],
    ["players", "1.5"],
    ["players", "two"],
    ["players", "NaN"],
    ["answers", "2"]
  ])("refuse %s:%s, and tell what is expected", (key, text) => {
    const expected: Readonly<Record<string, string>> = {
      menu: "true or false",
      players: "a whole number from 1 to 4",
      answers: "00 or 1"
    }
    const result = read({ [key]: text })
    const issues = Either.isLeft(result) ? ParseResult.ArrayFormatter.formatErrorSync(result.left) : []
    expect(issues.map(({ message, path }) => `${path.join(".")}: ${message}`)).toEqual(
      [`${key}: Expected ${expected[key]}, actual "${text}"`]
    )
  })
})

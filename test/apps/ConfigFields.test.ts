import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { choice, flag, wholeNumber } from "../../src/apps/ConfigFields.ts"

const read = Schema.decodeUnknownSync(
  Schema.Struct({ menu: flag(false), players: wholeNumber(1, 4, 2), answers: choice(["00", "1"], "00") })
)

describe("the fields of a configuration", () => {
  it("have defaults", () => {
    expect(read({})).toEqual({ menu: false, players: 2, answers: "00" })
  })

  it("are read from texts", () => {
    expect(read({ menu: "true", players: "4", answers: "1" })).toEqual({ menu: true, players: 4, answers: "1" })
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
  ])("refuse %s:%s, and tell which", (key, text) => {
    expect(() => read({ [key]: text })).toThrow(new RegExp(key))
  })
})

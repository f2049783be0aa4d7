import { describe, expect, it } from "vitest"
import { nearest } from "../../src/protocol/NearestName.ts"

describe("the nearest name", () => {
  const names = ["to", "text", "name", "fragment-size", "dialect"]

  it.each([
    ["tow", "to"],
    ["txet", "text"],
    ["texts", "text"],
    ["nam", "name"],
    ["fragmentsize", "fragment-size"],
    ["fragment_size", "fragment-size"],
    ["dialects", "dialect"]
  ])("to %j is %j", (word, name) => {
    expect(nearest(word, names)).toBe(name)
  })

  it.each(["", "xyz", "colour", "t"])("to %j is none, or a short step away", (word) => {
    expect([undefined, "to"]).toContain(nearest(word, names))
  })

  it("is none among none", () => {
    expect(nearest("to", [])).toBeUndefined()
  })
})

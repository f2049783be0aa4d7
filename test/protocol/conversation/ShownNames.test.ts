import { describe, expect, it } from "vitest"
import { shownNamesOf } from "../../../src/protocol/conversation/ShownNames.ts"

describe("the people of a room", () => {
  it("have their nick alone where it is the only one", () => {
    expect(shownNamesOf([{ nick: "ala", server: "alpha" }, { nick: "bo", server: "beta" }])).toEqual(["ala", "bo"])
  })

  it("have their server beside it where another server has the same nick, or one that looks the same", () => {
    expect(shownNamesOf([
      { nick: "ala", server: "alpha" },
      { nick: "Ala", server: "beta" },
      { nick: "аla", server: "gamma" },
      { nick: "bo", server: "beta" }
    ])).toEqual(["ala@alpha", "Ala@beta", "аla@gamma", "bo"])
  })

  it("tell a guest from an account of another server", () => {
    expect(shownNamesOf([{ nick: "~ala", server: "alpha" }, { nick: "ala", server: "beta" }])).toEqual([
      "~ala@alpha",
      "ala@beta"
    ])
  })
})

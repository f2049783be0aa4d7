import { describe, expect, it } from "vitest"
import { directRoomOf, peopleOfDirect } from "../../../src/protocol/conversation/DirectRoom.ts"
import { roomOf } from "../../../src/protocol/conversation/Names.ts"

describe("the room of two people", () => {
  it("has one name, for both, and no room that a person names has it", () => {
    const room = directRoomOf("bo@beta", "~ala@alpha")
    expect(room).toBe(directRoomOf("~ala@alpha", "bo@beta"))
    expect(peopleOfDirect(room!)).toEqual(["bo@beta", "~ala@alpha"])
    expect(roomOf(room!)._tag).toBe("NoName")
  })

  it("is not there for one person, or for names that are too long", () => {
    expect(directRoomOf("ala@alpha", "ala@alpha")).toBeUndefined()
    expect(directRoomOf(`${"a".repeat(200)}@alpha`, `${"b".repeat(200)}@alpha`)).toBeUndefined()
    for (const name of ["hall", "words/kyiv", "a b", "b@x a@x", "a@x b@x c@x"]) {
      expect(peopleOfDirect(name)).toBeUndefined()
    }
  })
})

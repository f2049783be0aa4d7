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

  it("has no name that is too long, and no other room has its form", () => {
    expect(directRoomOf(`${"a".repeat(200)}@alpha`, `${"b".repeat(200)}@alpha`)).toBeUndefined()
    for (const name of ["hall", "words/kyiv", "a:b", "a@x:b@x:c@x"]) {
      expect(peopleOfDirect(name)).toBeUndefined()
    }
  })
})

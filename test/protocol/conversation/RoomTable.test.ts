import { describe, expect, it } from "@effect/vitest"
import { RoomTable } from "../../../src/protocol/conversation/RoomTable.ts"
import { hall } from "./rooms.ts"

const stored = { heads: [{ origin: "o", seq: 3, clock: 4, floor: 1 }], servers: ["beta"] }

describe("the rooms of a server", () => {
  it("are as the store has them", () => {
    const rooms = new RoomTable("alpha")
    rooms.open("hall", hall, stored)
    expect(rooms.viewOf("hall")).toEqual({
      access: hall,
      synced: new Map([["o", 3]]),
      floors: new Map([["o", 1]]),
      everywhere: new Map(),
      servers: ["alpha", "beta"]
    })
    expect([...rooms.seenOf("hall").keys()]).toEqual(["beta"])
    expect(rooms.size).toBe(1)
    expect(() => rooms.open("hall", hall, stored)).toThrow("the room hall is open")
    expect(() => rooms.at("cellar")).toThrow("there is no room cellar")
    expect(rooms.viewOf("cellar")).toBeUndefined()
  })

  it("are named to those that may have them", () => {
    const rooms = new RoomTable("alpha")
    rooms.open("hall", hall, stored)
    rooms.open("duo", { access: "direct", servers: ["beta"] }, stored)
    expect(rooms.namedTo("beta")).toEqual(["hall", "duo"])
    expect(rooms.namedTo("gamma")).toEqual(["hall"])
  })
})

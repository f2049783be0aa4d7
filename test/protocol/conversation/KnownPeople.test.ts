import { describe, expect, it } from "vitest"
import { authorAmong } from "../../../src/protocol/conversation/KnownPeople.ts"

const people = new Map([["~ala@alpha", "~ala"], ["ala@beta", "ala"], ["bo@beta", "bo"], ["bo@gamma", "bo"]])
const find = (nick: string, server?: string) => authorAmong(people, "alpha", { nick, server })

describe("the person that a nick means", () => {
  it("is one of this server, else the only one, else one of the server that is given", () => {
    expect(find("ALA")).toEqual({ author: "~ala@alpha" })
    expect(find("ala", "beta")).toEqual({ author: "ala@beta" })
    expect(find("bo", "gamma")).toEqual({ author: "bo@gamma" })
  })

  it("is not certain when several have it, or none", () => {
    expect(find("bo")).toBe("there are several of this nick; write bo@SERVER")
    expect(find("Bо", "beta")).toBe("there is no Bо in this room; bo looks like it")
    expect(find("cyr")).toBe("there is no cyr in this room")
  })
})

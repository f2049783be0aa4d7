import { describe, expect, it } from "vitest"
import { selfOf, titleOf } from "../../src/page/RoomTitle.ts"
import { RoomsClient } from "../../src/protocol/conversation/client/RoomsClient.ts"
import { directRoomOf } from "../../src/protocol/conversation/DirectRoom.ts"

describe("the title of a room", () => {
  it("is its name, and of the room of two the other person", () => {
    expect(titleOf("words/kyiv", "ala@alpha", "alpha")).toBe("#words/kyiv")
    const direct = (other: string) => titleOf(directRoomOf("ala@alpha", other) ?? "", "ala@alpha", "alpha")
    expect([direct("bo@beta"), direct("bo@alpha")]).toEqual(["@bo@beta", "@bo"])
  })
})

describe("the person of the page", () => {
  it("is known as soon as a server has said it", () => {
    const client = new RoomsClient("page")
    client.connecting("rooms.example")
    expect(selfOf(client.view)).toEqual({ author: undefined, nick: "you", server: "rooms.example" })
    client.connected({ as: "guest" })
    client.receive({
      t: "welcome",
      v: 1,
      server: "alpha",
      author: "~bo@alpha",
      nick: "~bo",
      isGuest: true,
      servers: []
    }, 0)
    expect(selfOf(client.view)).toMatchObject({ author: "~bo@alpha", nick: "~bo", server: "alpha" })
    client.end("over")
    expect(selfOf(client.view).author).toBeUndefined()
  })
})

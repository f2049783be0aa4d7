import { describe, expect, it } from "vitest"
import { ServerLists } from "../../../../src/protocol/conversation/client/ServerLists.ts"
import * as Limits from "../../../../src/protocol/conversation/ConversationLimits.ts"

const part = (room: string, isLast: boolean) =>
  ({ t: "rooms", rooms: [{ room, access: "public", people: 1 }], isLast }) as const

describe("the lists of a server", () => {
  it("joins the parts of a list of rooms, and begins anew with the next one", () => {
    const lists = new ServerLists()
    expect([lists.onRooms(part("a", false)), lists.onRooms(part("b", true))]).toEqual([false, true])
    expect(lists.rooms.map(({ room }) => room)).toEqual(["a", "b"])
    lists.onRooms(part("c", false))
    lists.onLost()
    lists.onRooms(part("d", true))
    expect(lists.rooms.map(({ room }) => room)).toEqual(["d"])
  })

  it("knows the newest state of each link, of so many servers", () => {
    const lists = new ServerLists()
    lists.onLinks([{ server: "beta", isLinked: true }, { server: "gamma", isLinked: false }])
    lists.onLinks([{ server: "beta", isLinked: false }])
    expect(lists.links).toEqual([{ server: "beta", isLinked: false }, { server: "gamma", isLinked: false }])
    for (let at = 0; at < Limits.roomServers; at++) lists.onLinks([{ server: `s${at}`, isLinked: true }])
    expect(lists.links).toHaveLength(Limits.roomServers)
    lists.onLost()
    expect(lists.links).toEqual([])
  })
})

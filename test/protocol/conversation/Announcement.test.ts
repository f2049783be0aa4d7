import { describe, expect, it } from "@effect/vitest"
import { haveMessages } from "../../../src/protocol/conversation/Announcement.ts"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import { LinkRoom } from "../../../src/protocol/conversation/LinkRoom.ts"
import { emptyVector } from "../../../src/protocol/conversation/Vector.ts"
import { hall } from "./rooms.ts"

const announced = (count: number, others: ReadonlyArray<string> = []) => ({
  synced: new Map(Array.from({ length: count }, (_, at) => [`${at}`, 2])),
  floors: emptyVector,
  others
})

describe("an announcement", () => {
  it("has the new entries in parts, and the number of all events in the last one", () => {
    const shared = new LinkRoom()
    const first = haveMessages("hall", hall, shared, announced(Limits.messageOrigins + 1, ["gamma"]))
    expect(first.map(({ others, total, vector }) => [Object.keys(vector).length, others, total])).toEqual([
      [Limits.messageOrigins, ["gamma"], undefined],
      [1, undefined, 2 * (Limits.messageOrigins + 1)]
    ])
    expect(haveMessages("hall", hall, shared, announced(Limits.messageOrigins + 1, ["gamma"]))).toEqual([
      { t: "have", room: "hall", access: "public", vector: {}, total: 2 * (Limits.messageOrigins + 1) }
    ])
  })

  it("names the servers of a room that is not public, and floors", () => {
    const access = { access: "private", servers: ["beta"] } as const
    const floors = new Map([["o", 1]])
    expect(haveMessages("duo", access, new LinkRoom(), { ...announced(0), floors })).toEqual([
      { t: "have", room: "duo", access: "private", servers: ["beta"], vector: {}, floors: { o: 1 }, total: 0 }
    ])
  })
})

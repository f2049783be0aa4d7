import { describe, expect, it } from "@effect/vitest"
import { LinkRoom } from "../../../src/protocol/conversation/LinkRoom.ts"
import { emptyVector, recordOf } from "../../../src/protocol/conversation/Vector.ts"
import { alpha, beta, eventOf } from "./rooms.ts"

const named = (has: Readonly<Record<string, number>> = {}): LinkRoom => {
  const room = new LinkRoom()
  room.isSaid = true
  room.onHave(new Map(Object.entries(has)), emptyVector)
  return room
}

describe("a room on a link", () => {
  it("gets nothing before the peer has named it", () => {
    const room = new LinkRoom()
    room.isSaid = true
    expect(room.nextRead(new Map([[alpha.origin, 1]]), emptyVector, 9)).toBeUndefined()
    expect(room.onSynced(eventOf(alpha, 1), emptyVector, true)).toBe(false)
  })

  it("gets what the peer lacks in pages, then what is new", () => {
    const room = named({ [alpha.origin]: 1 })
    const synced = new Map([[alpha.origin, 3]])
    const read = room.nextRead(synced, emptyVector, 1)
    expect(read).toEqual({ beyond: new Map([[alpha.origin, 1]]), after: undefined, limit: 1 })
    expect(room.nextRead(synced, emptyVector, 1)).toBeUndefined()
    expect(room.onPage([eventOf(alpha, 2)], false, emptyVector)).toHaveLength(1)
    expect(room.nextRead(synced, emptyVector, 1)?.after).toMatchObject({ seq: 2 })
    expect(room.onPage([eventOf(alpha, 3)], true, emptyVector)).toHaveLength(1)
    expect(room.onSynced(eventOf(alpha, 4), emptyVector, true)).toBe(false)
    expect(room.nextRead(new Map([[alpha.origin, 4]]), emptyVector, 1)).toBeDefined()
    room.onPage([eventOf(alpha, 4)], true, emptyVector)
    expect(room.nextRead(new Map([[alpha.origin, 4]]), emptyVector, 1)).toBeUndefined()
    expect(room.isLive).toBe(true)
    expect(room.onSynced(eventOf(alpha, 5), emptyVector, true)).toBe(true)
  })

  it("sends no event out of its origin's order, and none that the peer has sent", () => {
    const room = named()
    room.nextRead(new Map([[beta.origin, 1]]), emptyVector, 9)
    expect(room.onPage([eventOf(beta, 2), eventOf(beta, 1), eventOf(beta, 2, 3)], true, emptyVector)).toHaveLength(2)
    room.onReceived(eventOf(alpha, 1))
    expect(room.nextRead(new Map([[alpha.origin, 1], [beta.origin, 2]]), emptyVector, 9)).toBeUndefined()
    expect(room.onSynced(eventOf(alpha, 1), emptyVector, true)).toBe(false)
  })

  it("reads from the store again when too many events wait", () => {
    const room = named()
    room.nextRead(emptyVector, emptyVector, 9)
    expect(room.onSynced(eventOf(alpha, 1), emptyVector, false)).toBe(false)
    expect(room.nextRead(new Map([[alpha.origin, 1]]), emptyVector, 9)).toBeDefined()
  })

  it("begins above a floor, and lacks nothing below it", () => {
    const floors = new Map([[alpha.origin, 3]])
    const room = named()
    expect(room.nextRead(new Map([[alpha.origin, 3]]), floors, 9)).toBeUndefined()
    expect(room.onSynced(eventOf(alpha, 4), floors, true)).toBe(true)
  })

  it("announces what is new only", () => {
    const room = named()
    expect(recordOf(room.newIn(new Map([["a", 1]])))).toEqual({ a: 1 })
    expect(recordOf(room.newIn(new Map([["a", 1], ["b", 2]])))).toEqual({ b: 2 })
    expect(recordOf(room.newFloorsIn(new Map([["a", 1]])))).toEqual({ a: 1 })
    expect(room.newServersIn(["beta"])).toEqual(["beta"])
    expect(room.newServersIn(["beta", "gamma"])).toEqual(["gamma"])
    room.onHave(new Map([["a", 4]]), new Map([["a", 2]]))
    expect([recordOf(room.announced), room.floorOf("a"), room.floorOf("b")]).toEqual([{ a: 4 }, 2, 0])
  })
})

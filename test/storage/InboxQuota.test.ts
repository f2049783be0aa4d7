import { describe, expect, it } from "vitest"
import * as InboxQuota from "../../src/storage/InboxQuota.ts"

describe("a room", () => {
  it("takes what fits in its quota, files on their way counted", () => {
    const room = InboxQuota.make(100)
    room.recount(40)
    expect([room.hold(50), room.hold(20), room.hold(10), room.hold(1)]).toEqual([true, false, true, false])
  })

  it("has what a failed file gives back", () => {
    const room = InboxQuota.make(100)
    room.hold(80)
    room.giveBack(80)
    expect(room.hold(100)).toBe(true)
  })

  it("counts a published file once", () => {
    const room = InboxQuota.make(100)
    room.hold(60)
    room.giveBack(60)
    room.settle(60)
    expect([room.hold(41), room.hold(40)]).toEqual([false, true])
  })

  it("is unbounded without a quota", () => {
    expect(InboxQuota.make().hold(Number.MAX_SAFE_INTEGER)).toBe(true)
  })

  it("tells what is in use when it refuses", () => {
    const room = InboxQuota.make(100)
    room.recount(90)
    expect(room.overQuota("a.bin")).toMatchObject({
      reason: "OverQuota",
      message: expect.stringContaining("100 bytes, of which 90")
    })
  })
})

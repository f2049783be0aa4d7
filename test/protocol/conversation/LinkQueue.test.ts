import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import { LinkQueue } from "../../../src/protocol/conversation/LinkQueue.ts"
import { alpha, eventOf } from "./rooms.ts"

const event = eventOf(alpha, 1)

describe("messages that wait", () => {
  it("are sent in order, and say when the next page may be read", () => {
    const queue = new LinkQueue()
    queue.pushEvent(event)
    queue.push({ t: "ready" })
    expect(queue.isDrained).toBe(false)
    expect(queue.next()?.t).toBe("event")
    expect(queue.isDrained).toBe(true)
    expect(queue.next()).toEqual({ t: "ready" })
    expect(queue.next()).toBeUndefined()
  })

  it("are at most so many events", () => {
    const queue = new LinkQueue()
    for (let n = 0; n < Limits.unsentEvents; n++) queue.pushEvent(event)
    expect([queue.hasRoom, queue.isSlow]).toEqual([false, false])
    queue.push({ t: "ready" })
    expect(queue.isSlow).toBe(true)
    queue.clear()
    expect([queue.hasRoom, queue.isDrained, queue.isSlow]).toEqual([true, true, false])
  })

  it("of a long vector are several", () => {
    const queue = new LinkQueue()
    queue.pushSeen("hall", "beta", new Map(Array.from({ length: Limits.messageOrigins + 1 }, (_, at) => [`${at}`, 1])))
    expect([queue.next()?.t, queue.next()?.t, queue.next()]).toEqual(["seen", "seen", undefined])
  })
})

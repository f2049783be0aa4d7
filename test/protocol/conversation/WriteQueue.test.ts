import { describe, expect, it } from "@effect/vitest"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import { WriteQueue } from "../../../src/protocol/conversation/WriteQueue.ts"
import { alpha, eventOf } from "./rooms.ts"

const event = eventOf(alpha, 1)
const serials = (stored: ReadonlyArray<{ readonly serial: number }>): ReadonlyArray<number> =>
  stored.map(({ serial }) => serial)

describe("events that wait for the disk", () => {
  it("are polled once, and taken when they are synced", () => {
    const queue = new WriteQueue()
    for (let n = 0; n < 3; n++) queue.push(event)
    expect(serials(queue.poll())).toEqual([1, 2, 3])
    expect(queue.poll()).toEqual([])
    queue.push(event)
    expect(serials(queue.synced(2))).toEqual([1, 2])
    expect(serials(queue.poll())).toEqual([4])
    expect(serials(queue.synced(2))).toEqual([])
    expect(serials(queue.synced(4))).toEqual([3, 4])
    expect(serials(queue.synced(4))).toEqual([])
  })

  it("have a limit, beyond which no link is read", () => {
    const queue = new WriteQueue()
    for (let n = 0; n < Limits.unsyncedEvents; n++) {
      expect(queue.isFull).toBe(false)
      queue.push(event)
    }
    expect(queue.isFull).toBe(true)
    queue.synced(1)
    expect(queue.isFull).toBe(false)
  })
})

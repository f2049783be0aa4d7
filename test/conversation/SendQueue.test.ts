import { describe, expect, it } from "vitest"
import * as RoomLimits from "../../src/conversation/RoomLimits.ts"
import { SendQueue } from "../../src/conversation/SendQueue.ts"

/** A queue, and a connection that has room until it is filled. */
const opened = (joins: boolean) => {
  const written: Array<string> = []
  const calls: Array<string> = []
  let hasRoom = true
  const queue = new SendQueue({
    write: (bytes) => {
      written.push(Buffer.from(bytes).toString())
      return hasRoom
    },
    onTaken: () => calls.push(`taken, ${queue.bytes} left`),
    onIdle: () => calls.push("idle")
  }, { delimits: joins })
  return {
    queue,
    written,
    calls,
    push: (text: string) => queue.push(Buffer.from(text)),
    fill: () => void (hasRoom = false),
    drain: () => {
      hasRoom = true
      queue.onDrain()
    }
  }
}

describe("a queue", () => {
  it("writes each message on its own, in the turn of its flush where there is room", () => {
    const { calls, push, queue, written } = opened(false)
    push("one")
    push("two")
    expect([written, queue.bytes, queue.isIdle]).toEqual([[], 6, false])
    queue.flush()
    expect([written, queue.bytes, queue.isIdle]).toEqual([["one", "two"], 0, true])
    expect(calls).toEqual(["taken, 3 left", "taken, 0 left", "idle"])
    queue.flush()
    expect(calls.length).toBe(3)
  })

  it("counts what waits for room, and writes what came meanwhile when there is room again", () => {
    const { calls, drain, fill, push, queue, written } = opened(false)
    fill()
    push("one")
    queue.flush()
    push("two")
    queue.flush()
    expect([written, queue.bytes, queue.isIdle, calls]).toEqual([["one"], 6, false, []])
    drain()
    expect([written, queue.bytes, calls]).toEqual([["one", "two"], 0, ["taken, 3 left", "taken, 0 left", "idle"]])
    queue.onDrain()
    expect(calls.length).toBe(3)
  })

  it("is idle when the last write has been taken", () => {
    const { calls, drain, fill, push, queue } = opened(false)
    fill()
    push("one")
    queue.flush()
    drain()
    expect(calls).toEqual(["taken, 0 left", "idle"])
  })

  it("joins messages whose framing allows it, up to a limit", () => {
    const { push, queue, written } = opened(true)
    const long = "x".repeat(RoomLimits.joinedBytes - 1)
    for (const text of ["a", "b", long, "c", "d"]) push(text)
    queue.flush()
    expect(written.map(({ length }) => length)).toEqual([2, long.length + 1, 1])
    expect(written.join("")).toBe(`ab${long}cd`)
  })

  it("discards what waits when it is ended, and all that follows", () => {
    const { calls, drain, fill, push, queue, written } = opened(false)
    fill()
    push("one")
    push("two")
    queue.flush()
    queue.end()
    push("three")
    drain()
    queue.flush()
    expect([written, queue.bytes, queue.isIdle, calls]).toEqual([["one"], 0, true, []])
  })
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RoomLimits from "../../src/conversation/RoomLimits.ts"
import { SendQueue } from "../../src/conversation/SendQueue.ts"

/** A queue whose writes wait until `open`. */
const opened = (joins: boolean) => {
  const written: Array<string> = []
  const calls: Array<string> = []
  const latch = Effect.unsafeMakeLatch(true)
  let isOpen = true
  const room = {
    unsafeOpen: () => {
      isOpen = true
      latch.unsafeOpen()
    },
    unsafeClose: () => {
      isOpen = false
      latch.unsafeClose()
    }
  }
  let fails = false
  const queue = new SendQueue({
    joins,
    fork: (effect) => Effect.runFork(effect),
    write: (bytes) =>
      Effect.zipRight(
        Effect.suspend(() => isOpen ? Effect.void : latch.await),
        Effect.suspend(() => {
          if (fails) return Effect.fail("closed")
          written.push(Buffer.from(bytes).toString())
          return Effect.void
        })
      ),
    onTaken: () => calls.push(`taken, ${queue.bytes} left`),
    onIdle: () => calls.push("idle")
  })
  const push = (text: string) => queue.push(Buffer.from(text))
  return { queue, written, calls, room, push, fail: () => void (fails = true) }
}

const turn = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

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

  it.effect("counts what waits for room, and writes it when there is, with what came meanwhile", () =>
    Effect.gen(function*() {
      const { calls, push, queue, room, written } = opened(false)
      room.unsafeClose()
      push("one")
      queue.flush()
      push("two")
      queue.flush()
      expect([written, queue.bytes, queue.isIdle]).toEqual([[], 6, false])
      room.unsafeOpen()
      yield* turn
      expect([written, queue.bytes, calls.at(-1)]).toEqual([["one", "two"], 0, "idle"])
    }))

  it("joins messages whose framing allows it, up to a limit", () => {
    const { push, queue, written } = opened(true)
    const long = "x".repeat(RoomLimits.joinedBytes - 1)
    for (const text of ["a", "b", long, "c", "d"]) push(text)
    queue.flush()
    expect(written.map(({ length }) => length)).toEqual([2, long.length + 1, 1])
    expect(written.join("")).toBe(`ab${long}cd`)
  })

  it.effect("discards what waits when it is ended, and after a write has failed", () =>
    Effect.gen(function*() {
      const ended = opened(false)
      ended.room.unsafeClose()
      ended.push("one")
      ended.push("two")
      ended.queue.flush()
      ended.queue.end()
      ended.push("three")
      ended.room.unsafeOpen()
      yield* turn
      expect([ended.written, ended.queue.bytes, ended.queue.isIdle]).toEqual([["one"], 0, true])
      const broken = opened(false)
      broken.fail()
      broken.push("one")
      broken.push("two")
      broken.queue.flush()
      expect([broken.written, broken.queue.bytes, broken.calls]).toEqual([[], 0, ["idle"]])
    }))
})

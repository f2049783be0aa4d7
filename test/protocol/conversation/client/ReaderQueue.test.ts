import { describe, expect, it } from "vitest"
import * as Limits from "../../../../src/protocol/conversation/client/ClientLimits.ts"
import { encoded } from "../../../../src/protocol/conversation/client/EncodedMessage.ts"
import { ReaderQueue } from "../../../../src/protocol/conversation/client/ReaderQueue.ts"

describe("the queue of a reader", () => {
  it("gives messages in their order, and takes none beyond its bytes", () => {
    const queue = new ReaderQueue()
    const [short, long] = [encoded({ t: "live", room: "a" }), encoded({ t: "goodbye", reason: "x".repeat(60_000) })]
    expect([queue.push(short), queue.push(long), queue.push(long), queue.push(long), queue.push(long)]).toEqual([
      true,
      true,
      true,
      true,
      true
    ])
    expect([queue.push(long), queue.bytes > Limits.unsentBytes - 60_000]).toEqual([false, true])
    expect([queue.shift(), queue.shift()]).toEqual([short, long])
    expect(queue.push(long)).toBe(true)
    while (queue.shift() !== undefined);
    expect(queue.bytes).toBe(0)
    queue.push(short)
    queue.clear()
    expect([queue.bytes, queue.shift()]).toEqual([0, undefined])
  })
})

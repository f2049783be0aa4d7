import { describe, expect, it } from "vitest"
import * as NetLimits from "../../../src/net/NetLimits.ts"
import { RunBuffers } from "../../../src/node/net/RunBuffers.ts"

const sizes = { large: 64 * 1024, most: 2 }

describe("buffers to send from", () => {
  it("are used again, at most as many as are kept", () => {
    const buffers = new RunBuffers(sizes.most, sizes.large)
    const taken = [buffers.take(), buffers.take(), buffers.take()]
    expect(new Set(taken).size).toBe(3)
    for (const buffer of taken) buffer.giveBack()
    expect([buffers.take(), buffers.take()]).toEqual([taken[1], taken[0]])
    expect(taken).not.toContain(buffers.take())
  })

  it("of a short run are small while it is sent, and the large one is free at once", () => {
    const buffers = new RunBuffers(sizes.most, sizes.large)
    const large = buffers.take()
    large.bytes.set([1, 2, 3])
    const small = large.fitted(3)
    expect([small.bytes.length, ...small.bytes.subarray(0, 3)]).toEqual([NetLimits.datagramBytes, 1, 2, 3])
    expect(buffers.take()).toBe(large)
    expect(large.fitted(NetLimits.datagramBytes + 1)).toBe(large)
    expect(small.fitted(3)).toBe(small)
    small.giveBack()
  })

  it("report the outcome of a send to the socket that has sent them last", () => {
    const buffer = new RunBuffers(sizes.most, sizes.large).take()
    const outcomes: Array<unknown> = []
    for (const name of ["one", "two"]) buffer.onSent = (_run, cause, bytes) => outcomes.push([name, cause, bytes])
    buffer.sent(null, 7)
    expect(outcomes).toEqual([["two", null, 7]])
  })
})

import { describe, expect, it } from "vitest"
import { PendingBytes } from "../../../src/protocol/framing/PendingBytes.ts"

describe("pending bytes", () => {
  it("are joined, and taken once", () => {
    const pending = new PendingBytes()
    pending.append(Uint8Array.of(1, 2))
    pending.append(Uint8Array.of(3))
    expect([pending.length, [...pending.all()], [...pending.last(2)], [...pending.last(9)]]).toEqual([
      3,
      [1, 2, 3],
      [2, 3],
      [1, 2, 3]
    ])
    expect([...pending.takeWith(Uint8Array.of(4))]).toEqual([1, 2, 3, 4])
    expect([pending.length, [...pending.take()]]).toEqual([0, []])
  })

  it("are no copy where nothing was collected", () => {
    const bytes = Uint8Array.of(1)
    expect(new PendingBytes().takeWith(bytes)).toBe(bytes)
  })

  it("are not changed after they were taken", () => {
    const pending = new PendingBytes()
    pending.append(Uint8Array.of(1))
    const taken = pending.take()
    pending.append(Uint8Array.of(2))
    expect([...taken]).toEqual([1])
  })

  it("keep at most twice their length, and no read that a piece came in", () => {
    const pending = new PendingBytes()
    const read = new Uint8Array(65_536)
    for (let at = 0; at < 1000; at++) pending.append(read.subarray(at, at + 1))
    expect(pending.all().buffer.byteLength).toBeLessThanOrEqual(2000)
  })
})

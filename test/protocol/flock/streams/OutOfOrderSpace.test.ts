import { describe, expect, it } from "vitest"
import { OutOfOrderSpace } from "../../../../src/protocol/flock/streams/OutOfOrderSpace.ts"

describe("the space for out-of-order pieces", () => {
  it("counts 256 bytes more for each piece, and follows the session's window", () => {
    const window = { windowBytes: 800 }
    const space = new OutOfOrderSpace(window)
    expect([space.hasRoomFor(744), space.hasRoomFor(745)]).toEqual([true, false])
    space.take(500)
    expect(space.hasRoomFor(0)).toBe(false)
    window.windowBytes = 1600
    expect(space.hasRoomFor(988)).toBe(true)
    space.give(500)
    expect(space.hasRoomFor(1744)).toBe(true)
  })

  it("holds a window of full packets", () => {
    const space = new OutOfOrderSpace({ windowBytes: 1_000_000 })
    for (let bytes = 0; bytes + 1172 <= 1_000_000; bytes += 1172) {
      expect(space.hasRoomFor(1172)).toBe(true)
      space.take(1172)
    }
  })
})

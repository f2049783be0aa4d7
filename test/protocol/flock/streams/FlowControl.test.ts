import { describe, expect, it } from "vitest"
import { FlowControl } from "../../../../src/protocol/flock/streams/FlowControl.ts"

describe("a flow control window", () => {
  it("slides after a quarter of it was read, and never back", () => {
    const window = new FlowControl(1000, 8000)
    expect([window.limitBytes, window.isUpdateDue(249), window.isUpdateDue(250)]).toEqual([1000, false, true])
    expect(window.raise(500, 10, 0)).toBe(1500)
    expect([window.isUpdateDue(749), window.isUpdateDue(750)]).toEqual([false, true])
    expect([window.raise(0, 10, 100), window.limitBytes]).toEqual([1500, 1500])
  })

  it("doubles while a quarter of it is read within a round trip, up to its bound", () => {
    const window = new FlowControl(1000, 3000)
    window.raise(500, 10, 0)
    window.raise(1000, 10, 10)
    expect(window.windowBytes).toBe(1000)
    expect([window.raise(1500, 10, 19), window.windowBytes]).toEqual([3500, 2000])
    window.raise(2500, 10, 20)
    expect([window.raise(4000, 10, 21), window.windowBytes]).toEqual([7000, 3000])
  })
})

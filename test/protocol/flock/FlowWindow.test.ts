import { describe, expect, it } from "vitest"
import { FlowWindow } from "../../../src/protocol/flock/FlowWindow.ts"

describe("a flow window", () => {
  it("slides with the reader once half of it was read, and never back", () => {
    const window = new FlowWindow(1000, 8000)
    expect([window.limitBytes, window.isStale(499), window.isStale(500)]).toEqual([1000, false, true])
    expect(window.raise(500, 10, 0)).toBe(1500)
    expect([window.isStale(999), window.isStale(1000)]).toEqual([false, true])
    expect([window.raise(0, 10, 100), window.limitBytes]).toEqual([1500, 1500])
  })

  it("doubles while a half of it goes within two round trips, up to its bound", () => {
    const window = new FlowWindow(1000, 3000)
    window.raise(500, 10, 0)
    window.raise(1000, 10, 20)
    expect(window.windowBytes).toBe(1000)
    expect([window.raise(1500, 10, 39), window.windowBytes]).toEqual([3500, 2000])
    window.raise(2500, 10, 40)
    expect([window.raise(4000, 10, 41), window.windowBytes]).toEqual([7000, 3000])
  })
})

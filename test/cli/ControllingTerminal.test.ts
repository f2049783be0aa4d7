import { describe, expect, it } from "vitest"
import { hasGone } from "../../src/cli/ControllingTerminal.ts"

const failed = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })

describe("a terminal", () => {
  it("has gone when a write to it fails with EIO", () => {
    expect(hasGone({ isTTY: true }, failed("EIO"))).toBe(true)
  })

  it("has not gone with a pipe whose reader has exited, and a failed disk is none", () => {
    expect(hasGone({ isTTY: true }, failed("EPIPE"))).toBe(false)
    expect(hasGone({ isTTY: false }, failed("EIO"))).toBe(false)
  })
})

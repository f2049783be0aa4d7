import { describe, expect, it } from "vitest"
import { millisOf } from "../../src/protocol/DurationText.ts"

describe("a duration", () => {
  it.each([
    ["60", 60_000],
    ["60s", 60_000],
    [" 1.5 s ", 1500],
    ["500ms", 500],
    ["5m", 300_000],
    ["5 min", 300_000],
    ["1h", 3_600_000],
    ["7d", 604_800_000],
    ["0", 0]
  ])("of %j has %d ms", (text, millis) => {
    expect(millisOf(text)).toBe(millis)
  })

  it.each(["", "s", "-1", "1w", "5 m 3 s", "1e3", "9999999999", "1.2345s"])("is not %j", (text) => {
    expect(millisOf(text)).toBeUndefined()
  })
})

import { expect, it } from "vitest"
import { dropped } from "../../../src/cli/report/Dropped.ts"

it("says of what was dropped how much and why, and nothing of nothing", () => {
  expect(dropped("h:1", { malformed: 1, damaged: 0, ahead: 0, stray: 0, unexpected: 0, copies: 2 })).toBe(
    "dropped 3 datagrams of h:1: 1 malformed, 2 late copies"
  )
  expect(dropped("h:1", { malformed: 0, stale: 1, unexpected: 0 })).toBe("dropped 1 datagram of h:1: 1 late answer")
  expect(dropped("h:1", { damaged: 1, duplicates: 1 })).toBe("dropped 2 datagrams of h:1: 1 damaged, 1 duplicate")
  expect(dropped("h:1", { malformed: 0, stale: 0, unexpected: 0 })).toBeUndefined()
})

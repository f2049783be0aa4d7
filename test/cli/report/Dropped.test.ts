import { expect, it } from "vitest"
import { dropped, ofServer } from "../../../src/cli/report/Dropped.ts"

it("says of what was dropped how much and why, and nothing of nothing", () => {
  expect(dropped("h:1", { malformed: 1, damaged: 0, ahead: 0, stray: 0, unexpected: 0, copies: 2 })).toBe(
    "dropped 3 datagrams of h:1: 1 malformed, 2 late copies"
  )
  expect(dropped("h:1", { malformed: 0, stale: 1, unexpected: 0 })).toBe("dropped 1 datagram of h:1: 1 late answer")
  expect(dropped("h:1", { damaged: 1, duplicates: 1 })).toBe("dropped 2 datagrams of h:1: 1 damaged, 1 duplicate")
  expect(dropped("h:1", { malformed: 0, stale: 0, unexpected: 0 })).toBeUndefined()
})

it("says of a server at which rate, and names a reason without words", () => {
  const event = { type: "dropped", wire: "flock", durationMillis: 10_000 } as const
  expect(ofServer({ ...event, total: 500_004, reasons: { malformed: 500_000, otherWire: 3, novel: 1 } })).toBe(
    "dropped or refused 500004 datagrams in 10 s (50000 a second): 500000 malformed, 3 of the other wire, 1 novel"
  )
  expect(ofServer({ ...event, durationMillis: 0, total: 1, reasons: { strays: 1 } })).toMatch(/: 1 of an unknown peer$/)
  expect(ofServer({ ...event, total: 1, reasons: { strays: 1 } })).toBe(
    "dropped or refused 1 datagram in 10 s: 1 of an unknown peer"
  )
})

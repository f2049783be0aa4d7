import { describe, expect, it } from "vitest"
import { ServerBudget } from "../../../../src/protocol/flock/streams/ServerBudget.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

describe("the budget of a server", () => {
  it("is full at first: credit for windows, and places of streams that peers reset", () => {
    const budget = new ServerBudget()
    expect(budget.credit.freeBytes).toBe(Limits.receiveCreditBytes)
    for (let count = 0; count < Limits.serverResets; count++) expect(budget.resets.take(0)).toBe(true)
    expect([budget.resets.take(0), budget.resets.readyAt(0)]).toEqual([false, 1000 / Limits.serverResetsPerSecond])
  })
})

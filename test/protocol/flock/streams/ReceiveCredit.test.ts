import { describe, expect, it } from "vitest"
import { ReceiveCredit } from "../../../../src/protocol/flock/streams/ReceiveCredit.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

describe("the receive credit of a server", () => {
  it("gives the first sessions a large window, later ones less, and each the least", () => {
    const credit = new ReceiveCredit()
    const windows = Array.from({ length: Limits.sessions }, () => credit.takeFirst())
    expect(windows.slice(0, 2)).toEqual([Limits.firstSessionWindowBytes, Limits.firstSessionWindowBytes])
    expect(windows).toEqual(windows.toSorted((one, other) => other - one))
    expect(windows.at(-1)).toBe(Limits.leastSessionWindowBytes)
    const total = windows.reduce((sum, bytes) => sum + bytes, 0)
    expect([total <= 2 * Limits.receiveCreditBytes, credit.freeBytes]).toEqual([
      true,
      Limits.receiveCreditBytes - total
    ])
    for (const bytes of windows) credit.give(bytes)
    expect(credit.freeBytes).toBe(Limits.receiveCreditBytes)
  })

  it("lets windows grow while half of it stays free", () => {
    const credit = new ReceiveCredit(1000)
    expect([credit.grow(400), credit.grow(101), credit.grow(100), credit.freeBytes]).toEqual([true, false, true, 500])
    credit.give(400)
    expect(credit.grow(400)).toBe(true)
  })
})

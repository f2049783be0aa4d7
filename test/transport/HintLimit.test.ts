import { describe, expect, it } from "vitest"
import { HintLimit } from "../../src/transport/HintLimit.ts"
import * as TransportLimits from "../../src/transport/TransportLimits.ts"

const source = (port: number) => ({ host: "192.0.2.1", port })

describe("a limit of hints", () => {
  it("permits one hint for a source, and another after its time", () => {
    const limit = new HintLimit()
    expect([limit.takes(source(1), 0), limit.takes(source(1), 1), limit.takes(source(2), 1)]).toEqual([
      true,
      false,
      true
    ])
    expect(limit.takes(source(1), TransportLimits.hintMillis)).toBe(true)
  })

  it("permits a bounded number in that time, for all sources together", () => {
    const limit = new HintLimit()
    const permitted = Array.from({ length: 2 * TransportLimits.hintSources }, (_, port) => limit.takes(source(port), 5))
    expect(permitted.filter(Boolean).length).toBe(TransportLimits.hintSources)
    expect(limit.takes(source(60_000), 5 + TransportLimits.hintMillis)).toBe(true)
  })
})

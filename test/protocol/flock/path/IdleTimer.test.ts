import { describe, expect, it } from "@effect/vitest"
import { IdleTimer } from "../../../../src/protocol/flock/path/IdleTimer.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

describe("a session", () => {
  it("expires after its idle timeout, not before (R15)", () => {
    const timer = new IdleTimer(30_000, false, 100)
    expect([timer.expiresAt, timer.hasExpired(30_099), timer.hasExpired(30_100)]).toEqual([30_100, false, true])
  })

  it("does not expire while packets arrive", () => {
    const timer = new IdleTimer(30_000, false, 0)
    timer.onReceived(29_999)
    expect([timer.expiresAt, timer.hasExpired(30_000)]).toEqual([59_999, false])
  })

  it("is not prolonged by sending", () => {
    const timer = new IdleTimer(30_000, true, 0)
    timer.onSent(29_999)
    expect(timer.hasExpired(30_000)).toBe(true)
  })

  it("does not count the time for which this program was suspended, and a second more (S17, K4)", () => {
    const timer = new IdleTimer(30_000, false, 0)
    timer.onStall(40_000)
    const expiresAt = 70_000 + Limits.stallMillis
    expect([timer.expiresAt, timer.hasExpired(expiresAt - 1), timer.hasExpired(expiresAt)]).toEqual([
      expiresAt,
      false,
      true
    ])
  })

  it("continues when a waiting packet of the peer is read (S17)", () => {
    const timer = new IdleTimer(30_000, false, 0)
    timer.onStall(3_600_000)
    timer.onReceived(3_600_000)
    expect(timer.expiresAt).toBe(3_630_000)
  })
})

describe("a keep-alive", () => {
  it("is due a third of the idle timeout after the last packet sent or received", () => {
    const timer = new IdleTimer(30_000, true, 0)
    expect(timer.keepAliveAt).toBe(10_000)
    timer.onReceived(4000)
    expect(timer.keepAliveAt).toBe(14_000)
    timer.onSent(6000)
    expect(timer.keepAliveAt).toBe(16_000)
  })

  it("is not due where the peer keeps the session alive", () => {
    expect(new IdleTimer(30_000, false, 0).keepAliveAt).toBe(Infinity)
  })
})

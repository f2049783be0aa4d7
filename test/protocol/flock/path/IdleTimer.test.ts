import { describe, expect, it } from "@effect/vitest"
import { IdleTimer } from "../../../../src/protocol/flock/path/IdleTimer.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

describe("a session", () => {
  it("is lost after its time of silence, not before (R15)", () => {
    const idle = new IdleTimer(30_000, false, 100)
    expect([idle.expiresAt, idle.hasExpired(30_099), idle.hasExpired(30_100)]).toEqual([30_100, false, true])
  })

  it("is not lost while the peer is heard", () => {
    const idle = new IdleTimer(30_000, false, 0)
    idle.onReceived(29_999)
    expect([idle.expiresAt, idle.hasExpired(30_000)]).toEqual([59_999, false])
  })

  it("is not kept by what is sent alone", () => {
    const idle = new IdleTimer(30_000, true, 0)
    idle.onSent(29_999)
    expect(idle.hasExpired(30_000)).toBe(true)
  })

  it("has to hear nothing for another second when this program itself stood still (S17)", () => {
    const idle = new IdleTimer(30_000, false, 0)
    const late = 30_000 + Limits.stallMillis
    expect(idle.hasExpired(late)).toBe(false)
    expect([idle.expiresAt, idle.hasExpired(late + 999), idle.hasExpired(late + 1000)]).toEqual([
      late + 1000,
      false,
      true
    ])
  })

  it("goes on as ever when what waited was from the peer (S17)", () => {
    const idle = new IdleTimer(30_000, false, 0)
    expect(idle.hasExpired(3_600_000)).toBe(false)
    idle.onReceived(3_600_000)
    expect(idle.expiresAt).toBe(3_630_000)
  })
})

describe("a keep-alive", () => {
  it("is due after a third of the time, from what was last sent or heard", () => {
    const idle = new IdleTimer(30_000, true, 0)
    expect(idle.keepAliveAt).toBe(10_000)
    idle.onReceived(4000)
    expect(idle.keepAliveAt).toBe(14_000)
    idle.onSent(6000)
    expect(idle.keepAliveAt).toBe(16_000)
  })

  it("is not due where the other side keeps the session", () => {
    expect(new IdleTimer(30_000, false, 0).keepAliveAt).toBe(Infinity)
  })
})

import { describe, expect, it } from "vitest"
import { PeerTimer } from "../../../src/protocol/classic/PeerTimer.ts"
import * as Timing from "../../../src/transport/Timing.ts"

describe("a peer", () => {
  it("is remembered for 20 s of silence while idle, and for 45 s in the middle of a message", () => {
    const presence = new PeerTimer(Timing.classic, 1000)
    expect([presence.idleDeadline, presence.unfinishedDeadline]).toEqual([21_000, 46_000])
  })

  it("is lost after 20 s, and after a message remembered for 45 s even so", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.onMessageFinished(100)
    expect([presence.idleDeadline, presence.onIdleTimeout()]).toEqual([20_100, true])
    expect([presence.idleDeadline, presence.onIdleTimeout()]).toEqual([45_100, false])
  })

  it("is lost once more after it was heard again", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.onMessageFinished(0)
    presence.onIdleTimeout()
    presence.restart(30_000)
    expect([presence.idleDeadline, presence.onIdleTimeout(), presence.idleDeadline]).toEqual([50_000, true, 75_000])
  })

  it("is forgotten when it is lost, if it has the last answer, had no message, or said goodbye", () => {
    const asking = new PeerTimer(Timing.classic, 0)
    asking.onMessageFinished(0)
    asking.onKeepAlive(4000)
    const ended = new PeerTimer(Timing.classic, 0)
    ended.onMessageFinished(0)
    ended.linger(3000)
    expect([asking, new PeerTimer(Timing.classic, 0), ended].map((presence) => presence.onIdleTimeout())).toEqual([
      false,
      false,
      false
    ])
  })

  it("may lack the last answer as long as it repeats or asks within 3 s, as a sender does", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.onMessageFinished(100)
    expect([presence.onKeepAlive(3099), presence.onKeepAlive(6098)]).toEqual([true, true])
    presence.onRepeat(9000)
    expect([presence.onKeepAlive(11_999), presence.onKeepAlive(14_999), presence.onKeepAlive(15_000)]).toEqual([
      true,
      false,
      false
    ])
  })

  it("that asks 5 s after its message, or does something new, has it", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.onMessageFinished(0)
    expect(presence.onKeepAlive(3000)).toBe(false)
    presence.onMessageFinished(4000)
    presence.onMessageBegun()
    expect(presence.onKeepAlive(4001)).toBe(false)
  })

  it("is remembered after its end for as long as copies may come, and does not linger longer for a second end", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.linger(3000)
    presence.linger(9000)
    expect([presence.isLingering, presence.idleDeadline]).toEqual([true, 3000])
    presence.onMessageBegun()
    expect([presence.isLingering, presence.idleDeadline]).toEqual([false, 20_000])
  })

  it("is not held to be silent for the time in which the program stood still", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    expect(presence.onTimeout(20_000, 80_000)).toBe(61_000)
    expect(presence.idleDeadline).toBe(81_000)
  })
})

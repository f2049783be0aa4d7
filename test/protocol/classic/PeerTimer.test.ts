import { describe, expect, it } from "vitest"
import { PeerTimer } from "../../../src/protocol/classic/PeerTimer.ts"
import * as Timing from "../../../src/transport/Timing.ts"

describe("a peer", () => {
  it("is remembered for 20 s of silence while idle, and for 45 s in the middle of a message", () => {
    const presence = new PeerTimer(Timing.classic, 1000)
    expect([presence.idleUntil, presence.unfinishedUntil]).toEqual([21_000, 46_000])
  })

  it("is lost after 20 s, and after a message remembered for 45 s even so", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.finish(100)
    expect([presence.idleUntil, presence.lose()]).toEqual([20_100, true])
    expect([presence.idleUntil, presence.lose()]).toEqual([45_100, false])
  })

  it("is lost once more after it was heard again", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.finish(0)
    presence.lose()
    presence.heard(30_000)
    expect([presence.idleUntil, presence.lose(), presence.idleUntil]).toEqual([50_000, true, 75_000])
  })

  it("is forgotten when it is lost, if it has the last answer, had no message, or said goodbye", () => {
    const asking = new PeerTimer(Timing.classic, 0)
    asking.finish(0)
    asking.asks(4000)
    const ended = new PeerTimer(Timing.classic, 0)
    ended.finish(0)
    ended.end(3000)
    expect([asking, new PeerTimer(Timing.classic, 0), ended].map((presence) => presence.lose())).toEqual([
      false,
      false,
      false
    ])
  })

  it("may lack the last answer as long as it repeats or asks within 3 s, as a sender does", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.finish(100)
    expect([presence.asks(3099), presence.asks(6098)]).toEqual([true, true])
    presence.repeats(9000)
    expect([presence.asks(11_999), presence.asks(14_999), presence.asks(15_000)]).toEqual([true, false, false])
  })

  it("that asks 5 s after its message, or does something new, has it", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.finish(0)
    expect(presence.asks(3000)).toBe(false)
    presence.finish(4000)
    presence.goOn()
    expect(presence.asks(4001)).toBe(false)
  })

  it("is remembered after its end for as long as copies may come, and does not linger longer for a second end", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    presence.end(3000)
    presence.end(9000)
    expect([presence.isLingering, presence.idleUntil]).toEqual([true, 3000])
    presence.goOn()
    expect([presence.isLingering, presence.idleUntil]).toEqual([false, 20_000])
  })

  it("is not held to be silent for the time in which the program stood still", () => {
    const presence = new PeerTimer(Timing.classic, 0)
    expect(presence.fired(20_000, 80_000)).toBe(61_000)
    expect(presence.idleUntil).toBe(81_000)
  })
})

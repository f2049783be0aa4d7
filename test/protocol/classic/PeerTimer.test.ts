import { describe, expect, it } from "vitest"
import { PeerTimer } from "../../../src/protocol/classic/PeerTimer.ts"
import * as Timing from "../../../src/transport/Timing.ts"

describe("a peer", () => {
  it("is kept for 20 s without frames between messages, and for 45 s in the middle of a message", () => {
    const peerTimer = new PeerTimer(Timing.classic, 1000)
    expect([peerTimer.idleDeadline, peerTimer.unfinishedDeadline]).toEqual([21_000, 46_000])
  })

  it("is lost after 20 s, and kept for 45 s after a message", () => {
    const peerTimer = new PeerTimer(Timing.classic, 0)
    peerTimer.onMessageFinished(100)
    expect([peerTimer.idleDeadline, peerTimer.onIdleTimeout()]).toEqual([20_100, true])
    expect([peerTimer.idleDeadline, peerTimer.onIdleTimeout()]).toEqual([45_100, false])
  })

  it("is lost again after it sent another frame", () => {
    const peerTimer = new PeerTimer(Timing.classic, 0)
    peerTimer.onMessageFinished(0)
    peerTimer.onIdleTimeout()
    peerTimer.restart(30_000)
    expect([peerTimer.idleDeadline, peerTimer.onIdleTimeout(), peerTimer.idleDeadline]).toEqual([50_000, true, 75_000])
  })

  it("is removed when it is lost, if it has the last ACK, had no message, or sent FIN", () => {
    const probing = new PeerTimer(Timing.classic, 0)
    probing.onMessageFinished(0)
    probing.onKeepAlive(4000)
    const ended = new PeerTimer(Timing.classic, 0)
    ended.onMessageFinished(0)
    ended.linger(3000)
    expect([probing, new PeerTimer(Timing.classic, 0), ended].map((peerTimer) => peerTimer.onIdleTimeout())).toEqual([
      false,
      false,
      false
    ])
  })

  it("may lack the last ACK while it retransmits or probes within 3 s, as a sender does", () => {
    const peerTimer = new PeerTimer(Timing.classic, 0)
    peerTimer.onMessageFinished(100)
    expect([peerTimer.onKeepAlive(3099), peerTimer.onKeepAlive(6098)]).toEqual([true, true])
    peerTimer.onRepeat(9000)
    expect([peerTimer.onKeepAlive(11_999), peerTimer.onKeepAlive(14_999), peerTimer.onKeepAlive(15_000)]).toEqual([
      true,
      false,
      false
    ])
  })

  it("has the last ACK when it sends a KPA 5 s after its message, or begins a message", () => {
    const peerTimer = new PeerTimer(Timing.classic, 0)
    peerTimer.onMessageFinished(0)
    expect(peerTimer.onKeepAlive(3000)).toBe(false)
    peerTimer.onMessageFinished(4000)
    peerTimer.onMessageBegun()
    expect(peerTimer.onKeepAlive(4001)).toBe(false)
  })

  it("is kept after its end while copies may arrive, and not longer for a second end", () => {
    const peerTimer = new PeerTimer(Timing.classic, 0)
    peerTimer.linger(3000)
    peerTimer.linger(9000)
    expect([peerTimer.isLingering, peerTimer.idleDeadline]).toEqual([true, 3000])
    peerTimer.onMessageBegun()
    expect([peerTimer.isLingering, peerTimer.idleDeadline]).toEqual([false, 20_000])
  })

  it("is not idle while the program did not run", () => {
    const peerTimer = new PeerTimer(Timing.classic, 0)
    expect(peerTimer.onTimeout(20_000, 80_000)).toBe(61_000)
    expect(peerTimer.idleDeadline).toBe(81_000)
  })
})

import { describe, expect, it } from "vitest"
import { Probe } from "../../../src/protocol/classic/Probe.ts"
import * as Timing from "../../../src/transport/Timing.ts"

/** A probed message. The last answer before the probe was to a frame that was first sent at `knownAt`. */
const probed = (knownAt: number): Probe => {
  const probe = new Probe(Timing.classic)
  probe.beginMessage()
  probe.onAnswer(knownAt, knownAt)
  probe.start()
  return probe
}

describe("an ACK(0)", () => {
  it("proves that the message has arrived after a probe", () => {
    expect(probed(1000).onKeepAliveAck(1500)).toBe(true)
  })

  it("proves nothing before a probe", () => {
    const probe = new Probe(Timing.classic)
    probe.beginMessage()
    expect([probe.isActive, probe.onKeepAliveAck(10)]).toEqual([false, false])
    probe.start()
    expect(probe.isActive).toBe(true)
  })

  it("proves nothing when the receiver answered no frame of this message for 20 s, because it may have removed its state", () => {
    expect([probed(1000).onKeepAliveAck(20_999), probed(1000).onKeepAliveAck(21_000)]).toEqual([true, false])
  })

  it("proves nothing for the next message, which was not probed", () => {
    const probe = probed(0)
    probe.endMessage()
    probe.beginMessage()
    expect([probe.isActive, probe.onKeepAliveAck(100)]).toEqual([false, false])
  })

  it("proves nothing for the next message when it is a copy of an accepted one", () => {
    const copyCounts = (at: number): boolean => {
      const probe = probed(0)
      probe.onKeepAliveSent(1000)
      probe.onKeepAliveAck(3500)
      probe.beginMessage()
      probe.onAnswer(3500, 3500)
      probe.start()
      return probe.onKeepAliveAck(at)
    }
    expect([copyCounts(5499), copyCounts(5500)]).toEqual([false, true])
  })

  it("proves nothing when the receiver answered no frame of this message", () => {
    const probe = new Probe(Timing.classic)
    probe.beginMessage()
    probe.start()
    expect(probe.onKeepAliveAck(0)).toBe(false)
  })
})

describe("a KPA before the message", () => {
  /** The KPA was sent at 0, the message begins at 500; `next` happens before the probe at 600. */
  const begun = (next: (probe: Probe) => void): Probe => {
    const probe = new Probe(Timing.classic)
    probe.onKeepAliveSent(0)
    probe.beginMessage()
    next(probe)
    probe.start()
    return probe
  }

  it("may be late, and so may its answer: 4 s", () => {
    const answers = (now: number): boolean =>
      begun((probe) => {
        probe.onKeepAliveAck(0)
        probe.onAnswer(500, 500)
      }).onKeepAliveAck(now)
    expect([answers(3999), answers(4000)]).toEqual([false, true])
  })

  it("may be answered a second time for 2 s after its answer", () => {
    const answers = (now: number): boolean =>
      begun((probe) => {
        probe.onAnswer(500, 500)
        probe.onKeepAliveAck(3000)
      }).onKeepAliveAck(now)
    expect([answers(4999), answers(5000)]).toEqual([false, true])
  })

  it("may be answered until 2 s after the ACK of the announcement, for any stall of the receiver", () => {
    const answers = (now: number): boolean => begun((probe) => probe.onAnswer(500, 9000)).onKeepAliveAck(now)
    expect([answers(10_999), answers(11_000)]).toEqual([false, true])
  })

  it("has no effect when it was answered before", () => {
    const probe = new Probe(Timing.classic)
    probe.onKeepAliveSent(0)
    probe.onKeepAliveAck(100)
    probe.beginMessage()
    probe.onAnswer(5000, 9000)
    probe.start()
    expect(probe.onKeepAliveAck(9001)).toBe(true)
  })
})

import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { InFlight } from "../../../src/protocol/classic/InFlight.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import { announcement, answerOf, datOf, sent, timeOut, transmit } from "./flight.ts"

const { ack, dat, nack } = Frame.Kind

describe("nothing in flight", () => {
  const empty = new InFlight(Timing.classic)

  it("has no frame to send, no timeout and no answer", () => {
    expect([empty.isEmpty, empty.isLast, empty.kind, empty.timeoutAt]).toEqual([true, false, undefined, Infinity])
    expect([transmit(empty, 0), empty.isAnsweredBy(answerOf(datOf(3)), 0)]).toEqual([undefined, false])
  })

  it("has no retransmission and no round trip", () => {
    const unused = new InFlight(Timing.classic)
    unused.retransmitOnTimeout()
    unused.retransmitOnNack()
    unused.onAnswer(40, true)
    expect([transmit(unused, 50), unused.roundTripMillis, unused.timeoutAt]).toEqual([undefined, undefined, Infinity])
  })

  it("is the state after clear", () => {
    const inFlight = sent()
    inFlight.clear()
    expect([inFlight.isEmpty, inFlight.timeoutAt, inFlight.firstSentAt, transmit(inFlight, 5)]).toEqual([
      true,
      Infinity,
      Infinity,
      undefined
    ])
  })
})

describe("a frame in flight", () => {
  it("is sent once", () => {
    const inFlight = new InFlight(Timing.classic)
    inFlight.start(datOf(3))
    expect(transmit(inFlight, 7)).toMatchObject({ sequenceNumber: 3, fragmentCount: 9, fragmentSize: 17, kind: dat })
    expect([transmit(inFlight, 8), inFlight.firstSentAt]).toEqual([undefined, 7])
  })

  it("has its timeout from the time of its transmission", () => {
    const inFlight = new InFlight(Timing.classic)
    inFlight.start(datOf(3))
    expect(inFlight.timeoutAt).toBe(Infinity)
    transmit(inFlight, 250)
    expect(inFlight.timeoutAt).toBe(1250)
  })

  it("replaces the frame before and its timer", () => {
    const inFlight = sent(datOf(3))
    inFlight.start(datOf(4))
    expect([inFlight.timeoutAt, inFlight.isAnsweredBy(answerOf(datOf(3)), 0)]).toEqual([Infinity, false])
    expect(transmit(inFlight, 1)?.sequenceNumber).toBe(4)
  })

  it("is the last one when it is a DAT whose number is the count", () => {
    expect([sent(datOf(9)).isLast, sent(datOf(8)).isLast]).toEqual([true, false])
    expect(sent({ ...announcement, sequenceNumber: 9 }).isLast).toBe(false)
  })
})

describe("an answer", () => {
  it("is an ACK or a NACK with the same header", () => {
    expect([ack, nack].map((kind) => sent().isAnsweredBy(answerOf(datOf(3), kind), 0))).toEqual([true, true])
  })

  it.each([
    ["sequence number", { ...datOf(2) }],
    ["count", datOf(3, 8)],
    ["fragment_size", { ...datOf(3), fragmentSize: 4 }]
  ])("is not one with another %s", (_, other) => {
    expect(sent().isAnsweredBy(answerOf(other), 0)).toBe(false)
  })

  it("is not accepted for a frame that was not sent yet", () => {
    const inFlight = new InFlight(Timing.classic)
    inFlight.start(datOf(3))
    expect(inFlight.isAnsweredBy(answerOf(datOf(3)), 0)).toBe(false)
  })

  it("is not accepted for a DAT with the data byte of an INF", () => {
    expect(sent(datOf(3)).isAnsweredBy(answerOf(datOf(3), ack, "F"), 0)).toBe(false)
    const marked = { ...datOf(3), payload: Buffer.from("F") }
    expect(sent(marked).isAnsweredBy(answerOf(marked, ack, "F"), 0)).toBe(false)
  })

  it("to an INF repeats its data byte, or omits it", () => {
    expect(["F", ""].map((data) => sent(announcement).isAnsweredBy(answerOf(announcement, ack, data), 0))).toEqual([
      true,
      true
    ])
  })

  it("is not accepted for an INF with the other data byte", () => {
    expect(sent(announcement).isAnsweredBy(answerOf(announcement, ack, "T"), 0)).toBe(false)
  })
})

describe("the round trip", () => {
  it("is measured with a frame that was sent once", () => {
    const inFlight = sent(datOf(3), 100)
    inFlight.onAnswer(140.5, true)
    expect(inFlight.roundTripMillis).toBe(40.5)
  })

  it("is not measured with a retransmitted frame (Karn)", () => {
    const inFlight = sent()
    timeOut(inFlight, 1)
    inFlight.onAnswer(1040, true)
    expect(inFlight.roundTripMillis).toBeUndefined()
  })

  it("is not measured with a frame that was retransmitted after a NACK", () => {
    const inFlight = sent()
    inFlight.retransmitOnNack()
    transmit(inFlight, 20)
    inFlight.onAnswer(40, true)
    expect(inFlight.roundTripMillis).toBeUndefined()
  })

  it("sets the timeout of the next frame", () => {
    const inFlight = sent()
    inFlight.onAnswer(40, true)
    inFlight.start(datOf(4))
    transmit(inFlight, 50)
    expect(inFlight.timeoutAt).toBe(50 + 120)
  })
})

describe("a timeout", () => {
  it("makes the same frame due again, once", () => {
    const inFlight = sent()
    inFlight.retransmitOnTimeout()
    expect([transmit(inFlight, 1000)?.sequenceNumber, transmit(inFlight, 1001)]).toEqual([3, undefined])
  })

  it("has no successor until the copy is sent", () => {
    const inFlight = sent()
    inFlight.retransmitOnTimeout()
    expect(inFlight.timeoutAt).toBe(Infinity)
  })

  it("doubles the next timeout up to a second", () => {
    const inFlight = sent()
    inFlight.onAnswer(40, true)
    inFlight.start(datOf(4))
    transmit(inFlight, 0)
    expect(timeOut(inFlight, 5)).toEqual([120, 360, 840, 1800, 2800])
  })

  it("is not doubled for the next frame", () => {
    const inFlight = sent()
    inFlight.onAnswer(40, true)
    inFlight.start(datOf(4))
    transmit(inFlight, 0)
    timeOut(inFlight, 3)
    inFlight.start(datOf(5))
    transmit(inFlight, 2000)
    expect(inFlight.timeoutAt).toBe(2120)
  })

  it("does not change the time of the first transmission", () => {
    const inFlight = sent(datOf(3), 5)
    timeOut(inFlight, 3)
    expect(inFlight.firstSentAt).toBe(5)
  })
})

describe("the minimum wait", () => {
  it("is the minimum of the timeout", () => {
    const inFlight = sent()
    inFlight.onAnswer(10, true)
    inFlight.start(datOf(9, 9, 250))
    transmit(inFlight, 0)
    expect(timeOut(inFlight, 5)).toEqual([250, 500, 750, 1000, 1480])
  })

  it("shortens no timeout", () => {
    expect(sent(datOf(9, 9, 250)).timeoutAt).toBe(1000)
  })
})

describe("NACKs (R9)", () => {
  /** Retransmissions for `count` NACKs, each polled before the next. */
  const copiesFor = (inFlight: InFlight, count: number): number =>
    Array.from({ length: count }, (_, at) => {
      inFlight.retransmitOnNack()
      return transmit(inFlight, at)
    }).filter((frame) => frame !== undefined).length

  it("cause one retransmission each, at once", () => {
    expect(copiesFor(sent(), 3)).toBe(3)
  })

  it("cause at most four retransmissions within a timeout", () => {
    expect(copiesFor(sent(), 1000)).toBe(Limits.nackRepeats)
  })

  it("cause four more after the timeout", () => {
    const inFlight = sent()
    copiesFor(inFlight, 100)
    timeOut(inFlight, 1)
    expect(copiesFor(inFlight, 100)).toBe(Limits.nackRepeats)
  })

  it("cause four for the next frame", () => {
    const inFlight = sent()
    copiesFor(inFlight, 100)
    inFlight.start(datOf(4))
    transmit(inFlight, 0)
    expect(copiesFor(inFlight, 100)).toBe(Limits.nackRepeats)
  })

  it("that arrive together cause one retransmission", () => {
    const inFlight = sent()
    for (let n = 0; n < 3; n++) inFlight.retransmitOnNack()
    expect([transmit(inFlight, 1), transmit(inFlight, 1)].filter((frame) => frame !== undefined).length).toBe(1)
  })

  it("cannot postpone the timeout without limit", () => {
    const inFlight = sent()
    for (let now = 100; now < 100_000 && now < inFlight.timeoutAt; now += 100) {
      inFlight.retransmitOnNack()
      transmit(inFlight, now)
    }
    expect(inFlight.timeoutAt).toBe(100 * Limits.nackRepeats + 1000)
  })
})

describe("the cost", () => {
  it("counts every retransmission and keeps the numbers of the DATs", () => {
    const inFlight = sent(announcement)
    timeOut(inFlight, 2)
    inFlight.start(datOf(3))
    transmit(inFlight, 0)
    inFlight.retransmitOnNack()
    transmit(inFlight, 1)
    timeOut(inFlight, 1)
    expect(inFlight.cost).toEqual({ retransmissions: 4, repeatedNumbers: [3, 3] })
  })

  it("starts at 0 for the next message and does not change the reported one", () => {
    const inFlight = sent()
    timeOut(inFlight, 1)
    const { cost } = inFlight
    inFlight.beginMessage()
    expect([cost, inFlight.cost]).toEqual([
      { retransmissions: 1, repeatedNumbers: [3] },
      { retransmissions: 0, repeatedNumbers: [] }
    ])
  })

  it("keeps 1000 numbers and counts the rest", () => {
    const inFlight = sent()
    timeOut(inFlight, 1500)
    expect([inFlight.cost.retransmissions, inFlight.cost.repeatedNumbers.length]).toEqual([1500, Limits.numbersKept])
  })
})

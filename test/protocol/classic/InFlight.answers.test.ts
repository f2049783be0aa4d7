import { describe, expect, it } from "vitest"
import { announcement, answerOf, datOf, sent, timeOut, transmit } from "./flight.ts"

describe("an answer to a retransmitted frame", () => {
  it("measures the round trip from the first transmission when a second answer shows that the retransmission was spurious", () => {
    const inFlight = sent(datOf(3), 500)
    timeOut(inFlight, 1)
    inFlight.onAnswer(1700, true)
    inFlight.start(datOf(4))
    inFlight.onStaleAnswer(answerOf(datOf(3)))
    expect(inFlight.roundTripMillis).toBe(1200)
    inFlight.onStaleAnswer(answerOf(datOf(3)))
    expect(inFlight.roundTripMillis).toBe(1200)
  })

  it("gives no sample when a second answer is a copy of the first, to a frame that was sent once", () => {
    const inFlight = sent()
    inFlight.onAnswer(40, true)
    inFlight.start(datOf(4))
    inFlight.onStaleAnswer(answerOf(datOf(3)))
    transmit(inFlight, 50)
    // Only the first sample counts: three times the round trip.
    expect(inFlight.timeoutAt).toBe(50 + 120)
  })

  it("gives no sample when the answer waited for a disk", () => {
    const inFlight = sent(datOf(9))
    timeOut(inFlight, 1)
    inFlight.onAnswer(1200, false)
    inFlight.clear()
    inFlight.onStaleAnswer(answerOf(datOf(9)))
    expect(inFlight.roundTripMillis).toBeUndefined()
  })

  it("gives no sample when only one of the copies arrived", () => {
    const inFlight = sent()
    timeOut(inFlight, 1)
    inFlight.onAnswer(1200, true)
    inFlight.start(datOf(4))
    inFlight.onStaleAnswer(answerOf(datOf(2)))
    expect(inFlight.roundTripMillis).toBeUndefined()
  })
})

describe("the ACK of a retransmitted INF", () => {
  it("is not accepted as the ACK of the DAT with the same header, until no copy can arrive", () => {
    const inFlight = sent(announcement)
    timeOut(inFlight, 1)
    inFlight.onAnswer(1200, true)
    inFlight.start(datOf(2))
    transmit(inFlight, 1200)
    const late = answerOf(announcement)
    expect([inFlight.isAnsweredBy(late, 2999), inFlight.isAnsweredBy(late, 3000)]).toEqual([false, true])
  })

  it("is not accepted as the ACK of a later DAT of the name either", () => {
    const inFlight = sent(announcement)
    timeOut(inFlight, 1)
    inFlight.onAnswer(1200, true)
    inFlight.start(datOf(1))
    transmit(inFlight, 1200)
    inFlight.onAnswer(1300, true)
    inFlight.start(datOf(2))
    transmit(inFlight, 1300)
    expect([2999, 3000].map((now) => inFlight.isAnsweredBy(answerOf(announcement), now))).toEqual([false, true])
  })

  it("is accepted when the INF was sent once", () => {
    const inFlight = sent(announcement)
    inFlight.onAnswer(20, true)
    inFlight.start(datOf(2))
    transmit(inFlight, 20)
    expect(inFlight.isAnsweredBy(answerOf(datOf(2)), 40)).toBe(true)
  })
})

describe("a stall of the program", () => {
  it("is not counted for the frame in flight", () => {
    const inFlight = sent(datOf(3), 5)
    inFlight.addStall(60_000)
    expect([inFlight.firstSentAt, inFlight.waitingSince]).toEqual([5, 60_005])
    inFlight.start(datOf(3))
    transmit(inFlight, 70_000)
    expect(inFlight.waitingSince).toBe(70_000)
  })
})

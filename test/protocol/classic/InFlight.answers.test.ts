import { describe, expect, it } from "vitest"
import { announcement, answerOf, datOf, sent, timeOut, transmit } from "./flight.ts"

describe("an answer to a frame that was repeated", () => {
  it("measures the round trip from the first copy when a second answer shows that the repeat was needless", () => {
    const inFlight = sent()
    timeOut(inFlight, 1)
    inFlight.answered(1200, true)
    inFlight.launch(datOf(4))
    inFlight.noteStale(answerOf(datOf(3)))
    expect(inFlight.roundTripMillis).toBe(1200)
    inFlight.noteStale(answerOf(datOf(3)))
    expect(inFlight.roundTripMillis).toBe(1200)
  })

  it("measures nothing when only one of the copies arrived", () => {
    const inFlight = sent()
    timeOut(inFlight, 1)
    inFlight.answered(1200, true)
    inFlight.launch(datOf(4))
    inFlight.noteStale(answerOf(datOf(2)))
    expect(inFlight.roundTripMillis).toBeUndefined()
  })
})

describe("the ACK of a repeated INF", () => {
  it("is not taken for that of the DAT which has the same header, until it must be dead", () => {
    const inFlight = sent(announcement)
    timeOut(inFlight, 1)
    inFlight.answered(1200, true)
    inFlight.launch(datOf(2))
    transmit(inFlight, 1200)
    const late = answerOf(announcement)
    expect([inFlight.isAnsweredBy(late, 2999), inFlight.isAnsweredBy(late, 3000)]).toEqual([false, true])
  })

  it("is no question where the INF went once", () => {
    const inFlight = sent(announcement)
    inFlight.answered(20, true)
    inFlight.launch(datOf(2))
    transmit(inFlight, 20)
    expect(inFlight.isAnsweredBy(answerOf(datOf(2)), 40)).toBe(true)
  })
})

describe("a standstill of the program", () => {
  it("is not counted for the frame in flight", () => {
    const inFlight = sent(datOf(3), 5)
    inFlight.excuse(60_000)
    expect([inFlight.firstSentAt, inFlight.waitsSince]).toEqual([5, 60_005])
    inFlight.launch(datOf(3))
    transmit(inFlight, 70_000)
    expect(inFlight.waitsSince).toBe(70_000)
  })
})

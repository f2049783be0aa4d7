import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import * as Policy from "../../../src/Policy.ts"
import * as Frame from "../../../src/protocol/classic/Frame.ts"
import type { Outgoing } from "../../../src/protocol/classic/InFlight.ts"
import { InFlight } from "../../../src/protocol/classic/InFlight.ts"
import { frameOf, polled } from "./frames.ts"

const { ack, dat, inf } = Frame.Kind
const datOf = (sequenceNumber: number, fragmentCount = 9, patienceMillis = 0): Outgoing => ({
  sequenceNumber,
  fragmentCount,
  fragmentSize: 17,
  kind: dat,
  payload: Buffer.from("data"),
  patienceMillis
})
const announcement: Outgoing = { ...datOf(2), kind: inf, payload: Buffer.from("F") }
const answerOf = (frame: Outgoing, kind: Frame.Kind = ack, data = ""): Frame.Frame =>
  frameOf(kind, frame.sequenceNumber, frame.fragmentCount, Buffer.from(data), frame.fragmentSize)

const transmit = (inFlight: InFlight, now: number): Frame.Frame | undefined =>
  polled((target) => inFlight.pollTransmit(target, now, crc32))

/** A frame that was launched and sent at `now`. */
const sent = (frame: Outgoing = datOf(3), now = 0): InFlight => {
  const inFlight = new InFlight(Policy.classic)
  inFlight.launch(frame)
  transmit(inFlight, now)
  return inFlight
}

/** Lets timeouts pass, each followed by the copy; the times at which copies went. */
const timeOut = (inFlight: InFlight, times: number): ReadonlyArray<number> =>
  Array.from({ length: times }, () => {
    const now = inFlight.timeoutAt
    inFlight.repeatForTimeout()
    transmit(inFlight, now)
    return now
  })

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
    expect(inFlight.firstSentAt).toBe(60_005)
  })
})

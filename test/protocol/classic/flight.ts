/** Frames in flight and their answers for the tests of InFlight. */
import { crc32 } from "node:zlib"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { InFlight, type Outgoing } from "../../../src/protocol/classic/InFlight.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import { frameOf, polled } from "./frames.ts"

const { ack, dat, inf } = Frame.Kind

export const datOf = (sequenceNumber: number, fragmentCount = 9, minWaitMillis = 0): Outgoing => ({
  sequenceNumber,
  fragmentCount,
  fragmentSize: 17,
  kind: dat,
  payload: Buffer.from("data"),
  minWaitMillis
})

export const announcement: Outgoing = { ...datOf(2), kind: inf, payload: Buffer.from("F") }
export const answerOf = (frame: Outgoing, kind: Frame.Kind = ack, data = ""): Frame.Frame =>
  frameOf(kind, frame.sequenceNumber, frame.fragmentCount, Buffer.from(data), frame.fragmentSize)

export const transmit = (inFlight: InFlight, now: number): Frame.Frame | undefined =>
  polled((target) => inFlight.pollTransmit(target, now, crc32))

/** A frame in flight that was sent at `now`. */
export const sent = (frame: Outgoing = datOf(3), now = 0): InFlight => {
  const inFlight = new InFlight(Timing.classic)
  inFlight.start(frame)
  transmit(inFlight, now)
  return inFlight
}

/** Expires `times` timeouts and sends the retransmissions; returns their times. */
export const timeOut = (inFlight: InFlight, times: number): ReadonlyArray<number> =>
  Array.from({ length: times }, () => {
    const now = inFlight.timeoutAt
    inFlight.retransmitOnTimeout()
    transmit(inFlight, now)
    return now
  })

/** The effects of one call of a receiver, and the answers that a frame may have (docs/PROTOCOL.md §2.3). */
import { crc32 } from "node:zlib"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import type { ReceiverCounters, ReceiverEvent } from "../../src/protocol/classic/ReceiverEvents.ts"
import { sameFields } from "./ExpectedMessage.ts"
import { ensure } from "./fuzzing.ts"

const { ack, fin, inf, kpa } = Frame.Kind

/** The effects of one call of the core. */
export interface Outcome {
  readonly replies: ReadonlyArray<Frame.Frame>
  readonly events: ReadonlyArray<ReceiverEvent>
}

/** The sum of all counters. */
export const total = (counters: ReceiverCounters): number =>
  Object.values(counters).reduce((sum, number) => sum + number, 0)

/** Whether the call had no effect. */
export const isEmpty = ({ events, replies }: Outcome): boolean => events.length === 0 && replies.length === 0

/** Checks an answer: it repeats the fields of the frame, or it is a FIN. */
export const isAnswerTo = (frame: Frame.Frame, reply: Frame.Frame): void => {
  if (reply.kind === fin) {
    const fragmentSize = frame.kind === kpa ? frame.fragmentSize : Frame.headerBytes
    return ensure(reply.fragmentSize === fragmentSize, "FIN has the wrong dialect")
  }
  ensure(sameFields(frame, reply), "the answer has other fields than the frame")
  const isDamaged = !Frame.isIntact(frame, crc32)
  ensure(reply.kind === ack ? !isDamaged : isDamaged || frame.kind === kpa, "ACK and NACK are exchanged")
  const data = frame.kind === inf ? frame.payload : new Uint8Array(0)
  ensure(Buffer.from(data).equals(reply.payload), "the answer has wrong data")
}

/** The frames that `poll` writes, in order, until it returns 0. Throws if there are 10 or more. */
export const repliesOf = (poll: (target: Uint8Array) => number): ReadonlyArray<Frame.Frame> => {
  const target = new Uint8Array(Frame.maxFrameBytes)
  const replies: Array<Frame.Frame> = []
  for (let length = poll(target); length > 0; length = poll(target)) {
    const frame = Frame.decode(target.slice(0, length))
    ensure(typeof frame !== "string", () => `an answer is ${String(frame)}`)
    replies.push(frame)
    ensure(replies.length < 10, "endless answers")
  }
  return replies
}

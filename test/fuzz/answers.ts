/** What a receiver does in one call, and which answers a frame may have (docs/PROTOCOL.md §2.3). */
import { crc32 } from "node:zlib"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import type { ReceiverCounters, ReceiverEvent } from "../../src/protocol/classic/ReceiverEvents.ts"
import { sameFields } from "./Arriving.ts"
import { ensure } from "./fuzzing.ts"

const { ack, fin, inf, kpa } = Frame.Kind

/** What one call of the core led to. */
export interface Outcome {
  readonly replies: ReadonlyArray<Frame.Frame>
  readonly events: ReadonlyArray<ReceiverEvent>
}

export const total = (counters: ReceiverCounters): number =>
  Object.values(counters).reduce((sum, number) => sum + number, 0)

/** Whether nobody noticed. */
export const isNothing = ({ events, replies }: Outcome): boolean => events.length === 0 && replies.length === 0

/** The fields as they came, or FIN. */
export const isAnswerTo = (frame: Frame.Frame, reply: Frame.Frame): void => {
  if (reply.kind === fin) {
    const fragmentSize = frame.kind === kpa ? frame.fragmentSize : Frame.headerBytes
    return ensure(reply.fragmentSize === fragmentSize, "FIN is in another dialect")
  }
  ensure(sameFields(frame, reply), "an answer repeats other fields")
  const isDamaged = !Frame.isIntact(frame, crc32)
  ensure(reply.kind === ack ? !isDamaged : isDamaged || frame.kind === kpa, "ACK and NACK are mistaken")
  const data = frame.kind === inf ? frame.payload : new Uint8Array(0)
  ensure(Buffer.from(data).equals(reply.payload), "an answer has the wrong data")
}

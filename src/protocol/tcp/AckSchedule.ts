/**
 * When a session of tcp acknowledges what it has received (docs/PROTOCOL.md, tcp §5): at once what ends something, or a PING, and after
 * `ackBytes`; else after a short delay, in which the answer of an application may travel with it. Times are milliseconds.
 */
import { type AckFrame, type Frame, isAckEliciting } from "../flock/wire/Frame.ts"
import * as Limits from "../ProtocolLimits.ts"
import * as TcpLimits from "./TcpLimits.ts"

export class AckSchedule {
  /** Number of the newest record, and when it arrived. */
  #largest = -1
  #arrivedAt = 0
  #bytes = 0
  #dueAt = Infinity
  #isDue = false

  /** When {@link onTimeout} is due; Infinity when nothing waits. */
  get deadline(): number {
    return this.#isDue ? Infinity : this.#dueAt
  }

  /** The next record has arrived. */
  onRecord(frames: ReadonlyArray<Frame>, bytes: number, now: number): void {
    this.#largest++
    this.#arrivedAt = now
    if (!frames.some(isAckEliciting)) return
    this.#bytes += bytes
    this.#dueAt = Math.min(this.#dueAt, now + Limits.ackDelayMillis)
    if (this.#bytes >= TcpLimits.ackBytes || frames.some(isUrgent)) this.#isDue = true
  }

  onTimeout(now: number): void {
    if (now >= this.#dueAt) this.#isDue = true
  }

  /** The ACK that is due; with `isRecordDue` also one that is not yet, because it costs no record of its own. */
  take(now: number, isRecordDue: boolean): AckFrame | undefined {
    if (!this.#isDue && !(isRecordDue && this.#dueAt < Infinity)) return undefined
    this.#isDue = false
    this.#dueAt = Infinity
    this.#bytes = 0
    return { _tag: "Ack", delayMicros: Math.round((now - this.#arrivedAt) * 1000), ranges: [0, this.#largest] }
  }
}

/** Whether the sender waits for the acknowledgement of this frame. */
const isUrgent = (frame: Frame): boolean =>
  frame._tag === "Ping" || frame._tag === "ResetStream" || (frame._tag === "Stream" && frame.isLast)

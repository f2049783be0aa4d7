/**
 * The probe for the end of a message: a KPA that is sent while the last DAT is unacknowledged. Decides whether an
 * ACK(0) proves that the message has arrived. A receiver that answers ACK(0) is idle, so it has the whole message,
 * unless it never received the announcement or has removed its state (docs/PROTOCOL.md §6).
 */
import type { TimingValues } from "./TimingValues.ts"

/** The state of the probe. All times are milliseconds. */
export class Probe {
  readonly #timing: TimingValues
  #isActive = false
  /** A KPA was sent and no ACK(0) was received since. */
  #isKeepAliveUnanswered = false
  #keepAliveSentAt = -Infinity
  #answeredAt = -Infinity
  /** From this time an ACK(0) cannot be the answer to a KPA that was sent before this message. */
  #validFrom = -Infinity
  /** The receiver has answered a frame of this message that was first sent at this time. */
  #messageKnownAt = -Infinity

  constructor(timing: TimingValues) {
    this.#timing = timing
  }

  /** Whether a probe was started for the current message. */
  get isActive(): boolean {
    return this.#isActive
  }

  /** A message begins. */
  beginMessage(): void {
    this.#messageKnownAt = -Infinity
    const { lateMillis } = this.#timing
    // A copy of the KPA may be late, and its answer as well; so may a copy of an answer that was received.
    this.#validFrom = Math.max(this.#keepAliveSentAt + lateMillis, this.#answeredAt) + lateMillis
  }

  /** The last DAT timed out: a KPA is sent behind its retransmission. */
  start(): void {
    this.#isActive = true
  }

  /** The message is over. */
  endMessage(): void {
    this.#isActive = false
  }

  /** A KPA was sent, as a keep-alive or as a probe. */
  onKeepAliveSent(now: number): void {
    this.#keepAliveSentAt = now
    this.#isKeepAliveUnanswered = true
  }

  /** The receiver answered a frame of this message that was first sent at `firstSentAt`. */
  onAnswer(firstSentAt: number, now: number): void {
    this.#messageKnownAt = firstSentAt
    // A receiver reads in order, so it has answered a KPA from before the message by now, even if it had stalled.
    if (this.#isKeepAliveUnanswered && !this.#isActive) this.#invalidate(now)
  }

  /** An ACK(0) was received. Returns whether it proves that the message has arrived. */
  onKeepAliveAck(now: number): boolean {
    this.#isKeepAliveUnanswered = false
    this.#answeredAt = now
    if (!this.#isActive) {
      this.#invalidate(now)
      return false
    }
    const mayHaveRemovedState = now >= this.#messageKnownAt + this.#timing.memoryMillis
    return now >= this.#validFrom && !mayHaveRemovedState
  }

  /** The ACK(0) that was received at `now`, and late copies of it, prove nothing. */
  #invalidate(now: number): void {
    this.#validFrom = Math.max(this.#validFrom, now + this.#timing.lateMillis)
  }
}

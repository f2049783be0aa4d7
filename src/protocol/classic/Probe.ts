/**
 * What a KPA asks while the last DAT waits for its answer, and whether an ACK(0) is the answer to that: an idle receiver
 * has everything, unless it never knew or has forgotten (docs/PROTOCOL.md §6).
 */
import type { TimingValues } from "./TimingValues.ts"

export class Probe {
  readonly #timing: TimingValues
  #isActive = false
  /** A KPA whose answer has not been seen. */
  #isKeepAliveUnanswered = false
  #keepAliveSentAt = -Infinity
  #answeredAt = -Infinity
  /** Since when an ACK(0) cannot be the answer to a KPA before this message. */
  #validFrom = -Infinity
  /** A time since which the receiver has shown that it knows this message. */
  #messageKnownAt = -Infinity

  constructor(timing: TimingValues) {
    this.#timing = timing
  }

  /** Whether it was asked for the end of this message. */
  get isActive(): boolean {
    return this.#isActive
  }

  /** A message begins. */
  beginMessage(): void {
    this.#messageKnownAt = -Infinity
    const { lateMillis } = this.#timing
    // A copy of the KPA may be late, and so may its answer; and a copy of an answer that has come.
    this.#validFrom = Math.max(this.#keepAliveSentAt + lateMillis, this.#answeredAt) + lateMillis
  }

  start(): void {
    this.#isActive = true
  }

  /** The message is over. */
  endMessage(): void {
    this.#isActive = false
  }

  onKeepAliveSent(now: number): void {
    this.#keepAliveSentAt = now
    this.#isKeepAliveUnanswered = true
  }

  /** The receiver answered a frame of this message whose first copy went at `firstSentAt`. */
  onAnswer(firstSentAt: number, now: number): void {
    this.#messageKnownAt = firstSentAt
    // It reads in order: an answer to a KPA before the message is on its way by now, however long the program stood still.
    if (this.#isKeepAliveUnanswered && !this.#isActive) this.#invalidate(now)
  }

  /** An ACK(0) came: whether it says that the message has arrived. */
  onKeepAliveAck(now: number): boolean {
    this.#isKeepAliveUnanswered = false
    this.#answeredAt = now
    if (!this.#isActive) {
      this.#invalidate(now)
      return false
    }
    const mayHaveForgotten = now >= this.#messageKnownAt + this.#timing.memoryMillis
    return now >= this.#validFrom && !mayHaveForgotten
  }

  /** This one, and its copies, do not count. */
  #invalidate(now: number): void {
    this.#validFrom = Math.max(this.#validFrom, now + this.#timing.lateMillis)
  }
}

/**
 * What a KPA asks while the last DAT waits for its answer, and whether an ACK(0) is the answer to that: an idle receiver
 * has everything, unless it never knew or has forgotten (docs/PROTOCOL.md §6).
 */
import type { TimingValues } from "./TimingValues.ts"

export class Probe {
  readonly #timing: TimingValues
  #isAsked = false
  /** A KPA whose answer has not been seen. */
  #isUnanswered = false
  #keepAliveSentAt = -Infinity
  #answeredAt = -Infinity
  /** Since when an ACK(0) cannot be the answer to a KPA before this message. */
  #countsFrom = -Infinity
  /** A time since which the receiver has shown that it knows this message. */
  #knownAt = -Infinity

  constructor(timing: TimingValues) {
    this.#timing = timing
  }

  /** Whether it was asked for the end of this message. */
  get isAsked(): boolean {
    return this.#isAsked
  }

  /** A message begins. */
  begin(): void {
    this.#knownAt = -Infinity
    const { lateMillis } = this.#timing
    // A copy of the KPA may be late, and so may its answer; and a copy of an answer that has come.
    this.#countsFrom = Math.max(this.#keepAliveSentAt + lateMillis, this.#answeredAt) + lateMillis
  }

  ask(): void {
    this.#isAsked = true
  }

  /** The message is over. */
  end(): void {
    this.#isAsked = false
  }

  keepAliveSent(now: number): void {
    this.#keepAliveSentAt = now
    this.#isUnanswered = true
  }

  /** The receiver answered a frame of this message whose first copy went at `firstSentAt`. */
  known(firstSentAt: number, now: number): void {
    this.#knownAt = firstSentAt
    // It reads in order: an answer to a KPA before the message is on its way by now, however long the program stood still.
    if (this.#isUnanswered && !this.#isAsked) this.#discount(now)
  }

  /** An ACK(0) came: whether it says that the message has arrived. */
  answered(now: number): boolean {
    this.#isUnanswered = false
    this.#answeredAt = now
    if (!this.#isAsked) {
      this.#discount(now)
      return false
    }
    const mayHaveForgotten = now >= this.#knownAt + this.#timing.memoryMillis
    return now >= this.#countsFrom && !mayHaveForgotten
  }

  /** This one, and its copies, do not count. */
  #discount(now: number): void {
    this.#countsFrom = Math.max(this.#countsFrom, now + this.#timing.lateMillis)
  }
}

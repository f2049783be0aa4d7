/**
 * The one frame that is under way, its copies and its timer (docs/PROTOCOL.md §5). It knows which answers are answers to it;
 * what follows from them is the sender's business.
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"
import { RetransmissionTimeout } from "./RetransmissionTimeout.ts"
import type { TimingValues } from "./TimingValues.ts"

/** A frame to send: an INF with its data byte, or a DAT with its payload. */
export interface Outgoing extends Frame.Header {
  readonly payload: Uint8Array
  /** The least to wait for its answer, in milliseconds. */
  readonly minWaitMillis: number
}

/** What a message cost, as the summary shows it. */
export interface Cost {
  /** Frames sent again, for a timeout or a NACK. */
  readonly retransmissions: number
  /** Sequence numbers of the repeated DATs, the first `Limits.numbersKept` of them. */
  readonly repeatedNumbers: ReadonlyArray<number>
}

export class InFlight {
  readonly #timing: TimingValues
  readonly #retransmissionTimeout: RetransmissionTimeout
  #frame: Outgoing | undefined
  #copies = 0
  #nackRepeats = 0
  #firstSentAt = Infinity
  #stalledMillis = 0
  #sentAt = 0
  #isDue = false
  #timeoutAt = Infinity
  /** The frame before this one, if it was repeated and answered. */
  #repeated: { readonly header: Frame.Header; readonly roundTripMillis: number } | undefined
  /** The INF of this message, if it was repeated and answered. */
  #announcement: { readonly header: Frame.Header; readonly until: number } | undefined
  #retransmissions = 0
  #repeatedNumbers: Array<number> = []

  constructor(timing: TimingValues) {
    this.#timing = timing
    this.#retransmissionTimeout = new RetransmissionTimeout(timing)
  }

  get isEmpty(): boolean {
    return this.#frame === undefined
  }

  /** Whether the frame is the last DAT of its message. */
  get isLast(): boolean {
    const frame = this.#frame
    return frame !== undefined && frame.kind === Frame.Kind.dat && frame.sequenceNumber === frame.fragmentCount
  }

  get kind(): Frame.Kind | undefined {
    return this.#frame?.kind
  }

  /** Milliseconds; Infinity while nothing waits for an answer. */
  get timeoutAt(): number {
    return this.#timeoutAt
  }

  /** When the frame went for the first time, in milliseconds; Infinity before. */
  get firstSentAt(): number {
    return this.#firstSentAt
  }

  /** The same, without the time for which the program itself stood still. */
  get waitingSince(): number {
    return this.#firstSentAt + this.#stalledMillis
  }

  get roundTripMillis(): number | undefined {
    return this.#retransmissionTimeout.smoothedMillis
  }

  get cost(): Cost {
    return { retransmissions: this.#retransmissions, repeatedNumbers: this.#repeatedNumbers }
  }

  /** A new message: its cost is counted from here. */
  beginMessage(): void {
    this.#retransmissions = 0
    this.#repeatedNumbers = []
    this.#announcement = undefined
  }

  start(frame: Outgoing): void {
    this.clear()
    this.#frame = frame
    this.#isDue = true
  }

  clear(): void {
    this.#frame = undefined
    this.#copies = 0
    this.#nackRepeats = 0
    this.#isDue = false
    this.#firstSentAt = Infinity
    this.#stalledMillis = 0
    this.#timeoutAt = Infinity
    this.#retransmissionTimeout.resetBackoff()
  }

  /** Whether `answer`, an ACK or a NACK, is one to this frame, and the frame has been sent at all. */
  isAnsweredBy(answer: Frame.Frame, now: number): boolean {
    const frame = this.#frame
    if (frame === undefined || this.#copies === 0 || !Frame.sameHeader(answer, frame)) return false
    if (this.#mayAnswerAnnouncement(answer, now)) return false
    // The ACK of an INF repeats its data byte; an existing server leaves it out when it answers a repeat (§7.1).
    return answer.payload.length === 0 || (frame.kind === Frame.Kind.inf && answer.payload[0] === frame.payload[0])
  }

  /** The answer came. A frame that went once measures the round trip (Karn's rule), unless it waited for a disk. */
  onAnswer(now: number, isMeasure: boolean): void {
    if (this.#frame === undefined) return
    if (isMeasure && this.#copies === 1) this.#retransmissionTimeout.sample(now - this.#sentAt)
    const isRepeated = isMeasure && this.#copies > 1
    this.#repeated = isRepeated ? { header: this.#frame, roundTripMillis: now - this.waitingSince } : undefined
    if (this.#frame.kind === Frame.Kind.inf) {
      const couldBeLate = this.#copies > 1
      this.#announcement = couldBeLate
        ? { header: this.#frame, until: this.#sentAt + this.#timing.lateMillis }
        : undefined
    }
  }

  /**
   * An answer to nothing in flight. A second one to the frame before shows that its repeat was needless: the path is
   * slower than thought, and its first copy measures how slow. Without that a risen round trip would never be seen.
   */
  onStaleAnswer(answer: Frame.Header): void {
    if (this.#repeated === undefined || !Frame.sameHeader(answer, this.#repeated.header)) return
    this.#retransmissionTimeout.sample(this.#repeated.roundTripMillis)
    this.#repeated = undefined
  }

  /** The program stood still for so many milliseconds; that time is not the peer's. */
  addStall(millis: number): void {
    this.#stalledMillis += millis
  }

  /** A NACK asks for the frame again: at once, but within `Limits.nackRepeats` a timeout. */
  retransmitOnNack(): void {
    if (this.#nackRepeats >= Limits.nackRepeats) return
    this.#nackRepeats++
    this.#isDue = true
  }

  /** No answer came in time. */
  retransmitOnTimeout(): void {
    this.#retransmissionTimeout.backOff()
    this.#nackRepeats = 0
    this.#timeoutAt = Infinity
    this.#isDue = true
  }

  /** Writes the frame into `target` if it is due and returns its bytes, else 0. */
  pollTransmit(target: Uint8Array, now: number, crc32: Frame.Crc32): number {
    const frame = this.#frame
    if (!this.#isDue || frame === undefined) return 0
    this.#isDue = false
    this.#sentAt = now
    this.#timeoutAt = now + Math.max(frame.minWaitMillis, this.#retransmissionTimeout.timeoutMillis)
    if (this.#copies++ > 0) this.#countRepeat(frame)
    else this.#firstSentAt = now
    return Frame.encode(target, frame, frame.payload, crc32)
  }

  /**
   * A late ACK without data byte of a repeated INF looks like the ACK of the DAT that ends a name in a full fragment:
   * until it must be dead, neither is believed (docs/PROTOCOL.md §7.1).
   */
  #mayAnswerAnnouncement(answer: Frame.Header, now: number): boolean {
    const announcement = this.#announcement
    return announcement !== undefined && now < announcement.until && Frame.sameHeader(answer, announcement.header)
  }

  #countRepeat(frame: Outgoing): void {
    this.#retransmissions++
    if (frame.kind === Frame.Kind.dat && this.#repeatedNumbers.length < Limits.numbersKept) {
      this.#repeatedNumbers.push(frame.sequenceNumber)
    }
  }
}

/**
 * The one frame in flight: its transmissions, its retransmission timer, and which ACKs and NACKs answer it
 * (docs/PROTOCOL.md §2.3, §5.1). The sender decides what follows from an answer.
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"
import { RetransmissionTimeout } from "./RetransmissionTimeout.ts"
import type { TimingValues } from "./TimingValues.ts"

/** A frame to send: an INF with its data byte, or a DAT with its payload. */
export interface Outgoing extends Frame.Header {
  readonly payload: Uint8Array
  /** The minimum of the retransmission timeout for this frame, in milliseconds. */
  readonly minWaitMillis: number
}

/** The retransmissions of one message, as a summary shows them. */
export interface Cost {
  /** Frames that were retransmitted, after a timeout or a NACK. */
  readonly retransmissions: number
  /** Sequence numbers of the retransmitted DATs, the first `Limits.numbersKept` of them. */
  readonly repeatedNumbers: ReadonlyArray<number>
}

/** A window of one frame. All times are milliseconds. */
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
  /** The preceding frame, if it was retransmitted and answered. */
  #repeated: { readonly header: Frame.Header; readonly roundTripMillis: number } | undefined
  /** The INF of this message, if it was retransmitted and answered. */
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

  /** The time of the retransmission timeout; Infinity while no answer is expected. */
  get timeoutAt(): number {
    return this.#timeoutAt
  }

  /** The time of the first transmission of the frame; Infinity before it. */
  get firstSentAt(): number {
    return this.#firstSentAt
  }

  /** The same, moved forward by the time during which the program did not run. */
  get waitingSince(): number {
    return this.#firstSentAt + this.#stalledMillis
  }

  get roundTripMillis(): number | undefined {
    return this.#retransmissionTimeout.smoothedMillis
  }

  get cost(): Cost {
    return { retransmissions: this.#retransmissions, repeatedNumbers: this.#repeatedNumbers }
  }

  /** Begins a message: its retransmissions are counted from here. */
  beginMessage(): void {
    this.#retransmissions = 0
    this.#repeatedNumbers = []
    this.#announcement = undefined
  }

  /** Puts a frame in flight; {@link pollTransmit} sends it. */
  start(frame: Outgoing): void {
    this.clear()
    this.#frame = frame
    this.#isDue = true
  }

  /** Nothing is in flight. */
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

  /**
   * Whether `answer`, an ACK or a NACK, answers the frame in flight. A frame that was not sent yet has no answer
   * (docs/PROTOCOL.md §2.3).
   */
  isAnsweredBy(answer: Frame.Frame, now: number): boolean {
    const frame = this.#frame
    if (frame === undefined || this.#copies === 0 || !Frame.sameHeader(answer, frame)) return false
    if (this.#mayAnswerAnnouncement(answer, now)) return false
    // The ACK of an INF repeats its data byte. An existing server omits it in its answer to a retransmitted INF (§7.1).
    return answer.payload.length === 0 || (frame.kind === Frame.Kind.inf && answer.payload[0] === frame.payload[0])
  }

  /**
   * The frame in flight was acknowledged. With `isSample` a frame that was transmitted once gives a round-trip sample
   * (Karn's algorithm, RFC 6298 §3); the wait for the receiver's disk is no sample.
   */
  onAnswer(now: number, isSample: boolean): void {
    if (this.#frame === undefined) return
    if (isSample && this.#copies === 1) this.#retransmissionTimeout.sample(now - this.#sentAt)
    const isRepeated = isSample && this.#copies > 1
    this.#repeated = isRepeated ? { header: this.#frame, roundTripMillis: now - this.waitingSince } : undefined
    if (this.#frame.kind === Frame.Kind.inf) {
      const couldBeLate = this.#copies > 1
      this.#announcement = couldBeLate
        ? { header: this.#frame, until: this.#sentAt + this.#timing.lateMillis }
        : undefined
    }
  }

  /**
   * An answer that does not belong to the frame in flight. A second answer to the preceding frame shows that its
   * retransmission was spurious: the round trip is longer than the estimate. The time from its first transmission to
   * its first answer becomes a sample. Without it a round trip that rises above the timeout would never be measured.
   */
  onStaleAnswer(answer: Frame.Header): void {
    if (this.#repeated === undefined || !Frame.sameHeader(answer, this.#repeated.header)) return
    this.#retransmissionTimeout.sample(this.#repeated.roundTripMillis)
    this.#repeated = undefined
  }

  /** The program did not run for `millis`. That time does not count as waiting for the peer. */
  addStall(millis: number): void {
    this.#stalledMillis += millis
  }

  /** Retransmits the frame at once after a NACK, at most `Limits.nackRepeats` times between two timeouts. */
  retransmitOnNack(): void {
    if (this.#nackRepeats >= Limits.nackRepeats) return
    this.#nackRepeats++
    this.#isDue = true
  }

  /** The retransmission timeout expired: backs off and retransmits (RFC 6298 §5.4–5.5). */
  retransmitOnTimeout(): void {
    this.#retransmissionTimeout.backOff()
    this.#nackRepeats = 0
    this.#timeoutAt = Infinity
    this.#isDue = true
  }

  /** Retransmits at `at` at the latest, because the network reported that the frame did not arrive. */
  retransmitBy(at: number): void {
    this.#timeoutAt = Math.min(this.#timeoutAt, at)
  }

  /** Writes the frame into `target` if it is due; returns its length in bytes, else 0. */
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
   * A late ACK of a retransmitted INF without its data byte has the same bytes as the ACK of the DAT that ends a name
   * with a full fragment. Until such an ACK can no longer arrive, neither is accepted (docs/PROTOCOL.md §7.1).
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

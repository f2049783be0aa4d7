/**
 * The one frame that is under way, its copies and its timer (docs/PROTOCOL.md §5). It knows which answers are answers to it;
 * what follows from them is the sender's business.
 */
import * as Limits from "../Limits.ts"
import * as Frame from "./Frame.ts"
import { RoundTrip } from "./RoundTrip.ts"
import type { Timing } from "./Timing.ts"

/** A frame to send: an INF with its data byte, or a DAT with its payload. */
export interface Outgoing extends Frame.Header {
  readonly payload: Uint8Array
  /** The least to wait for its answer, in milliseconds. */
  readonly patienceMillis: number
}

/** What a message cost, as the summary shows it. */
export interface Cost {
  /** Frames sent again, for a timeout or a NACK. */
  readonly retransmissions: number
  /** Sequence numbers of the repeated DATs, the first `Limits.numbersKept` of them. */
  readonly repeatedNumbers: ReadonlyArray<number>
}

export class InFlight {
  readonly #roundTrip: RoundTrip
  #frame: Outgoing | undefined
  #copies = 0
  #nackRepeats = 0
  #firstSentAt = Infinity
  #sentAt = 0
  #isDue = false
  #timeoutAt = Infinity
  #retransmissions = 0
  #repeatedNumbers: Array<number> = []

  constructor(timing: Timing) {
    this.#roundTrip = new RoundTrip(timing)
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

  get roundTripMillis(): number | undefined {
    return this.#roundTrip.smoothedMillis
  }

  get cost(): Cost {
    return { retransmissions: this.#retransmissions, repeatedNumbers: this.#repeatedNumbers }
  }

  /** A new message: its cost is counted from here. */
  begin(): void {
    this.#retransmissions = 0
    this.#repeatedNumbers = []
  }

  launch(frame: Outgoing): void {
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
    this.#timeoutAt = Infinity
    this.#roundTrip.resume()
  }

  /** Whether `answer`, an ACK or a NACK, is one to this frame, and the frame has been sent at all. */
  isAnsweredBy(answer: Frame.Frame): boolean {
    const frame = this.#frame
    if (frame === undefined || this.#copies === 0 || !Frame.sameHeader(answer, frame)) return false
    // The ACK of an INF repeats its data byte; an existing server leaves it out when it answers a repeat (§7.1).
    return answer.payload.length === 0 || (frame.kind === Frame.Kind.inf && answer.payload[0] === frame.payload[0])
  }

  /** The round trip of a frame that went once (Karn's rule). */
  sample(now: number): void {
    if (this.#copies === 1) this.#roundTrip.sample(now - this.#sentAt)
  }

  /** A NACK asks for the frame again: at once, but within `Limits.nackRepeats` a timeout. */
  repeatForNack(): void {
    if (this.#nackRepeats >= Limits.nackRepeats) return
    this.#nackRepeats++
    this.#isDue = true
  }

  /** No answer came in time. */
  repeatForTimeout(): void {
    this.#roundTrip.backOff()
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
    this.#timeoutAt = now + Math.max(frame.patienceMillis, this.#roundTrip.timeoutMillis)
    if (this.#copies++ > 0) this.#countRepeat(frame)
    else this.#firstSentAt = now
    return Frame.encode(target, frame, frame.payload, crc32)
  }

  #countRepeat(frame: Outgoing): void {
    this.#retransmissions++
    if (frame.kind === Frame.Kind.dat && this.#repeatedNumbers.length < Limits.numbersKept) {
      this.#repeatedNumbers.push(frame.sequenceNumber)
    }
  }
}

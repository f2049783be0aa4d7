/**
 * The record of one finished message. It distinguishes a late copy of the announcement (INF) from the announcement of a
 * new message with equal fields (docs/PROTOCOL.md §7.3). The wire has no message numbers, so only time distinguishes
 * them: a copy cannot arrive after the lifetime of a datagram, and the sender of a new announcement still waits for its
 * ACK then.
 */
import * as Frame from "./ClassicFrame.ts"

export class FinishedMessage {
  readonly #announcement: Frame.Frame
  #copiesUntil = -Infinity
  #ambiguousUntil = Infinity
  #held: Frame.Frame | undefined
  #isAcknowledged = false
  #probeExpectedUntil = -Infinity

  constructor(announcement: Frame.Frame) {
    this.#announcement = copyOf(announcement)
  }

  /** The received announcement, in bytes of its own. */
  get announcement(): Frame.Frame {
    return this.#announcement
  }

  /**
   * The message is over. An equal announcement before `copiesUntil` (ms) may be a copy. If it is one, its sender sends
   * another frame before `ambiguousUntil` (ms).
   */
  finish(copiesUntil: number, ambiguousUntil: number): void {
    this.#copiesUntil = copiesUntil
    this.#ambiguousUntil = ambiguousUntil
  }

  /** The program did not run for `millis`. Frames that resolve the ambiguity may be unread, so the wait is extended. */
  addStall(millis: number): void {
    this.#ambiguousUntil += millis
  }

  /** Whether the three compared fields and the data byte are equal. */
  matchesAnnouncement(frame: Frame.Frame): boolean {
    return Frame.sameHeader(frame, this.#announcement) && frame.payload[0] === this.#announcement.payload[0]
  }

  /** Whether an INF may be a late copy of the announcement. */
  mayBeCopy(frame: Frame.Frame, now: number): boolean {
    return now < this.#copiesUntil && this.matchesAnnouncement(frame)
  }

  /** Holds an ambiguous announcement without an answer, until {@link answerAt} or {@link dropHeld}. */
  hold(frame: Frame.Frame): void {
    if (this.#held !== undefined) return
    this.#held = copyOf(frame)
    this.#isAcknowledged = false
  }

  /** Another frame has shown that the held announcement was a copy. */
  dropHeld(): void {
    this.#held = undefined
  }

  /** The time at which the held announcement is to be answered, in milliseconds; Infinity without one. */
  get answerAt(): number {
    return this.#held !== undefined && !this.#isAcknowledged ? this.#ambiguousUntil : Infinity
  }

  /** Returns the held announcement, to be acknowledged now. Its sender may probe until `probeExpectedUntil` (ms). */
  takeDueAnnouncement(probeExpectedUntil: number): Frame.Frame | undefined {
    this.#isAcknowledged = true
    this.#probeExpectedUntil = probeExpectedUntil
    return this.#held
  }

  /**
   * Whether a KPA may be the probe of a sender whose only DAT was lost after its announcement was acknowledged. Such a
   * sender probes again before `probeExpectedUntil` (ms); an idle sender sends KPAs at longer intervals.
   */
  isProbe(now: number, probeExpectedUntil: number): boolean {
    if (this.#held === undefined || !this.#isAcknowledged || now >= this.#probeExpectedUntil) return false
    this.#probeExpectedUntil = probeExpectedUntil
    return true
  }

  /** Returns the held and acknowledged announcement if `first` is DAT 1 of its message. */
  takeStarted(first: Frame.Frame): Frame.Frame | undefined {
    const held = this.#held
    const isStarted = this.#isAcknowledged && first.sequenceNumber === 1 && first.fragmentCount === held?.fragmentCount
    if (!isStarted) return undefined
    this.#held = undefined
    return held
  }
}

/** The socket owns the bytes of a datagram, so a frame that is kept is copied. */
const copyOf = (frame: Frame.Frame): Frame.Frame => {
  const bytes = frame.bytes.slice()
  return { ...frame, bytes, payload: bytes.subarray(Frame.headerBytes) }
}

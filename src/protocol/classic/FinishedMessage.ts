/**
 * The memory of a finished message, which tells a late copy of its announcement from a new one (docs/PROTOCOL.md §7.3).
 * On this wire nothing distinguishes the two but time: a copy is dead after a while, a new one is still being waited for.
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

  /** The announcement as it came, independent of the datagram. */
  get announcement(): Frame.Frame {
    return this.#announcement
  }

  /**
   * The message is over: an equal announcement before `freshFrom`, in milliseconds, may be a copy. The sender of a copy
   * would have shown itself by `settledAt`.
   */
  finish(freshFrom: number, settledAt: number): void {
    this.#copiesUntil = freshFrom
    this.#ambiguousUntil = settledAt
  }

  addStall(millis: number): void {
    this.#ambiguousUntil += millis
  }

  matchesAnnouncement(frame: Frame.Frame): boolean {
    return Frame.sameHeader(frame, this.#announcement) && frame.payload[0] === this.#announcement.payload[0]
  }

  mayBeCopy(frame: Frame.Frame, now: number): boolean {
    return now < this.#copiesUntil && this.matchesAnnouncement(frame)
  }

  /** Keeps the answer to an announcement back until there is reason to believe that it is new. */
  hold(frame: Frame.Frame): void {
    if (this.#held !== undefined) return
    this.#held = copyOf(frame)
    this.#isAcknowledged = false
  }

  /** Something shows that the announcement was a copy. */
  dropHeld(): void {
    this.#held = undefined
  }

  /** When the held announcement is to be answered, in milliseconds; Infinity when none is. */
  get answerAt(): number {
    return this.#held !== undefined && !this.#isAcknowledged ? this.#ambiguousUntil : Infinity
  }

  /** The held announcement, to be answered now. Its first fragment is awaited, at least for that time. */
  takeDueAnnouncement(awaitedUntil: number): Frame.Frame | undefined {
    this.#isAcknowledged = true
    this.#probeExpectedUntil = awaitedUntil
    return this.#held
  }

  /**
   * Whether a KPA may be the question of a sender whose first fragment was lost on the way, which asks again within that
   * time; one that is idle asks less often.
   */
  isProbe(now: number, awaitedUntil: number): boolean {
    if (this.#held === undefined || !this.#isAcknowledged || now >= this.#probeExpectedUntil) return false
    this.#probeExpectedUntil = awaitedUntil
    return true
  }

  /** The held announcement that `first`, a DAT that came after its answer, begins to fulfil. */
  takeStarted(first: Frame.Frame): Frame.Frame | undefined {
    const held = this.#held
    const isBegun = this.#isAcknowledged && first.sequenceNumber === 1 && first.fragmentCount === held?.fragmentCount
    if (!isBegun) return undefined
    this.#held = undefined
    return held
  }
}

/** A datagram's bytes are the socket's; what is remembered is copied. */
const copyOf = (frame: Frame.Frame): Frame.Frame => {
  const bytes = frame.bytes.slice()
  return { ...frame, bytes, payload: bytes.subarray(Frame.headerBytes) }
}

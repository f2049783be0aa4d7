/**
 * The records of recent messages at a receiver: the last finished message, whose DATs may be retransmitted, the
 * finished messages before it, and the last refused message (docs/PROTOCOL.md §7.3). It recognises copies; the receiver
 * decides how to answer them.
 */
import * as Limits from "../ProtocolLimits.ts"
import type * as Frame from "./ClassicFrame.ts"
import type { FinishedMessage } from "./FinishedMessage.ts"
import type { TimingValues } from "./TimingValues.ts"

/** The recent messages of one peer. All times are milliseconds. */
export class RecentMessages {
  readonly #timing: TimingValues
  #finished: FinishedMessage | undefined
  /** The messages that finished before it, the oldest first: copies of their announcements may still arrive. */
  #earlier: Array<FinishedMessage> = []
  #refused: FinishedMessage | undefined
  /** The serial of the finished message, while it is not published because its sender began another message before. */
  #unpublishedSerial: number | undefined

  constructor(timing: TimingValues) {
    this.#timing = timing
  }

  /** The time at which the held announcement is to be answered; Infinity without one. */
  get answerAt(): number {
    return this.#finished?.answerAt ?? Infinity
  }

  /** The program did not run for `millis`. Frames that resolve an ambiguity may still be unread. */
  addStall(millis: number): void {
    this.#finished?.addStall(millis)
  }

  /** The time until which copies of older frames may arrive: `now` + a datagram lifetime + a retransmission timeout. */
  copiesUntil(now: number): number {
    return now + this.#timing.lateMillis + this.#timing.maxTimeoutMillis
  }

  /** Records a finished message. Its sender next retransmits the last DAT if it lacks the ACK, else it sends KPA. */
  finish(message: FinishedMessage, now: number): void {
    const { keepAliveMillis, maxTimeoutMillis } = this.#timing
    this.#replace(message)
    message.finish(this.copiesUntil(now), now + keepAliveMillis + maxTimeoutMillis)
  }

  /**
   * Records a complete message that is not published yet, because its sender began another one. Its DATs are
   * acknowledged, the last DAT only after {@link onPublished}. An equal announcement is new.
   */
  finishUnpublished(message: FinishedMessage, serial: number): void {
    this.#replace(message)
    this.#unpublishedSerial = serial
  }

  /** The message `serial` is published. */
  onPublished(serial: number): void {
    if (this.#unpublishedSerial === serial) this.#unpublishedSerial = undefined
  }

  /** Records a refused message. */
  refuse(message: FinishedMessage, now: number): void {
    this.#refused = message
    message.finish(this.copiesUntil(now), Infinity)
  }

  /** Whether an announcement may be a late copy of the announcement of a recent message. */
  mayBeCopy(announcement: Frame.Frame, now: number): boolean {
    return this.#finished?.mayBeCopy(announcement, now) === true ||
      this.#refused?.mayBeCopy(announcement, now) === true ||
      this.#earlier.some((message) => message.mayBeCopy(announcement, now))
  }

  /** Whether a DAT may be of the finished message, so that it is acknowledged. */
  hasFragment(frame: Frame.Frame): boolean {
    if (this.#finished?.announcement.fragmentCount !== frame.fragmentCount) return false
    return this.#unpublishedSerial === undefined || frame.sequenceNumber < frame.fragmentCount
  }

  /** Holds an ambiguous announcement without an answer. */
  hold(announcement: Frame.Frame): void {
    this.#finished?.hold(announcement)
  }

  /** Another frame has shown that the held announcement was a copy. */
  dropHeld(): void {
    this.#finished?.dropHeld()
  }

  /** Returns the held announcement, to be acknowledged now. */
  takeDueAnnouncement(now: number): Frame.Frame | undefined {
    return this.#finished?.takeDueAnnouncement(this.copiesUntil(now))
  }

  /** Whether a KPA may be the probe for the message whose announcement was held and then acknowledged. */
  isProbe(now: number): boolean {
    return this.#finished?.isProbe(now, this.copiesUntil(now)) === true
  }

  /** Returns the held and acknowledged announcement if `first` is DAT 1 of its message. */
  takeStarted(first: Frame.Frame): Frame.Frame | undefined {
    return this.#finished?.takeStarted(first)
  }

  #replace(message: FinishedMessage): void {
    if (this.#finished !== undefined) this.#earlier.push(this.#finished)
    if (this.#earlier.length >= Limits.rememberedMessages) this.#earlier.shift()
    this.#finished = message
    this.#unpublishedSerial = undefined
  }
}

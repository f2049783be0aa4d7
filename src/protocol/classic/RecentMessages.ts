/**
 * What a receiver remembers of messages that are over: the last one that finished, whose fragments may come again, some
 * before it, and the last one that was refused (docs/PROTOCOL.md §7.3). It knows copies; what is answered to them is the
 * receiver's business.
 */
import * as Limits from "../ProtocolLimits.ts"
import type * as Frame from "./ClassicFrame.ts"
import type { FinishedMessage } from "./FinishedMessage.ts"
import type { TimingValues } from "./TimingValues.ts"

export class RecentMessages {
  readonly #timing: TimingValues
  #finished: FinishedMessage | undefined
  /** Those that finished before it, the oldest first: copies of their announcements may still come. */
  #earlier: Array<FinishedMessage> = []
  #refused: FinishedMessage | undefined
  /** The finished message while it is not safe, because its sender went on before: its serial. */
  #unpublishedSerial: number | undefined

  constructor(timing: TimingValues) {
    this.#timing = timing
  }

  /** When an announcement that was held is to be answered, in milliseconds; Infinity when none is. */
  get answerAt(): number {
    return this.#finished?.answerAt ?? Infinity
  }

  /** The program stood still for so many milliseconds: what would settle a doubt may lie unread. */
  addStall(millis: number): void {
    this.#finished?.addStall(millis)
  }

  /** How long copies of what is over at `now` may come: a datagram's life, and a sender's wait before it repeats. */
  copiesUntil(now: number): number {
    return now + this.#timing.lateMillis + this.#timing.maxTimeoutMillis
  }

  /** Its sender shows itself by a repeat if it lacks the last answer, else by its keep-alive. */
  finish(message: FinishedMessage, now: number): void {
    const { keepAliveMillis, maxTimeoutMillis } = this.#timing
    this.#replace(message)
    message.finish(this.copiesUntil(now), now + keepAliveMillis + maxTimeoutMillis)
  }

  /**
   * A complete message whose sender went on: its fragments are known, the last one once it is safe, an equal announcement is
   * a new one.
   */
  finishUnpublished(message: FinishedMessage, serial: number): void {
    this.#replace(message)
    this.#unpublishedSerial = serial
  }

  /** The message that was left is safe. */
  onPublished(serial: number): void {
    if (this.#unpublishedSerial === serial) this.#unpublishedSerial = undefined
  }

  refuse(message: FinishedMessage, now: number): void {
    this.#refused = message
    message.finish(this.copiesUntil(now), Infinity)
  }

  /** Whether an announcement may be a copy of one that is over. */
  mayBeCopy(announcement: Frame.Frame, now: number): boolean {
    return this.#finished?.mayBeCopy(announcement, now) === true ||
      this.#refused?.mayBeCopy(announcement, now) === true ||
      this.#earlier.some((message) => message.mayBeCopy(announcement, now))
  }

  /** Whether a fragment may be one of the finished message, to be acknowledged. */
  hasFragment(frame: Frame.Frame): boolean {
    if (this.#finished?.announcement.fragmentCount !== frame.fragmentCount) return false
    return this.#unpublishedSerial === undefined || frame.sequenceNumber < frame.fragmentCount
  }

  /** Keeps the answer to a doubtful announcement back. */
  hold(announcement: Frame.Frame): void {
    this.#finished?.hold(announcement)
  }

  /** Something shows that the held announcement was a copy. */
  dropHeld(): void {
    this.#finished?.dropHeld()
  }

  /** The held announcement, to be answered now. */
  takeDueAnnouncement(now: number): Frame.Frame | undefined {
    return this.#finished?.takeDueAnnouncement(this.copiesUntil(now))
  }

  /** Whether a KPA may ask about the message whose announcement was held and answered. */
  isProbe(now: number): boolean {
    return this.#finished?.isProbe(now, this.copiesUntil(now)) === true
  }

  /** The held and answered announcement that `first` begins to fulfil. */
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

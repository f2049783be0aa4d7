/**
 * Runs a script on a receiver, one turn a step, and checks its behaviour towards peer, application and memory
 * (docs/PROTOCOL.md §2.3, §4.2, §6, §9).
 */
import { crc32 } from "node:zlib"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { Receiver } from "../../src/protocol/classic/Receiver.ts"
import type { ReceiverEvent } from "../../src/protocol/classic/ReceiverEvents.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../src/transport/Timing.ts"
import { infOf } from "../protocol/classic/frames.ts"
import { allocatedBy } from "./allocations.ts"
import { isAnswerTo, isEmpty, type Outcome, repliesOf, total } from "./answers.ts"
import { ExpectedMessage, sameFields } from "./ExpectedMessage.ts"
import { ensure } from "./fuzzing.ts"

const { ack, dat, fin, inf, kpa, nack } = Frame.Kind

/** The memory that one datagram may allocate: the first block of a message, or the copy of a name. */
const allocationBytes = 4096
/** A receiver and the model of its state. */
export class ReceiverRun {
  readonly #core = new Receiver({ crc32, timing: Timing.classic }, 0)
  #now = 0
  #serial = 0
  #expected: ExpectedMessage | undefined
  /** An announcement that was answered by the timer, whose message has not started yet. */
  #held: Frame.Frame | undefined
  /**
   * The last complete message, and the time until which an equal announcement is a copy. `unsafe` is the message's
   * serial number if the receiver left it before the application has accepted it.
   */
  #finished:
    | { readonly announcement: Frame.Frame; readonly copiesUntil: number; unsafe: number | undefined }
    | undefined
  #isRefused = false
  #isConnected = false
  #datagrams = 0
  #receivedBytes = 0
  #replies = 0
  #mayAnswerUnasked = 0
  #allocatedBytes = 0
  #blocks = 0
  /** Serial numbers of the opened messages, for the application's commands. */
  readonly #opened: Array<number> = []
  /** Blocks that storage has not written yet. */
  readonly #unwritten: Array<{ readonly serial: number; readonly bytes: number }> = []

  get now(): number {
    return this.#now
  }

  get deadline(): number {
    return this.#core.deadline
  }

  /** The message whose fragments are expected, and the number of the next one. */
  get expected(): { readonly announcement: Frame.Frame; readonly next: number } | undefined {
    if (this.#expected === undefined) return this.#held && { announcement: this.#held, next: 1 }
    return { announcement: this.#expected.announcement, next: this.#expected.position + 1 }
  }

  /** Advances the time without firing timers, as in a paused program. */
  wait(millis: number): void {
    this.#now += millis
  }

  /** Fires the timer if it is due. */
  tick(): void {
    if (this.#now >= this.#core.deadline) {
      const outcome = this.#outcomeOf(() => this.#core.handleTimeout(this.#now))
      this.#onTimer(outcome)
      ensure(this.#core.isClosed || this.#core.deadline > this.#now, "the timer is due again at the same time")
    }
    if (this.#core.isClosed) ensure(this.#core.deadline === Infinity, "a closed receiver has a timer")
  }

  receive(datagram: Uint8Array): void {
    const before = { ...this.#core.counters }
    const wasClosed = this.#core.isClosed
    this.#datagrams++
    this.#receivedBytes += datagram.length
    const outcome = this.#outcomeOf(() => this.#core.handleDatagrams([datagram], this.#now))
    const { counters } = this.#core
    const sum = total(counters) - total(before)
    ensure(outcome.replies.length <= 1, "a datagram has more than one answer")
    const isShort = outcome.replies.every(({ bytes }) => bytes.length <= datagram.length)
    ensure(isShort, "an answer is longer than the datagram")
    const frame = Frame.decode(datagram)
    const isNoFrame = typeof frame === "string"
    const isForClients = !isNoFrame && (frame.kind === ack || frame.kind === nack)
    ensure(counters.malformed - before.malformed === Number(isNoFrame), "malformed is counted wrongly")
    ensure(
      counters.unexpected - before.unexpected === Number(isForClients && !wasClosed),
      "unexpected is counted wrongly"
    )
    ensure(sum <= 1, "a datagram is counted twice")
    const isDropped = wasClosed || (sum === 1 && counters.copies === before.copies)
    ensure(!isDropped || isEmpty(outcome), "a dropped datagram had an effect")
    if (isNoFrame || wasClosed) return
    if (frame.kind === inf && !Frame.isIntact(frame, crc32)) {
      ensure(counters.damaged === before.damaged + 1, "a damaged INF is not counted")
    }
    for (const reply of outcome.replies) isAnswerTo(frame, reply)
    this.#checkFinished(frame, outcome)
    this.#onFrame(frame, outcome)
    const isHandled = sum === 1 || !isEmpty(outcome) || this.#mayBeSilent(frame)
    ensure(isHandled, "a datagram is neither answered nor counted")
    this.#check()
  }

  /** The application accepts an opened message; 0 is the newest. */
  accept(back: number): void {
    const serial = this.#opened.at(-1 - back) ?? -1
    const isComplete = this.#expected?.serial === serial && this.#expected.isCompleted
    const { replies } = this.#command(() => this.#core.accept(serial, this.#now))
    ensure(replies.length === Number(isComplete), "accept causes a wrong number of answers")
    ensure(replies.every(({ kind }) => kind === ack), "accept causes an answer other than ACK")
    if (isComplete) this.#finish(this.#now + 3000)
    if (this.#finished?.unsafe === serial) this.#finished.unsafe = undefined
  }

  /** The application refuses an opened message; 0 is the newest. */
  refuse(back: number): void {
    const serial = this.#opened.at(-1 - back) ?? -1
    const wasWithheld = this.#expected?.serial === serial && this.#expected.isWithheld
    const { replies } = this.#command(() => this.#core.refuse(serial, this.#now))
    ensure(replies.length === Number(wasWithheld), "refuse causes a wrong number of answers")
    ensure(replies.every(({ kind }) => kind === fin), "refuse causes an answer other than FIN")
    if (this.#expected?.serial !== serial) return
    this.#expected = undefined
    this.#isRefused = true
  }

  /** Storage has written the oldest block. */
  write(): void {
    const block = this.#unwritten.shift()
    if (block === undefined) return
    const { replies } = this.#command(() => this.#core.written(block.serial, block.bytes))
    if (replies.length > 0) {
      ensure(
        replies.length === 1 && this.#expected?.isWithheld === true,
        "written causes an answer that was not withheld"
      )
      ensure(replies[0]?.sequenceNumber === this.#expected.position, "a wrong fragment is acknowledged")
      this.#expected.isWithheld = false
    }
  }

  leave(): void {
    const outcome = this.#command(() => this.#core.leave())
    ensure(isEmpty(outcome), "leave causes an answer or an event")
    this.#held = undefined
  }

  abort(): void {
    this.#mayAnswerUnasked++
    const { replies } = this.#command(() => this.#core.abort())
    ensure(replies.length <= 1 && replies.every(({ kind }) => kind === fin), "abort sends a frame other than FIN")
    ensure(this.#core.isClosed && this.#core.deadline === Infinity, "the receiver is not closed after abort")
    this.#expected = undefined
    this.#held = undefined
  }

  #onFrame(frame: Frame.Frame, { events, replies }: Outcome): void {
    const [reply] = replies
    const isOver = events.some(({ _tag }) => _tag === "Abandoned")
    if (isOver || frame.kind === fin || reply?.kind === fin) this.#finish(-Infinity)
    if (frame.kind === fin || frame.kind === kpa) this.#held = undefined
    if (frame.kind === inf) this.#onAnnouncement(frame, reply, events)
    if (frame.kind === dat && Frame.isIntact(frame, crc32)) this.#onFragment(frame, reply)
    this.#onEvents(events)
  }

  #onAnnouncement(frame: Frame.Frame, reply: Frame.Frame | undefined, events: ReadonlyArray<ReceiverEvent>): void {
    const begins = reply?.kind === ack || events.some(({ _tag }) => _tag === "Opened")
    ensure(!begins || Frame.isIntact(frame, crc32), "a damaged announcement starts a message")
    if (begins && this.#expected?.isAnnouncedBy(frame) !== true) this.#begin(frame)
  }

  #onFragment(frame: Frame.Frame, reply: Frame.Frame | undefined): void {
    if (this.#expected === undefined && frame.fragmentCount === this.#held?.fragmentCount) {
      if (frame.sequenceNumber === 1) this.#begin(this.#held)
      this.#held = undefined
    }
    if (this.#expected?.isNext(frame) !== true) return
    this.#expected.take(frame)
    this.#expected.isWithheld = reply === undefined
  }

  /** The message is no longer the current one. If it is complete, copies of its frames are recognised from now on. */
  #finish(copiesUntil: number): void {
    if (this.#expected?.isCompleted === true) {
      const { announcement, serial } = this.#expected
      this.#finished = { announcement, copiesUntil, unsafe: copiesUntil === -Infinity ? serial : undefined }
    }
    this.#expected = undefined
  }

  /** Checks the answers for a finished message: its fragments are acknowledged, copies of its announcement are not. */
  #checkFinished(frame: Frame.Frame, { events, replies }: Outcome): void {
    if (this.#finished === undefined || this.#isRefused || !Frame.isIntact(frame, crc32)) return
    const { announcement, copiesUntil, unsafe } = this.#finished
    const isRepeat = frame.kind === dat && frame.fragmentCount === announcement.fragmentCount &&
      this.#expected?.announcement.fragmentCount !== frame.fragmentCount && this.#held === undefined
    const isSafe = unsafe === undefined || frame.sequenceNumber < frame.fragmentCount
    ensure(!isRepeat || (replies[0]?.kind === ack) === isSafe, "a fragment of a finished message is not acknowledged")
    const isCopy = frame.kind === inf && this.#now < copiesUntil && this.#expected?.isAnnouncedBy(frame) !== true &&
      sameFields(frame, announcement) && frame.payload[0] === announcement.payload[0]
    ensure(!isCopy || isEmpty({ replies, events }), "a copy of an announcement starts a message")
  }

  /** Whether a frame that is not counted may have no answer. */
  #mayBeSilent(frame: Frame.Frame): boolean {
    if (frame.kind === fin) return true
    const announcement = this.#expected?.announcement
    if (frame.kind === inf) return announcement?.fragmentCount === 0 && this.#expected?.isAnnouncedBy(frame) === true
    if (frame.kind !== dat || !Frame.isIntact(frame, crc32)) return false
    return this.#isRefused ||
      (announcement?.fragmentCount === frame.fragmentCount && this.#expected?.isWithheld === true &&
        frame.sequenceNumber === this.#expected.position)
  }

  #onTimer({ events, replies }: Outcome): void {
    const [reply] = replies
    ensure(replies.length <= 1, "the timer sends more than one frame")
    if (events.some(({ _tag }) => _tag === "Abandoned")) this.#expected = undefined
    if (reply !== undefined) {
      ensure(reply.kind === ack && reply.payload.length === 1, "the timer sends a frame that is no answer to an INF")
      this.#held = reply
    }
    if (events.some(({ _tag }) => _tag === "Opened")) {
      const opened = events.find((event) => event._tag === "Opened")
      ensure(opened?.fragmentCount === 0, "the timer starts a message that has fragments")
      this.#begin(infOf(opened.kind === "text" ? "T" : "F", 0, 0, opened.fragmentSize))
    }
    this.#onEvents(events)
  }

  #begin(announcement: Frame.Frame): void {
    this.#finish(-Infinity)
    this.#held = undefined
    this.#isRefused = false
    const bytes = announcement.bytes.slice()
    this.#expected = new ExpectedMessage(++this.#serial, { ...announcement, bytes, payload: bytes.subarray(13) })
    // An empty message is answered only when it was accepted.
    this.#expected.isWithheld = announcement.fragmentCount === 0
  }

  #onEvents(events: ReadonlyArray<ReceiverEvent>): void {
    for (const event of events) {
      if (event._tag === "Connected" || event._tag === "Disconnected") {
        ensure(this.#isConnected === (event._tag === "Disconnected"), `${event._tag} twice in a row`)
        this.#isConnected = event._tag === "Connected"
      } else if (event._tag !== "Abandoned") {
        ensure(this.#isConnected, `${event._tag} of a peer that is not connected`)
        ensure(this.#expected?.serial === event.serial, `${event._tag} of another message`)
        this.#expected.onEvent(event)
      }
      if (event._tag === "Opened") this.#opened.push(event.serial)
      if (event._tag !== "Block") continue
      this.#blocks++
      this.#unwritten.push({ serial: event.serial, bytes: event.bytes.length })
    }
  }

  #check(): void {
    const maxBytes = allocationBytes * this.#datagrams + 8 * this.#receivedBytes +
      this.#blocks * Limits.receivedBlockBytes
    ensure(this.#allocatedBytes <= maxBytes, "more memory is allocated than the datagrams justify")
    ensure(this.#replies <= this.#datagrams + this.#mayAnswerUnasked, "more answers than datagrams")
    if (this.#expected === undefined) return
    const { contentBytes, serial } = this.#expected
    ensure(this.#core.arrived(serial)?.contentBytes === contentBytes, "the number of arrived bytes is wrong")
    const unwritten = this.#unwritten.filter((block) => block.serial === serial).reduce(
      (sum, { bytes }) => sum + bytes,
      0
    )
    const maxUnwrittenBytes = Limits.unwrittenBytes + Limits.receivedBlockBytes + Frame.maxReadPayloadBytes
    ensure(unwritten <= maxUnwrittenBytes, "too many bytes wait for storage")
  }

  #outcomeOf(act: () => void): Outcome {
    this.#allocatedBytes += allocatedBy(act)
    const replies = repliesOf((target) => this.#core.pollTransmit(target, this.#now))
    this.#replies += replies.length
    const events = this.#core.pollEvents()
    ensure(this.#core.pollEvents().length === 0, "events are emitted twice")
    return { replies, events }
  }

  #command(call: () => void): Outcome {
    const outcome = this.#outcomeOf(call)
    this.#onEvents(outcome.events)
    return outcome
  }
}

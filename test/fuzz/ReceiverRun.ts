/**
 * Plays a script to a receiver, one turn a step, and holds what it does against what every receiver owes its peer, its
 * application and its machine (docs/PROTOCOL.md §2.3, §4.2, §6, §9).
 */
import { crc32 } from "node:zlib"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import { Receiver } from "../../src/protocol/classic/Receiver.ts"
import type { ReceiverEvent } from "../../src/protocol/classic/ReceiverEvents.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../src/transport/Timing.ts"
import { infOf } from "../protocol/classic/frames.ts"
import { allocatedBy } from "./allocations.ts"
import { isAnswerTo, isNothing, type Outcome, total } from "./answers.ts"
import { Arriving, sameFields } from "./Arriving.ts"
import { ensure } from "./fuzzing.ts"

const { ack, dat, fin, inf, kpa, nack } = Frame.Kind

/** What a datagram may cost: the first block of a message, or the copy of a name. */
const allocationBytes = 4096
export class ReceiverRun {
  readonly #core = new Receiver({ crc32, timing: Timing.classic }, 0)
  readonly #target = new Uint8Array(Frame.maxFrameBytes)
  #now = 0
  #serial = 0
  #arriving: Arriving | undefined
  /** An announcement that was answered by the timer, and not yet begun. */
  #held: Frame.Frame | undefined
  /** The last message that was whole, and until when an equal announcement is a copy. */
  /** `unsafe` is its serial while it was left and has not been accepted. */
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
  /** Serials of what was opened, for the application's verbs. */
  readonly #opened: Array<number> = []
  /** Blocks that storage has not taken yet. */
  readonly #unwritten: Array<{ readonly serial: number; readonly bytes: number }> = []

  get now(): number {
    return this.#now
  }

  get deadline(): number {
    return this.#core.deadline
  }

  /** The message whose fragments are expected, and the one that comes next. */
  get expected(): { readonly announcement: Frame.Frame; readonly next: number } | undefined {
    if (this.#arriving === undefined) return this.#held && { announcement: this.#held, next: 1 }
    return { announcement: this.#arriving.announcement, next: this.#arriving.position + 1 }
  }

  /** Lets time pass; no timer fires, as in a program that stands still. */
  wait(millis: number): void {
    this.#now += millis
  }

  /** Lets the timers run that are due. */
  tick(): void {
    if (this.#now >= this.#core.deadline) {
      const outcome = this.#outcomeOf(() => this.#core.handleTimeout(this.#now))
      this.#hearTimer(outcome)
      ensure(this.#core.isClosed || this.#core.deadline > this.#now, "the timer is due again at once")
    }
    if (this.#core.isClosed) ensure(this.#core.deadline === Infinity, "a timer runs after the end")
  }

  receive(datagram: Uint8Array): void {
    const before = { ...this.#core.counters }
    const wasClosed = this.#core.isClosed
    this.#datagrams++
    this.#receivedBytes += datagram.length
    const outcome = this.#outcomeOf(() => this.#core.handleDatagrams([datagram], this.#now))
    const { counters } = this.#core
    const sum = total(counters) - total(before)
    ensure(outcome.replies.length <= 1, "a datagram has two answers")
    ensure(
      outcome.replies.every(({ bytes }) => bytes.length <= datagram.length),
      "an answer is longer than its question"
    )
    const frame = Frame.decode(datagram)
    const isNoFrame = typeof frame === "string"
    const isForClients = !isNoFrame && (frame.kind === ack || frame.kind === nack)
    ensure(counters.malformed - before.malformed === Number(isNoFrame), "malformed is counted wrongly")
    ensure(counters.unexpected - before.unexpected === Number(isForClients && !wasClosed), "unexpected is wrong")
    ensure(sum <= 1, "a datagram is counted twice")
    const isDropped = wasClosed || (sum === 1 && counters.copies === before.copies)
    ensure(!isDropped || isNothing(outcome), "what was dropped had an effect")
    if (isNoFrame || wasClosed) return
    if (frame.kind === inf && !Frame.isIntact(frame, crc32)) {
      ensure(counters.damaged === before.damaged + 1, "a damaged INF is not counted")
    }
    for (const reply of outcome.replies) isAnswerTo(frame, reply)
    this.#owes(frame, outcome)
    this.#hearFrame(frame, outcome)
    ensure(
      sum === 1 || !isNothing(outcome) || this.#mayBeSilent(frame),
      "a datagram vanishes, neither answered nor counted"
    )
    this.#check()
  }

  accept(back: number): void {
    const serial = this.#opened.at(-1 - back) ?? -1
    const isComplete = this.#arriving?.serial === serial && this.#arriving.isCompleted
    const { replies } = this.#command(() => this.#core.accept(serial, this.#now))
    ensure(replies.length === Number(isComplete), "accepting is answered wrongly")
    ensure(replies.every(({ kind }) => kind === ack), "accepting is not answered by ACK")
    if (isComplete) this.#finish(this.#now + 3000)
    if (this.#finished?.unsafe === serial) this.#finished.unsafe = undefined
  }

  refuse(back: number): void {
    const serial = this.#opened.at(-1 - back) ?? -1
    const wasWithheld = this.#arriving?.serial === serial && this.#arriving.isWithheld
    const { replies } = this.#command(() => this.#core.refuse(serial, this.#now))
    ensure(replies.length === Number(wasWithheld), "refusing is answered wrongly")
    ensure(replies.every(({ kind }) => kind === fin), "refusing is not answered by FIN")
    if (this.#arriving?.serial !== serial) return
    this.#arriving = undefined
    this.#isRefused = true
  }

  /** Storage took the oldest block. */
  write(): void {
    const block = this.#unwritten.shift()
    if (block === undefined) return
    const { replies } = this.#command(() => this.#core.written(block.serial, block.bytes))
    if (replies.length > 0) {
      ensure(replies.length === 1 && this.#arriving?.isWithheld === true, "an answer that was not withheld")
      ensure(replies[0]?.sequenceNumber === this.#arriving.position, "another fragment is acknowledged")
      this.#arriving.isWithheld = false
    }
  }

  leave(): void {
    const outcome = this.#command(() => this.#core.leave())
    ensure(isNothing(outcome), "leaving speaks unasked")
    this.#held = undefined
  }

  abort(): void {
    this.#mayAnswerUnasked++
    const { replies } = this.#command(() => this.#core.abort())
    ensure(replies.length <= 1 && replies.every(({ kind }) => kind === fin), "ends with something else than FIN")
    ensure(this.#core.isClosed && this.#core.deadline === Infinity, "is not closed")
    this.#arriving = undefined
    this.#held = undefined
  }

  #hearFrame(frame: Frame.Frame, { events, replies }: Outcome): void {
    const [reply] = replies
    const isOver = events.some(({ _tag }) => _tag === "Abandoned")
    if (isOver || frame.kind === fin || reply?.kind === fin) this.#finish(-Infinity)
    if (frame.kind === fin || frame.kind === kpa) this.#held = undefined
    if (frame.kind === inf) this.#hearAnnouncement(frame, reply, events)
    if (frame.kind === dat && Frame.isIntact(frame, crc32)) this.#hearFragment(frame, reply)
    this.#hear(events)
  }

  #hearAnnouncement(frame: Frame.Frame, reply: Frame.Frame | undefined, events: ReadonlyArray<ReceiverEvent>): void {
    const begins = reply?.kind === ack || events.some(({ _tag }) => _tag === "Opened")
    ensure(!begins || Frame.isIntact(frame, crc32), "a damaged announcement begins a message")
    if (begins && this.#arriving?.isAnnouncedBy(frame) !== true) this.#begin(frame)
  }

  #hearFragment(frame: Frame.Frame, reply: Frame.Frame | undefined): void {
    if (this.#arriving === undefined && frame.fragmentCount === this.#held?.fragmentCount) {
      if (frame.sequenceNumber === 1) this.#begin(this.#held)
      this.#held = undefined
    }
    if (this.#arriving?.isNext(frame) !== true) return
    this.#arriving.take(frame)
    this.#arriving.isWithheld = reply === undefined
  }

  /** The message is no longer the current one; if it was whole its copies are known. */
  #finish(copiesUntil: number): void {
    if (this.#arriving?.isCompleted === true) {
      const { announcement, serial } = this.#arriving
      this.#finished = { announcement, copiesUntil, unsafe: copiesUntil === -Infinity ? serial : undefined }
    }
    this.#arriving = undefined
  }

  /** What the peer gets of a message that is over: its fragments acknowledged, copies of its announcement not. */
  #owes(frame: Frame.Frame, { events, replies }: Outcome): void {
    if (this.#finished === undefined || this.#isRefused || !Frame.isIntact(frame, crc32)) return
    const { announcement, copiesUntil, unsafe } = this.#finished
    const isRepeat = frame.kind === dat && frame.fragmentCount === announcement.fragmentCount &&
      this.#arriving?.announcement.fragmentCount !== frame.fragmentCount && this.#held === undefined
    const isSafe = unsafe === undefined || frame.sequenceNumber < frame.fragmentCount
    ensure(!isRepeat || (replies[0]?.kind === ack) === isSafe, "a fragment of a finished message is not acknowledged")
    const isCopy = frame.kind === inf && this.#now < copiesUntil && this.#arriving?.isAnnouncedBy(frame) !== true &&
      sameFields(frame, announcement) && frame.payload[0] === announcement.payload[0]
    ensure(!isCopy || isNothing({ replies, events }), "a copy of an announcement begins a message")
  }

  /** Whether a frame that is not counted may go without an answer. */
  #mayBeSilent(frame: Frame.Frame): boolean {
    if (frame.kind === fin) return true
    const announcement = this.#arriving?.announcement
    if (frame.kind === inf) return announcement?.fragmentCount === 0 && this.#arriving?.isAnnouncedBy(frame) === true
    if (frame.kind !== dat || !Frame.isIntact(frame, crc32)) return false
    return this.#isRefused ||
      (announcement?.fragmentCount === frame.fragmentCount && this.#arriving?.isWithheld === true &&
        frame.sequenceNumber === this.#arriving.position)
  }

  #hearTimer({ events, replies }: Outcome): void {
    const [reply] = replies
    ensure(replies.length <= 1, "the timer sends twice")
    if (events.some(({ _tag }) => _tag === "Abandoned")) this.#arriving = undefined
    if (reply !== undefined) {
      ensure(reply.kind === ack && reply.payload.length === 1, "the timer sends what is no answer to an INF")
      this.#held = reply
    }
    if (events.some(({ _tag }) => _tag === "Opened")) {
      const opened = events.find((event) => event._tag === "Opened")
      ensure(opened?.fragmentCount === 0, "the timer begins a message that has fragments")
      this.#begin(infOf(opened.kind === "text" ? "T" : "F", 0, 0, opened.fragmentSize))
    }
    this.#hear(events)
  }

  #begin(announcement: Frame.Frame): void {
    this.#finish(-Infinity)
    this.#held = undefined
    this.#isRefused = false
    const bytes = announcement.bytes.slice()
    this.#arriving = new Arriving(++this.#serial, { ...announcement, bytes, payload: bytes.subarray(13) })
    // Nobody is answered until it is safe.
    this.#arriving.isWithheld = announcement.fragmentCount === 0
  }

  #hear(events: ReadonlyArray<ReceiverEvent>): void {
    for (const event of events) {
      if (event._tag === "Connected" || event._tag === "Disconnected") {
        ensure(this.#isConnected === (event._tag === "Disconnected"), `told twice: ${event._tag}`)
        this.#isConnected = event._tag === "Connected"
      } else if (event._tag !== "Abandoned") {
        ensure(this.#isConnected, `${event._tag} of a peer that is not connected`)
        ensure(this.#arriving?.serial === event.serial, `${event._tag} of another message`)
        this.#arriving.hear(event)
      }
      if (event._tag === "Opened") this.#opened.push(event.serial)
      if (event._tag !== "Block") continue
      this.#blocks++
      this.#unwritten.push({ serial: event.serial, bytes: event.bytes.length })
    }
  }

  #check(): void {
    const most = allocationBytes * this.#datagrams + 8 * this.#receivedBytes + this.#blocks * Limits.receivedBlockBytes
    ensure(this.#allocatedBytes <= most, "more is allocated than has come")
    ensure(this.#replies <= this.#datagrams + this.#mayAnswerUnasked, "more answers than datagrams")
    if (this.#arriving === undefined) return
    const { contentBytes, serial } = this.#arriving
    ensure(this.#core.arrived(serial)?.contentBytes === contentBytes, "another number of bytes has arrived")
    const unwritten = this.#unwritten.filter((block) => block.serial === serial).reduce(
      (sum, { bytes }) => sum + bytes,
      0
    )
    const mostUnwritten = Limits.unwrittenBytes + Limits.receivedBlockBytes + Frame.maxReadPayloadBytes
    ensure(unwritten <= mostUnwritten, "too much waits for storage")
  }

  #outcomeOf(act: () => void): Outcome {
    this.#allocatedBytes += allocatedBy(act)
    const replies: Array<Frame.Frame> = []
    for (let length = this.#poll(); length > 0; length = this.#poll()) {
      const frame = Frame.decode(this.#target.slice(0, length))
      ensure(typeof frame !== "string", () => `an answer is ${String(frame)}`)
      replies.push(frame)
      ensure(replies.length < 10, "answers without end")
    }
    this.#replies += replies.length
    const events = this.#core.pollEvents()
    ensure(this.#core.pollEvents().length === 0, "events come twice")
    return { replies, events }
  }

  #command(verb: () => void): Outcome {
    const outcome = this.#outcomeOf(verb)
    this.#hear(outcome.events)
    return outcome
  }

  #poll(): number {
    return this.#core.pollTransmit(this.#target, this.#now)
  }
}

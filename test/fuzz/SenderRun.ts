/**
 * Runs a script on a sender, one turn a step, and checks its behaviour towards peer and application
 * (docs/PROTOCOL.md §4.1, §5, §6).
 */
import { crc32 } from "node:zlib"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import type { Plan } from "../../src/protocol/classic/Fragments.ts"
import * as Fragments from "../../src/protocol/classic/Fragments.ts"
import type { SenderEvent } from "../../src/protocol/classic/Sender.ts"
import { Sender } from "../../src/protocol/classic/Sender.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import * as Timing from "../../src/transport/Timing.ts"
import { sameFields } from "./ExpectedMessage.ts"
import { ensure } from "./fuzzing.ts"

const { ack, dat, fin, inf, kpa } = Frame.Kind

/** The message in progress. */
interface Message {
  readonly plan: Plan
  /** All its fragments, including those of the name. */
  readonly fragments: ReadonlyArray<Uint8Array>
  /** The number of content fragments that were offered. */
  offered: number
}

/** The effects of one call of the core. */
interface Outcome {
  readonly frames: ReadonlyArray<Frame.Frame>
  readonly events: ReadonlyArray<SenderEvent>
}

/** A sender and the model of its state. */
export class SenderRun {
  readonly #dialect: Frame.Dialect
  readonly #core: Sender
  readonly #target = new Uint8Array(Frame.maxFrameBytes)
  #now = 0
  #message: Message | undefined
  readonly #earlier: Array<Plan> = []
  /** The last sent INF or DAT. */
  #frame: Frame.Frame | undefined
  #isAcknowledged = false
  /** How often it was sent since its first transmission or the last timeout. */
  #copies = 0
  #hasProbed = false
  #isConnected = false
  #hasEnded = false
  #mayEnd = false
  readonly sent: Array<Frame.Frame> = []

  constructor(dialect: Frame.Dialect) {
    this.#dialect = dialect
    this.#core = new Sender({ crc32, dialect, timing: Timing.classic }, 0)
  }

  get now(): number {
    return this.#now
  }

  get deadline(): number {
    return this.#core.deadline
  }

  /** Advances the time without firing timers. */
  wait(millis: number): void {
    this.#now += millis
  }

  /** Fires the timer if it is due. */
  tick(): void {
    if (this.#now >= this.#core.deadline) {
      this.#copies = 0
      const { events, frames } = this.#outcomeOf(() => this.#core.handleTimeout(this.#now))
      const [first, second, ...more] = frames.map(({ kind }) => kind)
      ensure(
        more.length === 0 && (second === undefined || (first === dat && second === kpa)),
        "the timer sends too many frames"
      )
      ensure(events.every(({ _tag }) => _tag === "Lost"), "the timer emits an event other than lost")
    }
    const { deadline, isClosed } = this.#core
    ensure(isClosed ? deadline === Infinity : deadline > this.#now, "the timer is due again at the same time")
  }

  /** The application starts a message, if none is in progress. */
  announce(kind: Fragments.MessageKind, nameBytes: number, contentBytes: number, fragmentSize: number): void {
    if (this.#core.isClosed || this.#message !== undefined) return
    const name = kind === "text" ? new Uint8Array(0) : new Uint8Array(Math.max(1, nameBytes)).fill(0x61)
    const plan = Fragments.planAfter(this.#earlier, kind, name, contentBytes, fragmentSize)
    if ("_tag" in plan) return
    const cutName = plan.nameFragments === 0 ? [] : Fragments.cut(name, plan.fragmentSize)
    const content = Uint8Array.from({ length: contentBytes }, (_, offset) => (offset * 31 + offset / 256) & 0xff)
    this.#message = { plan, fragments: [...cutName, ...Fragments.cut(content, plan.fragmentSize)], offered: 0 }
    this.#earlier.push(plan)
    this.#hasProbed = false
    const { frames } = this.#outcomeOf(() => this.#core.announce(plan, cutName, this.#now))
    ensure(frames.length === 1 && frames[0]?.kind === inf, "the message is not announced")
  }

  /** The application offers content, if the sender wants some. */
  offer(fragments: number): void {
    const message = this.#message
    if (message === undefined || !this.#core.wantsContent) return
    const from = message.plan.nameFragments + message.offered
    const offered = message.fragments.slice(from, from + fragments)
    ensure(from < message.fragments.length, "the sender wants more content than the message has")
    message.offered += offered.length
    this.#outcomeOf(() => this.#core.offer(offered, this.#now))
  }

  /** The sender receives a datagram. */
  receive(datagram: Uint8Array): void {
    const before = { ...this.#core.counters }
    const wasClosed = this.#core.isClosed
    const frame = Frame.decode(datagram)
    const isNoFrame = typeof frame === "string"
    if (!isNoFrame && frame.kind === ack && this.#frame !== undefined && sameFields(frame, this.#frame)) {
      this.#isAcknowledged = true
    }
    this.#mayEnd = !isNoFrame && frame.kind === fin
    const wasConnected = this.#isConnected
    const { events, frames } = this.#outcomeOf(() => this.#core.handleDatagrams([datagram], this.#now))
    this.#mayEnd = false
    const { counters } = this.#core
    const added = Object.values(counters).reduce((sum, n) => sum + n, 0) -
      Object.values(before).reduce((sum, n) => sum + n, 0)
    ensure(frames.length <= 1, "a datagram causes more than one frame")
    ensure(counters.malformed - before.malformed === Number(isNoFrame && !wasClosed), "malformed is counted wrongly")
    const isForServers = !isNoFrame && [inf, dat, kpa].some((kind) => kind === frame.kind)
    ensure(
      counters.unexpected - before.unexpected === Number(isForServers && !wasClosed),
      "unexpected is counted wrongly"
    )
    ensure(added <= 1, "a datagram is counted twice")
    const isDropped = wasClosed || added === 1
    ensure(!isDropped || (frames.length === 0 && events.length === 0), "a dropped datagram had an effect")
    ensure(isDropped || this.#isConnected, "an accepted datagram does not connect")
    ensure(!isDropped || this.#isConnected === wasConnected, "a dropped datagram connects")
  }

  /** The application probes the peer. */
  probe(): void {
    this.#outcomeOf(() => this.#core.probe(this.#now))
  }

  /** The application leaves. */
  leave(): void {
    const wasClosed = this.#core.isClosed
    const { frames } = this.#outcomeOf(() => this.#core.leave(), true)
    ensure(
      frames.length === Number(!wasClosed) && frames.every(({ kind }) => kind === fin),
      "leave does not send exactly one FIN"
    )
    this.#message = undefined
  }

  /** The application abandons the connection. */
  abandon(): void {
    const { frames } = this.#outcomeOf(() => this.#core.abandon())
    ensure(frames.length === 0 && this.#core.isClosed, "abandon sends a frame, or does not close")
    this.#message = undefined
  }

  #outcomeOf(act: () => void, isLeaving = false): Outcome {
    const acknowledged = this.#core.acknowledgedFragments
    act()
    const events = this.#core.pollEvents()
    ensure(this.#core.pollEvents().length === 0, "events are emitted twice")
    for (const event of events) this.#onEvent(event)
    const frames: Array<Frame.Frame> = []
    for (let length = this.#poll(); length > 0; length = this.#poll()) {
      const frame = Frame.decode(this.#target.slice(0, length))
      ensure(typeof frame !== "string" && Frame.isIntact(frame, crc32), () => `the sent frame is ${String(frame)}`)
      frames.push(frame)
      ensure(frames.length < 10, "endless frames")
      if (frame.kind === inf || frame.kind === dat) this.#onFrame(frame)
      else this.#onControl(frame, isLeaving)
      this.sent.push(frame)
    }
    const { acknowledgedFragments } = this.#core
    ensure(
      acknowledgedFragments <= (this.#message?.plan.fragmentCount ?? 0),
      "more fragments are acknowledged than the message has"
    )
    const isSame = acknowledgedFragments === 0 || acknowledgedFragments - acknowledged <= 1
    ensure(isSame, "more than one fragment is acknowledged at once")
    return { frames, events }
  }

  #onFrame(frame: Frame.Frame): void {
    const message = this.#message
    ensure(message !== undefined && !this.#core.isClosed, "a frame is sent without a message")
    const isCopy = this.#frame !== undefined && this.#frame.kind === frame.kind && sameFields(this.#frame, frame)
    const isBehind = frame.sequenceNumber === (this.#frame?.kind === inf ? 0 : this.#frame?.sequenceNumber ?? 0) + 1
    if (frame.kind === dat) {
      ensure(isCopy || (isBehind && this.#isAcknowledged), "a frame is sent too early")
      const payload = message.fragments[frame.sequenceNumber - 1]
      ensure(
        payload !== undefined && Buffer.from(payload).equals(frame.payload),
        "the sent content differs from the offered content"
      )
      ensure(
        frame.fragmentSize === Frame.fragmentSizeField(this.#dialect, payload.length),
        "a DAT has a wrong fragment size"
      )
    } else {
      ensure(frame.sequenceNumber === message.plan.nameFragments, "a wrong number of name fragments is announced")
    }
    ensure(frame.fragmentCount === message.plan.fragmentCount, "a frame has a wrong fragment count")
    this.#copies = isCopy ? this.#copies + 1 : 1
    ensure(this.#copies <= 1 + Limits.nackRepeats, "too many copies are sent")
    if (!isCopy || frame.kind === inf) this.#isAcknowledged = false
    this.#frame = frame
  }

  #onControl(frame: Frame.Frame, isLeaving: boolean): void {
    ensure(frame.kind === (isLeaving ? fin : kpa), "the sender sends a frame of the server, or FIN without leave")
    const { fragmentCount, kind, sequenceNumber } = this.#frame ?? { fragmentCount: 1, kind: inf, sequenceNumber: 0 }
    const isLast = kind === dat && sequenceNumber === fragmentCount
    if (frame.kind !== kpa) return
    ensure(this.#message === undefined || isLast, "KPA before the last fragment of a message")
    this.#hasProbed ||= this.#message !== undefined
  }

  #onEvent(event: SenderEvent): void {
    ensure(!this.#hasEnded, "an event after the end")
    switch (event._tag) {
      case "Connected":
        ensure(!this.#isConnected, "connected twice")
        this.#isConnected = true
        return
      case "Delivered":
        ensure(this.#message !== undefined, "delivered without a message")
        ensure(this.#frame?.kind === dat, "delivered without a fragment")
        ensure(this.#frame.sequenceNumber === this.#message.plan.fragmentCount, "delivered before the last fragment")
        ensure(event.confirmed ? this.#isAcknowledged : this.#hasProbed, "delivered without an acknowledgement")
        ensure(event.cost.repeatedNumbers.length <= Limits.numbersKept, "too many repeated numbers are stored")
        this.#message = undefined
        this.#frame = undefined
        return
      case "Declined":
      case "Ended":
        ensure(this.#mayEnd, "ended without FIN")
        ensure((event._tag === "Declined") === (this.#message !== undefined), "declined and ended are exchanged")
        break
      case "Lost":
        ensure(!this.#mayEnd, "lost because of a FIN")
    }
    ensure(this.#core.isClosed, "the end is reported, but the sender is not closed")
    this.#hasEnded = true
    this.#message = undefined
  }

  #poll(): number {
    return this.#core.pollTransmit(this.#target, this.#now)
  }
}

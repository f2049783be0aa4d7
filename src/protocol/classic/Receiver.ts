/**
 * The server's end of a classic connection, for one peer: answers every datagram at most once, delivers every message once
 * (docs/PROTOCOL.md §4–§7). A state machine without I/O: time is a number of milliseconds, replies go into buffers that it
 * is given. It knows neither names that are safe nor where content goes.
 */
import * as Limits from "../Limits.ts"
import * as Frame from "./Frame.ts"
import { Past } from "./Past.ts"
import { Reassembly } from "./Reassembly.ts"
import { type AbandonReason, type ReceiverCounters, type ReceiverEvent, ReceiverEvents } from "./ReceiverEvents.ts"
import { Replies } from "./Replies.ts"
import { Silence } from "./Silence.ts"
import type { Timing } from "./Timing.ts"

export interface ReceiverOptions {
  readonly crc32: Frame.Crc32
  readonly timing: Timing
}

/** What is under way; whether the peer counts as connected is the events' knowledge. */
type Phase = "idle" | "receiving" | "finishing" | "refused" | "closed"

export class Receiver {
  readonly counters: ReceiverCounters = { malformed: 0, damaged: 0, ahead: 0, stray: 0, unexpected: 0, copies: 0 }
  readonly #options: ReceiverOptions
  readonly #silence: Silence
  readonly #replies = new Replies()
  readonly #events = new ReceiverEvents()
  readonly #past: Past
  #phase: Phase = "idle"
  #isLeaving = false
  /** After the end of a connection: how long late copies of its frames are still known. */
  #lingersUntil = Infinity
  #serial = 0
  #message: Reassembly | undefined
  /** The last ACK of a message may have been lost: its sender may repeat as late as that of an unfinished one. */
  #mayRepeat = false
  #unwritten = 0

  constructor(options: ReceiverOptions, now: number) {
    this.#options = options
    this.#silence = new Silence(options.timing, now)
    this.#past = new Past(options.timing)
  }

  /** Whether nothing is left to do or to remember for this peer. */
  get isClosed(): boolean {
    return this.#phase === "closed"
  }

  handleDatagrams(batch: ReadonlyArray<Uint8Array>, now: number): void {
    for (const datagram of batch) {
      const frame = Frame.decode(datagram)
      if (typeof frame === "string") this.counters.malformed++
      else if (this.#phase !== "closed") this.#handle(frame, now)
    }
  }

  handleTimeout(now: number): void {
    const due = this.deadline
    if (now < due) return
    this.#silence.fired(due, now)
    if (now < this.deadline) return
    if (this.#phase === "idle" && now >= this.#past.answerAt) return this.#answerHeld(now)
    this.#abandon("lost")
    this.#events.disconnected("lost")
    this.#phase = "closed"
  }

  /** Writes the next reply that is due into `target` and returns its bytes; 0 when none is. */
  pollTransmit(target: Uint8Array, _now: number): number {
    return this.#replies.pollTransmit(target, this.#options.crc32)
  }

  pollEvents(): ReadonlyArray<ReceiverEvent> {
    return this.#events.poll()
  }

  /** When `handleTimeout` is due, in milliseconds; Infinity when nothing is. */
  get deadline(): number {
    const { silenceMillis, unfinishedMillis } = this.#options.timing
    const idleMillis = this.#mayRepeat ? unfinishedMillis : silenceMillis
    switch (this.#phase) {
      case "idle":
        return Math.min(this.#lingersUntil, this.#past.answerAt, this.#silence.endsAt(idleMillis))
      case "receiving":
      case "refused":
        return this.#silence.endsAt(unfinishedMillis)
      case "finishing":
      case "closed":
        return Infinity
    }
  }

  /** Storage took `bytes` of this message; an ACK that waited for it goes out. */
  written(serial: number, bytes: number): void {
    if (this.#message?.serial !== serial) return
    this.#unwritten -= bytes
    if (this.#phase === "receiving" && this.#unwritten <= Limits.unwrittenBytes) this.#replies.release()
  }

  /** The complete message is durable: acknowledges its last fragment. Nothing happens if it is no longer current. */
  accept(serial: number, now: number): void {
    if (this.#phase !== "finishing" || this.#message?.serial !== serial) return
    this.#replies.release()
    this.#silence.heard(now)
    this.#past.finish(this.#message.echo, now)
    this.#mayRepeat = true
    this.#leaveMessage("idle")
  }

  /** Refuses the message: FIN answers what its sender sent last or sends next, and then silence. */
  refuse(serial: number, now: number): void {
    if (this.#message?.serial !== serial) return
    this.#past.refuse(this.#message.echo, now)
    this.#replies.allowFin()
    this.#replies.turnWithheldIntoFin()
    this.#leaveMessage("refused")
    this.#events.disconnected("refused")
  }

  /** Wants to end: the next KPA is answered by FIN. */
  leave(): void {
    this.#isLeaving = true
  }

  /** Ends at once, for a program that stops: a peer in the middle of a message is told by FIN. */
  abort(): void {
    if (this.#phase === "receiving" || this.#phase === "finishing") {
      this.#replies.sayFinAgain()
    }
    this.#abandon("ended")
    this.#phase = "closed"
  }

  #handle(frame: Frame.Frame, now: number): void {
    switch (frame.kind) {
      case Frame.Kind.inf:
        return this.#handleAnnouncement(frame, now)
      case Frame.Kind.dat:
        return this.#handleFragment(frame, now)
      case Frame.Kind.kpa:
        return this.#handleKeepAlive(frame, now)
      case Frame.Kind.fin:
        return this.#handleFin(now)
      default:
        this.counters.unexpected++
    }
  }

  #handleAnnouncement(frame: Frame.Frame, now: number): void {
    if (!Frame.isIntact(frame, this.#options.crc32)) {
      this.counters.damaged++
      return
    }
    this.#silence.heard(now)
    const isUnderWay = this.#phase === "receiving" || this.#phase === "finishing"
    if (isUnderWay && this.#message?.echo.isAnnouncedBy(frame) === true) {
      if (frame.fragmentCount > 0) this.#replies.acknowledge(frame)
      return
    }
    if (this.#past.mayHave(frame, now)) {
      this.counters.copies++
      // The sender of a new one waits: it is answered when no copy can be alive. Where none can be new, that is all.
      if (this.#phase === "idle" && this.#lingersUntil === Infinity) this.#past.hold(frame)
      return
    }
    this.#abandon("replaced")
    this.#begin(frame)
    if (frame.fragmentCount > 0) this.#replies.acknowledge(frame)
  }

  #answerHeld(now: number): void {
    const announcement = this.#past.takeAnswer()
    if (announcement === undefined) return
    this.#silence.heard(now)
    if (announcement.fragmentCount === 0) this.#begin(announcement)
    else this.#replies.acknowledge(announcement)
  }

  #begin(announcement: Frame.Frame): Reassembly {
    const message = new Reassembly(++this.#serial, announcement)
    this.#message = message
    this.#phase = "receiving"
    this.#mayRepeat = false
    this.#past.letGo()
    this.#unwritten = 0
    this.#lingersUntil = Infinity
    this.#events.connected()
    if (message.isNameComplete) this.#events.opened(message)
    if (message.isComplete) this.#complete(message, announcement)
    return message
  }

  #handleFragment(frame: Frame.Frame, now: number): void {
    const message = this.#message
    if (!Frame.isIntact(frame, this.#options.crc32)) {
      if (this.#phase !== "receiving" || message === undefined) {
        this.counters.damaged++
        return
      }
      this.#silence.heard(now)
      message.noteDamage(frame.sequenceNumber)
      return this.#replies.refuse(frame)
    }
    if (this.#phase === "refused") return this.#replies.sayFin()
    if (message === undefined || message.fragmentCount !== frame.fragmentCount) return this.#handleRepeat(frame, now)
    this.#silence.heard(now)
    if (frame.sequenceNumber === message.position + 1) return this.#append(message, frame)
    if (frame.sequenceNumber > message.position) {
      this.counters.ahead++
      return
    }
    message.duplicates++
    if (this.#replies.withheldNumber !== frame.sequenceNumber) this.#replies.acknowledge(frame)
  }

  /** A fragment of no message under way: if of the finished one it is acknowledged again, else it is nothing. */
  #handleRepeat(frame: Frame.Frame, now: number): void {
    const begun = this.#phase === "idle" ? this.#past.takeBegun(frame) : undefined
    if (begun !== undefined) {
      this.#silence.heard(now)
      return this.#append(this.#begin(begun), frame)
    }
    if (!this.#past.hasFragment(frame)) {
      this.counters.stray++
      return
    }
    this.#silence.heard(now)
    this.#past.letGo()
    this.counters.copies++
    this.#replies.acknowledge(frame)
  }

  #append(message: Reassembly, frame: Frame.Frame): void {
    const wasNameComplete = message.isNameComplete
    message.append(frame)
    if (!wasNameComplete && message.isNameComplete) this.#events.opened(message)
    if (message.isComplete) return this.#complete(message, frame)
    this.#handOver(message, false)
    if (this.#unwritten > Limits.unwrittenBytes) this.#replies.withhold(frame)
    else this.#replies.acknowledge(frame)
  }

  #complete(message: Reassembly, last: Frame.Frame): void {
    this.#handOver(message, true)
    this.#phase = "finishing"
    this.#replies.withhold(last)
    this.#events.completed(message)
  }

  #handleKeepAlive(frame: Frame.Frame, now: number): void {
    if (this.#phase === "refused") return this.#replies.sayFinAgain(frame)
    this.#silence.heard(now)
    this.#past.letGo()
    this.#mayRepeat = false
    // A client asks in the middle of a message when the answer to its last fragment is missing: it is not done yet.
    if (this.#phase !== "idle") return this.#replies.refuse(frame)
    if (this.#lingersUntil === Infinity) this.#events.connected()
    if (!this.#isLeaving) return this.#replies.acknowledge(frame)
    this.#replies.sayFinAgain(frame)
    this.#end("left", now)
  }

  #handleFin(now: number): void {
    if (this.#phase === "refused") return
    this.#past.letGo()
    this.#abandon("ended")
    this.#end("ended", now)
  }

  #end(reason: "left" | "ended", now: number): void {
    this.#events.disconnected(reason)
    this.#lingersUntil = Math.min(this.#lingersUntil, this.#past.copiesUntil(now))
  }

  /** The current message is over: a complete one is remembered, another is told to be abandoned. */
  #abandon(reason: AbandonReason): void {
    const message = this.#message
    if (message !== undefined) {
      if (this.#phase === "finishing") this.#past.leave(message.echo)
      else this.#events.abandoned(message.serial, reason)
    }
    this.#leaveMessage("idle")
  }

  #leaveMessage(phase: Phase): void {
    this.#message = undefined
    this.#replies.forget()
    this.#phase = phase
  }

  #handOver(message: Reassembly, all: boolean): void {
    const bytes = message.takeBlock(all)
    if (bytes === undefined) return
    this.#unwritten += bytes.length
    this.#events.block(message.serial, bytes)
  }
}

/**
 * The server's end of a classic connection, for one peer: answers every datagram at most once, delivers every message once
 * (docs/PROTOCOL.md §4–§7). A state machine without I/O: time is a number of milliseconds, replies go into buffers that it
 * is given. It knows neither names that are safe nor where content goes.
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"
import { PeerTimer } from "./PeerTimer.ts"
import type { Reception } from "./Reassembly.ts"
import { Reassembly } from "./Reassembly.ts"
import { type AbandonReason, type ReceiverCounters, type ReceiverEvent, ReceiverEvents } from "./ReceiverEvents.ts"
import { RecentMessages } from "./RecentMessages.ts"
import { Replies } from "./Replies.ts"
import type { TimingValues } from "./TimingValues.ts"

type Phase = "idle" | "receiving" | "finishing" | "refused" | "closed"

export class Receiver {
  readonly counters: ReceiverCounters = { malformed: 0, damaged: 0, ahead: 0, stray: 0, unexpected: 0, copies: 0 }
  readonly #crc32: Frame.Crc32
  readonly #presence: PeerTimer
  readonly #replies = new Replies()
  readonly #events = new ReceiverEvents()
  readonly #past: RecentMessages
  #phase: Phase = "idle"
  #isLeaving = false
  #serial = 0
  #message: Reassembly | undefined
  #unwritten = 0

  constructor({ crc32, timing }: { readonly crc32: Frame.Crc32; readonly timing: TimingValues }, now: number) {
    this.#crc32 = crc32
    this.#presence = new PeerTimer(timing, now)
    this.#past = new RecentMessages(timing)
  }

  /** Whether nothing is left to do or to remember for this peer. */
  get isClosed(): boolean {
    return this.#phase === "closed"
  }

  /** Whether the peer was told of as connected and not yet as disconnected. */
  get isConnected(): boolean {
    return this.#events.isConnected
  }

  /** Whether a message is under way, or waits to be accepted. */
  get isBusy(): boolean {
    return this.#phase === "receiving" || this.#phase === "finishing"
  }

  /** What has come of the current message so far; undefined when `serial` is no longer it. */
  arrived(serial: number): Reception | undefined {
    return this.#message?.serial === serial ? this.#message.reception : undefined
  }

  handleDatagrams(batch: ReadonlyArray<Uint8Array>, now: number): void {
    for (const datagram of batch) {
      const frame = Frame.decode(datagram)
      if (typeof frame === "string") this.counters.malformed++
      else if (this.#phase !== "closed") this.#handle(frame, now)
    }
  }

  handleTimeout(now: number): void {
    this.#past.excuse(this.#presence.fired(this.deadline, now))
    if (now < this.deadline) return
    if (now >= this.#past.answerAt) return this.#answerHeld(now)
    const isRemembered = this.#phase === "idle" && this.#presence.lose()
    this.#abandon("lost")
    this.#events.disconnected("lost")
    if (!isRemembered) this.#phase = "closed"
  }

  /** Writes the next reply that is due into `target` and returns its bytes; 0 when none is. */
  pollTransmit(target: Uint8Array, _now: number): number {
    return this.#replies.pollTransmit(target, this.#crc32)
  }

  pollEvents(): ReadonlyArray<ReceiverEvent> {
    return this.#events.poll()
  }

  /** When `handleTimeout` is due, in milliseconds; Infinity when nothing is. */
  get deadline(): number {
    if (this.#phase === "idle") return Math.min(this.#past.answerAt, this.#presence.idleUntil)
    return this.#phase === "receiving" || this.#phase === "refused" ? this.#presence.unfinishedUntil : Infinity
  }

  /** Storage took `bytes` of this message: an ACK that waited for it goes out. */
  written(serial: number, bytes: number): void {
    if (this.#message?.serial !== serial) return
    this.#unwritten -= bytes
    if (this.#phase === "receiving" && this.#unwritten <= Limits.unwrittenBytes) this.#replies.release()
  }

  /** The complete message is durable: acknowledges its last fragment, or, if it is no longer current, repeats of it. */
  accept(serial: number, now: number): void {
    if (this.#phase !== "finishing" || this.#message?.serial !== serial) return this.#past.settle(serial)
    this.#replies.release()
    this.#presence.finish(now)
    this.#past.finish(this.#message.echo, now)
    this.#leaveMessage("idle")
  }

  /** Refuses the message: FIN answers what its sender sent last or sends next, and then silence. */
  refuse(serial: number, now: number): void {
    if (this.#message?.serial !== serial) return
    this.#past.refuse(this.#message.echo, now)
    this.#replies.refuseWithheld()
    this.#leaveMessage("refused")
    this.#events.disconnected("refused")
  }

  /** Wants to end: the next KPA, or another announcement, is answered by FIN. */
  leave(): void {
    this.#isLeaving = true
    this.#past.letGo()
  }

  /** Ends at once, for a program that stops: a peer in the middle of a message, or refused and not told, gets FIN. */
  abort(): void {
    if (this.isBusy) this.#replies.sayFinAgain()
    else if (this.#phase === "refused") this.#replies.sayFin()
    this.#abandon("ended")
    this.#events.disconnected("left")
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
    if (!Frame.isIntact(frame, this.#crc32)) {
      this.counters.damaged++
      return
    }
    this.#presence.heard(now)
    if (this.isBusy && this.#message?.echo.isAnnouncedBy(frame) === true) {
      if (frame.fragmentCount > 0) this.#replies.acknowledge(frame)
      return
    }
    if (this.#past.mayHave(frame, now)) {
      this.counters.copies++
      // The sender of a new one waits: it is answered when no copy can be alive. Where none can be new, that is all, so
      // that only an idle receiver holds one: all that begins a message or ends the connection lets go of it.
      if (this.#phase === "idle" && !this.#presence.isLingering && !this.#isLeaving) this.#past.hold(frame)
      return
    }
    this.#abandon("replaced")
    if (this.#isLeaving) return this.#sayFarewell(frame, now)
    this.#begin(frame)
    if (frame.fragmentCount > 0) this.#replies.acknowledge(frame)
  }

  #answerHeld(now: number): void {
    const announcement = this.#past.takeAnswer(now)
    if (announcement === undefined) return
    this.#presence.heard(now)
    if (announcement.fragmentCount === 0) this.#begin(announcement)
    else this.#replies.acknowledge(announcement)
  }

  #begin(announcement: Frame.Frame): Reassembly {
    const message = new Reassembly(++this.#serial, announcement)
    this.#message = message
    this.#phase = "receiving"
    this.#presence.goOn()
    this.#past.letGo()
    this.#unwritten = 0
    this.#events.connected()
    if (message.isNameComplete) this.#events.opened(message)
    if (message.isComplete) this.#complete(message, announcement)
    return message
  }

  #handleFragment(frame: Frame.Frame, now: number): void {
    const message = this.#message
    if (!Frame.isIntact(frame, this.#crc32)) {
      if (this.#phase !== "receiving" || message === undefined) {
        this.counters.damaged++
        return
      }
      this.#presence.heard(now)
      message.noteDamage(frame.sequenceNumber)
      return this.#replies.refuse(frame)
    }
    if (this.#phase === "refused") return this.#replies.sayFin()
    if (message === undefined || message.fragmentCount !== frame.fragmentCount) return this.#handleRepeat(frame, now)
    this.#presence.heard(now)
    // Nobody who waits for answers is ahead, nor sends on while the last one is withheld.
    const isNext = frame.sequenceNumber === message.position + 1
    if (frame.sequenceNumber > message.position && (!isNext || this.#replies.withheldNumber !== undefined)) {
      this.counters.ahead++
      return
    }
    if (isNext) return this.#append(message, frame)
    message.duplicates++
    if (this.#replies.withheldNumber !== frame.sequenceNumber) this.#replies.acknowledge(frame)
  }

  /** A fragment of no message under way: if of the finished one it is acknowledged again, else it is nothing. */
  #handleRepeat(frame: Frame.Frame, now: number): void {
    const begun = this.#past.takeBegun(frame)
    if (begun !== undefined) {
      this.#presence.heard(now)
      return this.#append(this.#begin(begun), frame)
    }
    if (!this.#past.hasFragment(frame)) {
      this.counters.stray++
      return
    }
    this.#presence.heard(now)
    this.#presence.repeats(now)
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
    this.#presence.heard(now)
    const mayLackAnswer = this.#presence.asks(now)
    // A client asks in the middle of a message when the answer to its last fragment is missing: it is not done yet.
    if (this.#phase !== "idle" || this.#past.isAskedAbout(now)) return this.#replies.refuse(frame)
    this.#past.letGo()
    if (!this.#presence.isLingering) this.#events.connected()
    // FIN would tell one that lacks the last answer that its message was refused.
    if (this.#isLeaving && !mayLackAnswer) return this.#sayFarewell(frame, now)
    this.#replies.acknowledge(frame)
  }

  #handleFin(now: number): void {
    if (this.#phase === "refused") return
    this.#past.letGo()
    this.#abandon("ended")
    this.#events.disconnected("ended")
    this.#presence.end(this.#past.copiesUntil(now))
  }

  #sayFarewell(frame: Frame.Frame, now: number): void {
    this.#replies.sayFinAgain(frame)
    this.#events.disconnected("left")
    this.#presence.end(this.#past.copiesUntil(now))
  }

  /** The current message is over: a complete one is remembered, another is told to be abandoned. */
  #abandon(reason: AbandonReason): void {
    const message = this.#message
    if (message !== undefined) {
      if (this.#phase === "finishing") this.#past.leave(message.echo, message.serial)
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

/**
 * The server side of a classic connection to one peer: answers each datagram at most once and delivers each message
 * once (docs/PROTOCOL.md §4–§7, appendix B). A state machine without I/O: time is a number of milliseconds; after each
 * input the caller calls `pollTransmit` until it returns 0, `pollEvents`, and reads `deadline`.
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"
import { PeerTimer } from "./PeerTimer.ts"
import { Reassembly, type Reception } from "./Reassembly.ts"
import { type AbandonReason, type ReceiverCounters, type ReceiverEvent, ReceiverEvents } from "./ReceiverEvents.ts"
import { RecentMessages } from "./RecentMessages.ts"
import { Replies } from "./Replies.ts"
import type { TimingValues } from "./TimingValues.ts"

type Phase = "idle" | "receiving" | "publishing" | "refused" | "closed"

export class Receiver {
  readonly counters: ReceiverCounters = { malformed: 0, damaged: 0, ahead: 0, stray: 0, unexpected: 0, copies: 0 }
  readonly #crc32: Frame.Crc32
  readonly #peerTimer: PeerTimer
  readonly #replies = new Replies()
  readonly #events = new ReceiverEvents()
  readonly #recentMessages: RecentMessages
  #phase: Phase = "idle"
  #isDraining = false
  #serial = 0
  #message: Reassembly | undefined
  #unwrittenBytes = 0

  constructor({ crc32, timing }: { readonly crc32: Frame.Crc32; readonly timing: TimingValues }, now: number) {
    this.#crc32 = crc32
    this.#peerTimer = new PeerTimer(timing, now)
    this.#recentMessages = new RecentMessages(timing)
  }

  /** Whether the state of this peer can be removed. */
  get isClosed(): boolean {
    return this.#phase === "closed"
  }

  /** Whether a Connected event was emitted, and no Disconnected event after it. */
  get isConnected(): boolean {
    return this.#events.isConnected
  }

  /** Whether a message is being received, or waits for {@link accept}. */
  get isBusy(): boolean {
    return this.#phase === "receiving" || this.#phase === "publishing"
  }

  /** The statistics of the message `serial` so far; undefined when it is not the current message. */
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
    this.#recentMessages.addStall(this.#peerTimer.onTimeout(this.deadline, now))
    if (now < this.deadline) return
    if (now >= this.#recentMessages.answerAt) return this.#answerHeldAnnouncement(now)
    const isKept = this.#phase === "idle" && this.#peerTimer.onIdleTimeout()
    this.#abandon("lost")
    this.#events.emitDisconnected("lost")
    if (!isKept) this.#phase = "closed"
  }

  /** Writes the next reply into `target` and returns its length in bytes; 0 when there is none. */
  pollTransmit(target: Uint8Array, _now: number): number {
    return this.#replies.pollTransmit(target, this.#crc32)
  }

  pollEvents(): ReadonlyArray<ReceiverEvent> {
    return this.#events.poll()
  }

  /** The time at which `handleTimeout` is due, in milliseconds; Infinity without a timer. */
  get deadline(): number {
    if (this.#phase === "idle") return Math.min(this.#recentMessages.answerAt, this.#peerTimer.idleDeadline)
    return this.#phase === "receiving" || this.#phase === "refused" ? this.#peerTimer.unfinishedDeadline : Infinity
  }

  /** Storage has written `bytes` of the message: sends an ACK withheld for back-pressure (docs/PROTOCOL.md §4.2). */
  written(serial: number, bytes: number): void {
    if (this.#message?.serial !== serial) return
    this.#unwrittenBytes -= bytes
    if (this.#phase === "receiving" && this.#unwrittenBytes <= Limits.unwrittenBytes) this.#replies.release()
  }

  /** The complete message is published: acknowledges its last DAT, or retransmissions of it once another is current. */
  accept(serial: number, now: number): void {
    if (this.#phase !== "publishing" || this.#message?.serial !== serial) {
      return this.#recentMessages.onPublished(serial)
    }
    this.#replies.release()
    this.#peerTimer.onMessageFinished(now)
    this.#recentMessages.finish(this.#message.record, now)
    this.#endMessage("idle")
  }

  /** Refuses the message: FIN is sent in place of a withheld ACK or in answer to the next DAT (docs/PROTOCOL.md §6). */
  refuse(serial: number, now: number): void {
    if (this.#message?.serial !== serial) return
    this.#recentMessages.refuse(this.#message.record, now)
    this.#replies.replaceWithheldByFin()
    this.#endMessage("refused")
    this.#events.emitDisconnected("refused")
  }

  /** Drains: the next KPA between messages, or the next announcement, is answered by FIN (docs/PROTOCOL.md §6). */
  leave(): void {
    this.#isDraining = true
    this.#recentMessages.dropHeld()
  }

  /** Ends at once, for a program that stops. FIN goes to a peer in a message, and to a refused peer that got none. */
  abort(): void {
    if (this.isBusy) this.#replies.resendFin()
    else if (this.#phase === "refused") this.#replies.sendFin()
    this.#abandon("ended")
    this.#events.emitDisconnected("left")
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
    this.#peerTimer.restart(now)
    if (this.isBusy && this.#message?.record.matchesAnnouncement(frame) === true) {
      if (frame.fragmentCount > 0) this.#replies.acknowledge(frame)
      return
    }
    if (this.#recentMessages.mayBeCopy(frame, now)) {
      this.counters.copies++
      // The sender of a new one waits: it is answered once no copy can arrive. In other states it is no new one, so only
      // an idle receiver holds one, and every transition that begins a message or ends the connection drops it.
      if (this.#phase === "idle" && !this.#peerTimer.isLingering && !this.#isDraining) this.#recentMessages.hold(frame)
      return
    }
    this.#abandon("replaced")
    if (this.#isDraining) return this.#endWithFin(frame, now)
    this.#begin(frame)
    if (frame.fragmentCount > 0) this.#replies.acknowledge(frame)
  }

  #answerHeldAnnouncement(now: number): void {
    const announcement = this.#recentMessages.takeDueAnnouncement(now)
    if (announcement === undefined) return
    this.#peerTimer.restart(now)
    if (announcement.fragmentCount === 0) this.#begin(announcement)
    else this.#replies.acknowledge(announcement)
  }

  #begin(announcement: Frame.Frame): Reassembly {
    const message = new Reassembly(++this.#serial, announcement)
    this.#message = message
    this.#phase = "receiving"
    this.#peerTimer.onMessageBegun()
    this.#recentMessages.dropHeld()
    this.#unwrittenBytes = 0
    this.#events.emitConnected()
    if (message.isNameComplete) this.#events.emitOpened(message)
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
      this.#peerTimer.restart(now)
      message.onDamagedFragment(frame.sequenceNumber)
      return this.#replies.nack(frame)
    }
    if (this.#phase === "refused") return this.#replies.sendFin()
    if (message === undefined || message.fragmentCount !== frame.fragmentCount) return this.#handleRepeat(frame, now)
    this.#peerTimer.restart(now)
    // A stop-and-wait sender sends no DAT ahead of the next one, and none while the last ACK is withheld.
    const isNext = frame.sequenceNumber === message.position + 1
    if (frame.sequenceNumber > message.position && (!isNext || this.#replies.withheldNumber !== undefined)) {
      this.counters.ahead++
      return
    }
    if (isNext) return this.#append(message, frame)
    message.duplicates++
    if (this.#replies.withheldNumber !== frame.sequenceNumber) this.#replies.acknowledge(frame)
  }

  /** A DAT that is not of the current message: acknowledged again if it is of the finished message, else dropped. */
  #handleRepeat(frame: Frame.Frame, now: number): void {
    const started = this.#recentMessages.takeStarted(frame)
    if (started !== undefined) {
      this.#peerTimer.restart(now)
      return this.#append(this.#begin(started), frame)
    }
    if (!this.#recentMessages.hasFragment(frame)) {
      this.counters.stray++
      return
    }
    this.#peerTimer.restart(now)
    this.#peerTimer.onRepeat(now)
    this.#recentMessages.dropHeld()
    this.counters.copies++
    this.#replies.acknowledge(frame)
  }

  #append(message: Reassembly, frame: Frame.Frame): void {
    const wasNameComplete = message.isNameComplete
    message.append(frame)
    if (!wasNameComplete && message.isNameComplete) this.#events.emitOpened(message)
    if (message.isComplete) return this.#complete(message, frame)
    this.#emitBlock(message, false)
    if (this.#unwrittenBytes > Limits.unwrittenBytes) this.#replies.withhold(frame)
    else this.#replies.acknowledge(frame)
  }

  #complete(message: Reassembly, last: Frame.Frame): void {
    this.#emitBlock(message, true)
    this.#phase = "publishing"
    this.#replies.withhold(last)
    this.#events.emitCompleted(message)
  }

  #handleKeepAlive(frame: Frame.Frame, now: number): void {
    if (this.#phase === "refused") return this.#replies.resendFin(frame)
    this.#peerTimer.restart(now)
    const mayLackAnswer = this.#peerTimer.onKeepAlive(now)
    // In the middle of a message a KPA is the probe of a client without the last ACK. The message is not complete yet.
    if (this.#phase !== "idle" || this.#recentMessages.isProbe(now)) return this.#replies.nack(frame)
    this.#recentMessages.dropHeld()
    if (!this.#peerTimer.isLingering) this.#events.emitConnected()
    // A client without the last ACK would interpret FIN as the refusal of its message.
    if (this.#isDraining && !mayLackAnswer) return this.#endWithFin(frame, now)
    this.#replies.acknowledge(frame)
  }

  #handleFin(now: number): void {
    if (this.#phase === "refused") return
    this.#recentMessages.dropHeld()
    this.#abandon("ended")
    this.#events.emitDisconnected("ended")
    this.#peerTimer.linger(this.#recentMessages.copiesUntil(now))
  }

  #endWithFin(frame: Frame.Frame, now: number): void {
    this.#replies.resendFin(frame)
    this.#events.emitDisconnected("left")
    this.#peerTimer.linger(this.#recentMessages.copiesUntil(now))
  }

  /** Ends the current message: a complete one is recorded as finished, an incomplete one is reported as abandoned. */
  #abandon(reason: AbandonReason): void {
    const message = this.#message
    if (message !== undefined) {
      if (this.#phase === "publishing") this.#recentMessages.finishUnpublished(message.record, message.serial)
      else this.#events.emitAbandoned(message.serial, reason)
    }
    this.#endMessage("idle")
  }

  #endMessage(phase: Phase): void {
    this.#message = undefined
    this.#replies.discardWithheld()
    this.#phase = phase
  }

  #emitBlock(message: Reassembly, all: boolean): void {
    const bytes = message.takeBlock(all)
    if (bytes === undefined) return
    this.#unwrittenBytes += bytes.length
    this.#events.emitBlock(message.serial, bytes)
  }
}

/**
 * The client side of a classic connection: one message at a time, one frame in flight, the keep-alive between messages,
 * and the end of the connection (docs/PROTOCOL.md §4–§6, appendix A). A state machine without I/O: the caller passes a
 * monotonic time in milliseconds, fragments and buffers; after each input it calls `pollTransmit` until 0,
 * `pollEvents`, and reads `deadline`.
 */
import * as Frame from "./ClassicFrame.ts"
import type { Plan } from "./Fragments.ts"
import { IdleClock } from "./IdleClock.ts"
import { type Cost, InFlight } from "./InFlight.ts"
import { Outbound } from "./Outbound.ts"
import { Probe } from "./Probe.ts"
import type { TimingValues } from "./TimingValues.ts"

/** An event for the application. */
export type SenderEvent =
  /** The first answer of the peer was received. */
  | { readonly _tag: "Connected" }
  /** The receiver has the whole message. Unconfirmed: its last ACK is missing, but a probe showed that it is idle. */
  | { readonly _tag: "Delivered"; readonly confirmed: boolean; readonly cost: Cost }
  /** FIN was received in the middle of a message: the receiver refuses it. */
  | { readonly _tag: "Declined" }
  /** FIN was received between messages: the peer ended the connection. */
  | { readonly _tag: "Ended" }
  /** The idle timeout expired, or a frame remained unanswered for too long (docs/PROTOCOL.md §5.3); `unprovenBytes`: see Outbound. */
  | { readonly _tag: "Lost"; readonly unprovenBytes: number | undefined }

/** Dropped datagrams, by reason. */
export interface SenderCounters {
  /** Datagrams that are not a frame. */
  malformed: number
  /** Answers that do not belong to the frame in flight. */
  stale: number
  /** INF, DAT and KPA, which only a server may receive. */
  unexpected: number
}

/** The services and parameters of a sender. */
export interface SenderOptions {
  readonly crc32: Frame.Crc32
  readonly dialect: Frame.Dialect
  readonly timing: TimingValues
}

const nothing = new Uint8Array(0)

export class Sender {
  readonly counters: SenderCounters = { malformed: 0, stale: 0, unexpected: 0 }
  readonly #options: SenderOptions
  readonly #inFlight: InFlight
  readonly #idleClock: IdleClock
  readonly #probe: Probe
  #message: Outbound | undefined
  #isClosed = false
  #isConnected = false
  #controlDue: typeof Frame.Kind.kpa | typeof Frame.Kind.fin | undefined
  #keepAliveAt = Infinity
  #events: Array<SenderEvent> = []

  constructor(options: SenderOptions, now: number) {
    this.#options = options
    this.#inFlight = new InFlight(options.timing)
    this.#idleClock = new IdleClock(options.timing, now)
    this.#probe = new Probe(options.timing)
  }

  /** Acknowledged fragments of the current message, including the fragments of its name. */
  get acknowledgedFragments(): number {
    return this.#message?.acknowledgedFragments ?? 0
  }

  /** Retransmitted frames of the current message so far. */
  get retransmissions(): number {
    return this.#message === undefined ? 0 : this.#inFlight.cost.retransmissions
  }

  /** Whether the connection has ended: by this side, by the peer, or by a timeout. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether the application is to {@link offer} the next content fragments. */
  get wantsContent(): boolean {
    return this.#message?.wantsContent === true
  }

  /** The smoothed round trip in milliseconds; undefined before the first sample. */
  get roundTripMillis(): number | undefined {
    return this.#inFlight.roundTripMillis
  }

  /** Begins a message; `nameFragments` are those of its name. Throws while another is current, and after the end. */
  announce(plan: Plan, nameFragments: ReadonlyArray<Uint8Array>, now: number): void {
    if (this.#isClosed || this.#message !== undefined) {
      throw new Error("Sender.announce: the connection has ended, or another message is current")
    }
    this.#message = new Outbound(plan, nameFragments, this.#options)
    this.#inFlight.beginMessage()
    this.#probe.beginMessage()
    if (this.#keepAliveAt === Infinity) this.#idleClock.restart(now)
    this.#keepAliveAt = Infinity
    this.#controlDue = undefined
    this.#inFlight.start(this.#message.announcement())
  }

  /** Adds the next content fragments. Throws unless {@link wantsContent}. */
  offer(fragments: ReadonlyArray<Uint8Array>, now: number): void {
    if (this.#message === undefined) return
    if (!this.wantsContent) throw new Error("Sender.offer: called while wantsContent is false")
    this.#message.offer(fragments)
    if (!this.#inFlight.isEmpty) return
    // Nothing was in flight while storage produced the fragments, so that time does not count as idle time of the peer.
    this.#idleClock.restart(now)
    this.#sendNext(this.#message)
  }

  /** Sends a KPA to find out whether the peer answers. Its answer emits the Connected event (docs/PROTOCOL.md §5.2). */
  probe(now: number): void {
    if (this.#isClosed || this.#message !== undefined) return
    this.#idleClock.restart(now)
    this.#keepAliveAt = now
    this.handleTimeout(now)
  }

  /** Ends the connection and sends FIN at once, also in the middle of a message. */
  leave(): void {
    if (this.#isClosed) return
    this.#close()
    this.#controlDue = Frame.Kind.fin
  }

  /** The network reported that nothing arrives: before the first answer, INF or KPA is soon sent again. */
  onRefused(now: number): void {
    if (this.#isConnected) return
    const at = now + this.#options.timing.refusedMillis
    if (!this.#inFlight.isEmpty) this.#inFlight.retransmitBy(at)
    else if (this.#keepAliveAt < Infinity) this.#keepAliveAt = Math.min(this.#keepAliveAt, at)
  }

  /** Ends the connection without FIN, because the peer cannot be reached. */
  abandon(): void {
    this.#close()
  }

  handleDatagrams(batch: ReadonlyArray<Uint8Array>, now: number): void {
    for (const datagram of batch) {
      if (this.#isClosed) return
      const frame = Frame.decode(datagram)
      if (typeof frame === "string") this.counters.malformed++
      else this.#handle(frame, now)
    }
  }

  handleTimeout(now: number): void {
    const due = this.deadline
    if (now < due) return
    this.#inFlight.addStall(this.#idleClock.onTimeout(due, now))
    if (now >= this.#lostAt) {
      this.#events.push({ _tag: "Lost", unprovenBytes: this.#message?.unprovenBytes })
      return this.#close()
    }
    if (now >= this.#inFlight.timeoutAt) {
      this.#inFlight.retransmitOnTimeout()
      if (this.#inFlight.isLast) {
        // An existing server answers no DAT of a message that it has completed: a KPA after the DAT probes it (§7.1).
        this.#probe.start()
        this.#controlDue = Frame.Kind.kpa
      }
    }
    if (now >= this.#keepAliveAt) {
      this.#keepAliveAt = now + this.#keepAliveMillis
      this.#controlDue = Frame.Kind.kpa
    }
  }

  /** Writes the next frame that is due into `target` and returns its length in bytes; 0 when there is none. */
  pollTransmit(target: Uint8Array, now: number): number {
    const bytes = this.#inFlight.pollTransmit(target, now, this.#options.crc32)
    const kind = this.#controlDue
    if (bytes > 0 || kind === undefined) return bytes
    this.#controlDue = undefined
    if (kind === Frame.Kind.kpa) this.#probe.onKeepAliveSent(now)
    const { crc32, dialect } = this.#options
    return Frame.encode(target, Frame.controlHeader(kind, dialect), nothing, crc32)
  }

  pollEvents(): ReadonlyArray<SenderEvent> {
    if (this.#events.length === 0) return this.#events
    const events = this.#events
    this.#events = []
    return events
  }

  /** The time at which `handleTimeout` is due, in milliseconds; Infinity without a timer. */
  get deadline(): number {
    return this.#isClosed ? Infinity : Math.min(this.#inFlight.timeoutAt, this.#keepAliveAt, this.#lostAt)
  }

  /** The interval of KPAs. Before the first answer it is that of retransmissions: the connection waits for it. */
  get #keepAliveMillis(): number {
    const { firstTimeoutMillis, keepAliveMillis } = this.#options.timing
    return this.#isConnected ? keepAliveMillis : Math.min(firstTimeoutMillis, keepAliveMillis)
  }

  /**
   * The time at which the peer is lost. With nothing in flight and no keep-alive no answer is expected. A peer that
   * sends other frames but never the required ACK is lost too, after the time that a receiver waits for the next frame.
   */
  get #lostAt(): number {
    const isExpecting = !this.#inFlight.isEmpty || this.#keepAliveAt < Infinity
    if (!isExpecting) return Infinity
    const { idleTimeoutMillis, unfinishedMillis } = this.#options.timing
    return Math.min(this.#idleClock.expiresAt(idleTimeoutMillis), this.#inFlight.waitingSince + unfinishedMillis)
  }

  #handle(frame: Frame.Frame, now: number): void {
    switch (frame.kind) {
      case Frame.Kind.ack:
        return Frame.isOfConnection(frame) ? this.#handleKeepAliveAck(now) : this.#handleAck(frame, now)
      case Frame.Kind.nack:
        return this.#handleNack(frame, now)
      case Frame.Kind.fin:
        this.#onPeerActivity(now)
        this.#events.push({ _tag: this.#message === undefined ? "Ended" : "Declined" })
        return this.#close()
      default:
        this.counters.unexpected++
    }
  }

  #handleAck(frame: Frame.Frame, now: number): void {
    const message = this.#message
    if (message === undefined || !this.#inFlight.isAnsweredBy(frame, now)) {
      this.#inFlight.onStaleAnswer(frame)
      this.counters.stale++
      return
    }
    this.#onPeerActivity(now)
    this.#probe.onAnswer(this.#inFlight.firstSentAt, now)
    // The last ACK of a file includes the time of the receiver's disk, so it is no round-trip sample.
    this.#inFlight.onAnswer(now, !(this.#inFlight.isLast && message.plan.kind === "file"))
    if (this.#inFlight.kind === Frame.Kind.dat) message.onAcknowledged()
    if (this.#inFlight.isLast) this.#completeMessage(true, now)
    else this.#sendNext(message)
  }

  #handleNack(frame: Frame.Frame, now: number): void {
    if (this.#inFlight.isAnsweredBy(frame, now)) {
      this.#onPeerActivity(now)
      this.#probe.onAnswer(this.#inFlight.firstSentAt, now)
      this.#inFlight.retransmitOnNack()
    } else if (Frame.isOfConnection(frame) && this.#probe.isActive) {
      // The message is not complete or not published. The timer of the last DAT runs on.
      this.#onPeerActivity(now)
    } else {
      this.counters.stale++
    }
  }

  /** The peer is idle. While the last DAT is in flight that may prove that the message has arrived. */
  #handleKeepAliveAck(now: number): void {
    this.#onPeerActivity(now)
    if (this.#probe.onKeepAliveAck(now) && this.#inFlight.isLast) this.#completeMessage(false, now)
  }

  #onPeerActivity(now: number): void {
    this.#idleClock.restart(now)
    if (this.#isConnected) return
    // The KPA that was answered is the first one at the interval of a connection.
    this.#keepAliveAt += this.#options.timing.keepAliveMillis - this.#keepAliveMillis
    this.#isConnected = true
    this.#events.push({ _tag: "Connected" })
  }

  #sendNext(message: Outbound): void {
    const frame = message.take()
    if (frame === undefined) this.#inFlight.clear()
    else this.#inFlight.start(frame)
  }

  #completeMessage(confirmed: boolean, now: number): void {
    this.#events.push({ _tag: "Delivered", confirmed, cost: this.#inFlight.cost })
    this.#endMessage()
    this.#keepAliveAt = now + this.#options.timing.keepAliveMillis
  }

  #close(): void {
    this.#endMessage()
    this.#isClosed = true
  }

  #endMessage(): void {
    this.#message = undefined
    this.#probe.endMessage()
    this.#inFlight.clear()
    this.#keepAliveAt = Infinity
    this.#controlDue = undefined
  }
}

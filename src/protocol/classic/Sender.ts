/**
 * The client's end of a classic connection: one message at a time, one frame in flight, the keep-alive between messages,
 * and the end (docs/PROTOCOL.md §4–§6). A state machine without I/O: time is a number of milliseconds, bytes go into
 * buffers that it is given. It knows neither where fragments come from nor where frames go.
 */
import * as Frame from "./ClassicFrame.ts"
import type { Plan } from "./Fragments.ts"
import { IdleClock } from "./IdleClock.ts"
import type { Cost } from "./InFlight.ts"
import { InFlight } from "./InFlight.ts"
import { Outbound } from "./Outbound.ts"
import { Probe } from "./Probe.ts"
import type { TimingValues } from "./TimingValues.ts"

export type SenderEvent =
  /** The peer answered for the first time. */
  | { readonly _tag: "Connected" }
  /** The message is whole at the receiver; unconfirmed when its last answer was lost but the peer is idle again. */
  | { readonly _tag: "Delivered"; readonly confirmed: boolean; readonly cost: Cost }
  /** FIN in the middle of a message: the receiver refuses it. */
  | { readonly _tag: "Declined" }
  /** FIN while idle: the peer ended the connection. */
  | { readonly _tag: "Ended" }
  /** Silence for too long. */
  | { readonly _tag: "Lost" }

/** Datagrams that changed nothing, by reason. */
export interface SenderCounters {
  /** No frame at all. */
  malformed: number
  /** Answers to nothing that is in flight. */
  stale: number
  /** Frames that only a server may get. */
  unexpected: number
}

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

  /** Fragments acknowledged of the message under way, those of the name included. */
  get acknowledgedFragments(): number {
    return this.#message?.acknowledgedFragments ?? 0
  }

  /** Frames sent again so far of the message under way. */
  get retransmissions(): number {
    return this.#message === undefined ? 0 : this.#inFlight.cost.retransmissions
  }

  /** Whether the connection is over, by either side or by silence. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether the next fragments of the content can be offered. */
  get isWanting(): boolean {
    return this.#message?.isWanting === true
  }

  /** Milliseconds: the smoothed round trip, once there is one. */
  get roundTripMillis(): number | undefined {
    return this.#inFlight.roundTripMillis
  }

  /** Begins a message; `nameFragments` are its name, cut. One at a time: the caller's defect otherwise. */
  announce(plan: Plan, nameFragments: ReadonlyArray<Uint8Array>, now: number): void {
    if (this.#isClosed || this.#message !== undefined) {
      throw new Error("Sender.announce: closed, or a message is under way")
    }
    this.#message = new Outbound(plan, nameFragments, this.#options)
    this.#inFlight.beginMessage()
    this.#probe.beginMessage()
    if (this.#keepAliveAt === Infinity) this.#idleClock.restart(now)
    this.#keepAliveAt = Infinity
    this.#controlDue = undefined
    this.#inFlight.start(this.#message.announcement())
  }

  /** Takes the next fragments of the content. Only while {@link isWanting}: the caller's defect otherwise. */
  offer(fragments: ReadonlyArray<Uint8Array>, now: number): void {
    if (this.#message === undefined) return
    if (!this.isWanting) throw new Error("Sender.offer: nothing was wanted")
    this.#message.offer(fragments)
    if (!this.#inFlight.isEmpty) return
    // Nothing was in flight while storage worked: that was not the peer's silence.
    this.#idleClock.restart(now)
    this.#sendNext(this.#message)
  }

  /** Asks with a KPA whether the peer is there; its answer is the `connected` event. */
  probe(now: number): void {
    if (this.#isClosed || this.#message !== undefined) return
    this.#idleClock.restart(now)
    this.#keepAliveAt = now
    this.handleTimeout(now)
  }

  /** Ends the connection: FIN goes out at once, whatever is under way. */
  leave(): void {
    if (this.#isClosed) return
    this.#close()
    this.#controlDue = Frame.Kind.fin
  }

  /** Ends the connection without a word: there is nobody to hear it. */
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
      this.#close()
      this.#events.push({ _tag: "Lost" })
      return
    }
    if (now >= this.#inFlight.timeoutAt) {
      this.#inFlight.retransmitOnTimeout()
      if (this.#inFlight.isLast) {
        // Existing servers are silent once they have everything: a KPA behind the repeat asks (§7.1).
        this.#probe.start()
        this.#controlDue = Frame.Kind.kpa
      }
    }
    if (now >= this.#keepAliveAt) {
      this.#keepAliveAt = now + this.#options.timing.keepAliveMillis
      this.#controlDue = Frame.Kind.kpa
    }
  }

  /** Writes the next frame that is due into `target` and returns its bytes; 0 when none is. */
  pollTransmit(target: Uint8Array, now: number): number {
    const bytes = this.#inFlight.pollTransmit(target, now, this.#options.crc32)
    const kind = this.#controlDue
    if (bytes > 0 || kind === undefined) return bytes
    this.#controlDue = undefined
    if (kind === Frame.Kind.kpa) this.#probe.onKeepAliveSent(now)
    const header = {
      sequenceNumber: 0,
      fragmentCount: 0,
      fragmentSize: Frame.fragmentSizeField(this.#options.dialect, 0),
      kind
    }
    return Frame.encode(target, header, nothing, this.#options.crc32)
  }

  pollEvents(): ReadonlyArray<SenderEvent> {
    if (this.#events.length === 0) return this.#events
    const events = this.#events
    this.#events = []
    return events
  }

  /** When `handleTimeout` is due, in milliseconds; Infinity when nothing is. */
  get deadline(): number {
    return this.#isClosed ? Infinity : Math.min(this.#inFlight.timeoutAt, this.#keepAliveAt, this.#lostAt)
  }

  /**
   * With nothing in flight and no keep-alive there is no answer to miss. A peer that answers but never with the ACK that
   * is needed is lost too, after as long as it would wait itself.
   */
  get #lostAt(): number {
    const isExpecting = !this.#inFlight.isEmpty || this.#keepAliveAt < Infinity
    if (!isExpecting) return Infinity
    const { silenceMillis, unfinishedMillis } = this.#options.timing
    return Math.min(this.#idleClock.expiresAt(silenceMillis), this.#inFlight.waitingSince + unfinishedMillis)
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
    // The wait for a file's last ACK is the disk's time, not the path's.
    this.#inFlight.onAnswer(now, !(this.#inFlight.isLast && message.plan.kind === "file"))
    if (this.#inFlight.kind === Frame.Kind.dat) message.acknowledgedFragments++
    if (this.#inFlight.isLast) this.#completeMessage(true, now)
    else this.#sendNext(message)
  }

  #handleNack(frame: Frame.Frame, now: number): void {
    if (this.#inFlight.isAnsweredBy(frame, now)) {
      this.#onPeerActivity(now)
      this.#probe.onAnswer(this.#inFlight.firstSentAt, now)
      this.#inFlight.retransmitOnNack()
    } else if (Frame.isOfConnection(frame) && this.#probe.isActive) {
      // The last DAT is still missing. Its timer runs.
      this.#onPeerActivity(now)
    } else {
      this.counters.stale++
    }
  }

  /** The peer is idle. While the last DAT waits for its answer, that may mean that everything has arrived. */
  #handleKeepAliveAck(now: number): void {
    this.#onPeerActivity(now)
    if (this.#probe.onKeepAliveAck(now) && this.#inFlight.isLast) this.#completeMessage(false, now)
  }

  #onPeerActivity(now: number): void {
    this.#idleClock.restart(now)
    if (this.#isConnected) return
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

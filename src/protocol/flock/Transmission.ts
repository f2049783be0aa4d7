/**
 * Decides what a session sends next, and when: path validation, probes of the MTU, acknowledgements, and data as far as window
 * and pacer allow (docs/PROTOCOL.md, flock §8.2). It fills runs of datagrams of equal length; PacketBuilder writes the packets.
 */
import * as Limits from "../ProtocolLimits.ts"
import { initialWindowBytes, sendQuantumBytes as quantumAt } from "./congestion/Congestion.ts"
import type { Pacer } from "./congestion/Pacer.ts"
import type { PacketBuilder, WrittenPacket } from "./PacketBuilder.ts"
import type { MtuDiscovery } from "./path/MtuDiscovery.ts"
import type { Path, PathValidation } from "./path/PathValidation.ts"
import type { LossDetection } from "./recovery/LossDetection.ts"
import type { ReceivedPackets } from "./recovery/ReceivedPackets.ts"
import type { Streams } from "./streams/Streams.ts"
import type { Frame } from "./wire/Frame.ts"

/** A run that may be sent now: its destination, and the length of its datagrams in bytes (the last may be shorter). */
export interface Transmit {
  readonly to: Path
  readonly datagramBytes: number
}

/** What limits the sender: no data to send, the peer's flow control, the congestion window, or the pacer. */
export type LimitingFactor = "application" | "window" | "congestion" | "pacing"

/** The parts of a session that sending depends on. */
export interface TransmissionParts {
  readonly recovery: LossDetection
  readonly received: ReceivedPackets
  readonly streams: Streams
  readonly packetBuilder: PacketBuilder
  readonly pacer: Pacer
  readonly mtuDiscovery: MtuDiscovery
  readonly pathValidation: PathValidation
  /** Returns numbers in [0, 1). */
  readonly random: () => number
  /** Size of the peer's kernel receive buffer, in bytes. */
  readonly peerBufferBytes: number
  /** The user's upper bound of the sending rate, in bytes per millisecond. */
  readonly limitBytesPerMilli: number
}

/** What `next` decided to send, for `fill`. */
type Plan =
  | { readonly _tag: "Run" }
  | { readonly _tag: "Probe"; readonly bytes: number }
  | { readonly _tag: "Frames"; readonly frames: ReadonlyArray<Frame>; readonly paddedBytes: number }

/** Packets that were written, and the bytes of their datagrams, prefix included. */
export interface TransmissionCounters {
  sentPackets: number
  sentBytes: number
}

/** The sending half of a session. */
export class Transmission {
  readonly counters: TransmissionCounters = { sentPackets: 0, sentBytes: 0 }
  /** How long each factor limited the sender, in milliseconds. */
  readonly limitedMillis: Record<LimitingFactor, number> = { application: 0, window: 0, congestion: 0, pacing: 0 }
  readonly #parts: TransmissionParts
  /** HELLO3: precedes DATA in every datagram until a DATA packet of the peer confirms the handshake (docs/PROTOCOL.md, flock §3.1). */
  #prefix: Uint8Array | undefined
  #plan: Plan = { _tag: "Run" }
  /** Probe packets to send regardless of window and pacer, after a probe timeout (RFC 9002 §6.2.4). */
  #probesDue = 0
  #isPingDue = false
  /** Datagrams from a new socket that are still to be padded: the peer may answer an unknown address with no more bytes than came. */
  #paddedDatagrams = 0
  /** Whether the pacer, not a lack of data, ended the last run: the next run waits until a whole quantum may be sent. */
  #isPacingLimited = false
  #limitingFactor: LimitingFactor = "application"
  #limitedSinceMillis: number
  #packetsUntilSkip: number

  constructor(parts: TransmissionParts, prefix: Uint8Array | undefined, now: number) {
    this.#parts = parts
    this.#prefix = prefix
    this.#limitedSinceMillis = now
    this.#packetsUntilSkip = this.#drawSkipDistance()
  }

  /** When the pacer allows the next run; Infinity unless pacing is the limiting factor. */
  get deadline(): number {
    if (this.#limitingFactor !== "pacing") return Infinity
    return this.#parts.pacer.dueAt(this.#rateBytesPerMilli, this.#quantumBytes)
  }

  /** A packet of the peer arrived: it has the session, and HELLO3 is no longer sent; it knows the address of this side. */
  confirm(): void {
    this.#prefix = undefined
    this.#paddedDatagrams = 0
  }

  /** This side sends from another socket from now on: it tells the peer at once, in padded datagrams until a packet arrives. */
  onNewSocket(): void {
    this.#paddedDatagrams = Limits.newSocketDatagrams
    this.#isPingDue = true
  }

  /** The session has moved to a path of which nothing is known: pacing begins again. */
  restart(now: number): void {
    this.#parts.pacer.restart(initialWindowBytes(Limits.leastDatagramBytes), now)
    this.#isPacingLimited = false
  }

  /** A probe timeout expired: two probe packets are sent next. */
  probe(): void {
    this.#probesDue = 2
  }

  /** Sends an ack-eliciting packet next, PING if there is nothing else. */
  ping(): void {
    this.#isPingDue = true
  }

  /** The run that may be sent now, for `fill` to write. Undefined when there is nothing to send, or it has to wait. */
  next(now: number): Transmit | undefined {
    const { mtuDiscovery, pathValidation, recovery, received, streams } = this.#parts
    const validation = pathValidation.pollFrame(now, recovery.roundTrip.probeTimeoutMillis(0, 0))
    if (validation !== undefined) {
      this.#plan = { _tag: "Frames", frames: [validation.frame], paddedBytes: validation.paddedBytes }
      return { to: validation.to, datagramBytes: Limits.leastDatagramBytes }
    }
    // A session that sends little does not need larger datagrams.
    const hasBulkData = streams.hasUnsent && recovery.rate.deliveredBytes >= Limits.mtuWorthBytes
    const mayProbeMtu = this.#prefix === undefined && hasBulkData && recovery.timeouts === 0
    const probeBytes = mayProbeMtu ? mtuDiscovery.probeBytes : undefined
    if (probeBytes !== undefined && this.#roomBytes() >= Math.min(probeBytes, Limits.leastDatagramBytes)) {
      this.#plan = { _tag: "Probe", bytes: probeBytes }
      return { to: pathValidation.current, datagramBytes: probeBytes }
    }
    const isAckDue = received.isAckPending && received.deadline <= now
    const maySendData = (streams.hasUnsent || streams.hasControl) && this.#maySend(now)
    if (!isAckDue && !maySendData && this.#probesDue === 0 && !this.#isPingDue) return this.#recordLimitingFactor(now)
    this.#plan = { _tag: "Run" }
    return { to: pathValidation.current, datagramBytes: this.#datagramBytes }
  }

  /** Writes the run that `next` returned to `target`, and returns its length in bytes. */
  fill(target: Uint8Array, now: number): number {
    const plan = this.#plan
    switch (plan._tag) {
      case "Run":
        return this.#fillRun(target, now)
      case "Probe": {
        // Not paced: one datagram is no burst, and the system may refuse to send it.
        this.#parts.mtuDiscovery.onProbeSent(plan.bytes)
        const written = this.#parts.packetBuilder.writeFrames(target, 0, [{ _tag: "Ping" }], plan.bytes)
        written.packet.probedBytes = plan.bytes
        this.#onWritten(written, written.end, now)
        return written.end
      }
      case "Frames": {
        const written = this.#parts.packetBuilder.writeFrames(target, 0, plan.frames, plan.paddedBytes)
        // Settled at once: a challenge is sent to an address that is not the session's path, and must not be a sample of the path.
        this.#parts.recovery.sent.settle(written.packet)
        return written.end
      }
    }
  }

  /** Writes one packet that contains only these frames, outside of window and pacer; returns its length in bytes. */
  fillFrames(target: Uint8Array, frames: ReadonlyArray<Frame>): number {
    const start = this.#writePrefix(target, 0)
    const written = this.#parts.packetBuilder.writeFrames(target, start, frames, 0)
    this.#parts.recovery.sent.settle(written.packet)
    return written.end
  }

  #fillRun(target: Uint8Array, now: number): number {
    const { recovery, streams, packetBuilder } = this.#parts
    const datagramBytes = this.#datagramBytes
    const isPadded = this.#paddedDatagrams > 0
    const creditBytes = this.#creditBytes(now)
    let budget = Math.min(this.#roomBytes(), creditBytes)
    let at = 0
    while (at + datagramBytes <= target.length && at < Limits.runDatagrams * datagramBytes) {
      if (--this.#packetsUntilSkip <= 0) {
        recovery.skipNumber()
        this.#packetsUntilSkip = this.#drawSkipDistance()
      }
      const start = this.#writePrefix(target, at)
      const end = at + datagramBytes
      const written = packetBuilder.write(target, start, end, budget > 0 || this.#probesDue > 0, now, isPadded) ??
        (this.#probesDue > 0 || this.#isPingDue
          ? packetBuilder.writeFrames(target, start, [{ _tag: "Ping" }], isPadded ? end - start : 0)
          : undefined)
      if (written === undefined) break
      const bytes = written.end - at
      this.#onWritten(written, bytes, now)
      at = written.end
      if (this.#paddedDatagrams > 0) this.#paddedDatagrams--
      if (written.isAckEliciting) {
        this.#parts.pacer.onSent(bytes)
        budget -= bytes
        this.#isPingDue = false
        if (this.#probesDue > 0) this.#probesDue--
      }
      if (bytes < datagramBytes || (budget <= 0 && this.#probesDue === 0)) break
    }
    this.#isPacingLimited = streams.hasUnsent && budget <= 0 && creditBytes < this.#roomBytes() + at
    return at
  }

  /** Length of the datagrams of a run. A new socket may have another path than the one whose size was discovered. */
  get #datagramBytes(): number {
    return this.#paddedDatagrams > 0 ? Limits.leastDatagramBytes : this.#parts.mtuDiscovery.datagramBytes
  }

  #onWritten({ isAckEliciting, packet }: WrittenPacket, bytes: number, now: number): void {
    this.counters.sentPackets++
    this.counters.sentBytes += bytes
    this.#parts.recovery.onSent(packet, bytes, isAckEliciting, now)
  }

  #writePrefix(target: Uint8Array, at: number): number {
    if (this.#prefix === undefined) return at
    target.set(this.#prefix, at)
    return at + this.#prefix.length
  }

  /**
   * Bytes that may be sent before the congestion window is full. On a very short path the packets in flight are in the peer's
   * kernel buffer: the window is bounded so that they fit into it.
   */
  #roomBytes(): number {
    const { peerBufferBytes, recovery } = this.#parts
    const { congestion, roundTrip } = recovery
    const rate = congestion.pacingRateBytesPerMilli
    const isRateKnown = roundTrip.isMeasured && rate < Infinity
    congestion.maxWindowBytes = isRateKnown ? peerBufferBytes + rate * roundTrip.minMillis : Infinity
    return congestion.congestionWindowBytes - recovery.rate.bytesInFlight
  }

  get #rateBytesPerMilli(): number {
    return Math.min(this.#parts.recovery.congestion.pacingRateBytesPerMilli, this.#parts.limitBytesPerMilli)
  }

  /**
   * For how late a timer the pacer makes up: credit for later than that is lost. On a long path a larger burst does no harm, so
   * that it is a part of the round trip.
   */
  get #maxTimerDelayMillis(): number {
    const { isMeasured, minMillis } = this.#parts.recovery.roundTrip
    if (!isMeasured) return Limits.pacingStepMillis
    return Math.min(Limits.pacingLateMillis, Math.max(Limits.pacingStepMillis, minMillis / Limits.pacingLateParts))
  }

  #creditBytes(now: number): number {
    return this.#parts.pacer.allowance(this.#rateBytesPerMilli, this.#quantumBytes, this.#maxTimerDelayMillis, now)
  }

  get #quantumBytes(): number {
    const { limitBytesPerMilli, mtuDiscovery, recovery } = this.#parts
    const { sendQuantumBytes } = recovery.congestion
    if (limitBytesPerMilli === Infinity) return sendQuantumBytes
    return Math.min(sendQuantumBytes, quantumAt(limitBytesPerMilli, mtuDiscovery.datagramBytes))
  }

  #maySend(now: number): boolean {
    if (this.#roomBytes() <= 0) return false
    // A call that is too late to catch up makes samples lower than the path's rate: a busy machine is not a slow path.
    if (now > this.deadline + this.#maxTimerDelayMillis) this.#parts.recovery.rate.markApplicationLimited()
    const credit = this.#creditBytes(now)
    // One byte of tolerance for rounding: at the deadline the credit must suffice.
    return credit + 1 >= (this.#isPacingLimited ? this.#quantumBytes : 1)
  }

  /** Nothing may be sent: adds the elapsed time to the factor that limited the sender until now, and determines the next. */
  #recordLimitingFactor(now: number): undefined {
    const { recovery, streams } = this.#parts
    const room = this.#roomBytes()
    const limitingFactor: LimitingFactor = streams.hasUnsent || streams.hasControl
      ? room > 0 ? "pacing" : "congestion"
      : streams.isBlocked
      ? "window"
      : "application"
    const isLimited = this.#parts.limitBytesPerMilli < recovery.congestion.pacingRateBytesPerMilli
    if (room > 0 && (!streams.hasUnsent || isLimited)) recovery.rate.markApplicationLimited()
    this.limitedMillis[this.#limitingFactor] += now - this.#limitedSinceMillis
    this.#limitingFactor = limitingFactor
    this.#limitedSinceMillis = now
  }

  /** Packets until the next packet number that is left out: uniform, `Limits.skippedNumbers` on average. */
  #drawSkipDistance(): number {
    return 1 + Math.floor(this.#parts.random() * 2 * Limits.skippedNumbers)
  }
}

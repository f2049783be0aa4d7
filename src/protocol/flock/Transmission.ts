/**
 * What leaves a session next, and when: acknowledgements, data as the window and the pacer allow, probes. It fills runs of
 * datagrams; what is in them, PacketWriter asks of those who have it.
 */
import * as Limits from "../ProtocolLimits.ts"
import { sendQuantumBytes as quantumAt } from "./congestion/Congestion.ts"
import type { Pacer } from "./congestion/Pacer.ts"
import type { PacketBuilder, Written } from "./PacketBuilder.ts"
import type { MtuDiscovery } from "./path/MtuDiscovery.ts"
import type { Path, PathValidation } from "./path/PathValidation.ts"
import type { LossDetection } from "./recovery/LossDetection.ts"
import type { ReceivedPackets } from "./recovery/ReceivedPackets.ts"
import type { Streams } from "./streams/Streams.ts"
import type { Frame } from "./wire/Frame.ts"

/** A run that may leave now: to whom, in datagrams of which length. */
export interface Transmit {
  readonly to: Path
  readonly datagramBytes: number
}

/** What holds the sender back: nothing to send, the peer's window, the path, or the pace. */
export type LimitingFactor = "application" | "window" | "congestion" | "pacing"

export interface Parts {
  readonly recovery: LossDetection
  readonly received: ReceivedPackets
  readonly streams: Streams
  readonly writer: PacketBuilder
  readonly pacer: Pacer
  readonly pathMtu: MtuDiscovery
  readonly paths: PathValidation
  /** From 0 up to but not including 1. */
  readonly random: () => number
  /** What the peer's kernel holds, in bytes. */
  readonly peerBufferBytes: number
  /** Bytes a millisecond that may leave, whatever the path takes. */
  readonly limitBytesPerMilli: number
}

type Plan =
  | { readonly kind: "Run" }
  | { readonly kind: "Probe"; readonly bytes: number }
  | { readonly kind: "Frames"; readonly frames: ReadonlyArray<Frame> }

export interface TransmissionCounters {
  sentPackets: number
  sentBytes: number
}

export class Transmission {
  readonly counters: TransmissionCounters = { sentPackets: 0, sentBytes: 0 }
  /** Milliseconds that each brake held. */
  readonly limitedMillis: Record<LimitingFactor, number> = { application: 0, window: 0, congestion: 0, pacing: 0 }
  readonly #parts: Parts
  /** Goes before DATA in every datagram until the peer has answered one: the last message of the handshake. */
  #prefix: Uint8Array | undefined
  #plan: Plan = { kind: "Run" }
  /** Packets that go whatever the window says, for nothing was heard. */
  #probesDue = 0
  #isPingDue = false
  /** The pacer, not the data, ended the last run: the next waits until one is worth while. */
  #isPaced = false
  #brake: LimitingFactor = "application"
  #brakeSince: number
  #untilSkip: number

  constructor(parts: Parts, prefix: Uint8Array | undefined, now: number) {
    this.#parts = parts
    this.#prefix = prefix
    this.#brakeSince = now
    this.#untilSkip = this.#drawSkip()
  }

  /** When pacing lets the next run go. */
  get deadline(): number {
    if (this.#brake !== "pacing") return Infinity
    return this.#parts.pacer.dueAt(this.#rateBytesPerMilli, this.#quantumBytes)
  }

  /** The peer has the session. */
  confirm(): void {
    this.#prefix = undefined
  }

  /** Nothing was heard for a probe timeout. */
  probe(): void {
    this.#probesDue = 2
  }

  ping(): void {
    this.#isPingDue = true
  }

  /** What may leave now; `fill` then writes it. Undefined when there is nothing, or it has to wait. */
  next(now: number): Transmit | undefined {
    const { pathMtu, paths, recovery, received, streams } = this.#parts
    const toPath = paths.next(now, recovery.roundTrip.probeTimeoutMillis(0, 0))
    if (toPath !== undefined) {
      this.#plan = { kind: "Frames", frames: [toPath.frame] }
      return { to: toPath.to, datagramBytes: Limits.leastDatagramBytes }
    }
    // Who has little to say needs no larger datagrams.
    const hasMuch = streams.hasUnsent && recovery.rate.deliveredBytes >= Limits.mtuWorthBytes
    const mayProbe = this.#prefix === undefined && hasMuch && recovery.timeouts === 0
    const probeBytes = mayProbe ? pathMtu.probeBytes : undefined
    if (probeBytes !== undefined && this.#roomBytes() >= Math.min(probeBytes, Limits.leastDatagramBytes)) {
      this.#plan = { kind: "Probe", bytes: probeBytes }
      return { to: paths.current, datagramBytes: probeBytes }
    }
    const isAckDue = received.hasNews && received.deadline <= now
    const mayData = (streams.hasUnsent || streams.hasControl) && this.#maySend(now)
    if (!isAckDue && !mayData && this.#probesDue === 0 && !this.#isPingDue) return this.#rest(now)
    this.#plan = { kind: "Run" }
    return { to: paths.current, datagramBytes: pathMtu.datagramBytes }
  }

  /** Writes what `next` promised and returns how many bytes it is. */
  fill(target: Uint8Array, now: number): number {
    const plan = this.#plan
    switch (plan.kind) {
      case "Run":
        return this.#fillRun(target, now)
      case "Probe": {
        // Not paced: one datagram is no burst, and one that the system refuses has not left.
        this.#parts.pathMtu.onProbeSent(plan.bytes)
        const written = this.#parts.writer.writeFrames(target, 0, [{ type: "Ping" }], plan.bytes)
        written.packet.probedBytes = plan.bytes
        this.#onWritten(written, written.end, now)
        return written.end
      }
      case "Frames": {
        const written = this.#parts.writer.writeFrames(target, 0, plan.frames, 0)
        // A challenge goes to an address that is not the session's path: no measure of it.
        this.#parts.recovery.sent.settle(written.packet)
        return written.end
      }
    }
  }

  /** One packet with these frames alone. */
  fillFrames(target: Uint8Array, frames: ReadonlyArray<Frame>): number {
    const start = this.#writePrefix(target, 0)
    const written = this.#parts.writer.writeFrames(target, start, frames, 0)
    this.#parts.recovery.sent.settle(written.packet)
    return written.end
  }

  #fillRun(target: Uint8Array, now: number): number {
    const { pathMtu, recovery, streams, writer } = this.#parts
    const { datagramBytes } = pathMtu
    const creditBytes = this.#creditBytes(now)
    let budget = Math.min(this.#roomBytes(), creditBytes)
    let at = 0
    while (at + datagramBytes <= target.length && at < Limits.runDatagrams * datagramBytes) {
      if (--this.#untilSkip <= 0) {
        recovery.skipNumber()
        this.#untilSkip = this.#drawSkip()
      }
      const start = this.#writePrefix(target, at)
      const written = writer.write(target, start, at + datagramBytes, budget > 0 || this.#probesDue > 0, now) ??
        (this.#probesDue > 0 || this.#isPingDue ? writer.writeFrames(target, start, [{ type: "Ping" }], 0) : undefined)
      if (written === undefined) break
      const bytes = written.end - at
      this.#onWritten(written, bytes, now)
      at = written.end
      if (written.isAckEliciting) {
        this.#parts.pacer.onSent(bytes)
        budget -= bytes
        this.#isPingDue = false
        if (this.#probesDue > 0) this.#probesDue--
      }
      if (bytes < datagramBytes || (budget <= 0 && this.#probesDue === 0)) break
    }
    this.#isPaced = streams.hasUnsent && budget <= 0 && creditBytes < this.#roomBytes() + at
    return at
  }

  #onWritten({ isAckEliciting, packet }: Written, bytes: number, now: number): void {
    this.counters.sentPackets++
    this.counters.sentBytes += bytes
    this.#parts.recovery.onSent(packet, bytes, isAckEliciting, now)
  }

  #writePrefix(target: Uint8Array, at: number): number {
    if (this.#prefix === undefined) return at
    target.set(this.#prefix, at)
    return at + this.#prefix.length
  }

  /** What the window has left. On a very short path what is in flight lies in the peer's kernel, and must fit there. */
  #roomBytes(): number {
    const { peerBufferBytes, recovery } = this.#parts
    const { congestion, roundTrip } = recovery
    const rate = congestion.pacingRateBytesPerMilli
    const isKnown = roundTrip.isMeasured && rate < Infinity
    congestion.maxWindowBytes = isKnown ? peerBufferBytes + rate * roundTrip.minMillis : Infinity
    return congestion.congestionWindowBytes - recovery.rate.bytesInFlight
  }

  get #rateBytesPerMilli(): number {
    return Math.min(this.#parts.recovery.congestion.pacingRateBytesPerMilli, this.#parts.limitBytesPerMilli)
  }

  /** How late a timer may come before what could have been sent until then is forgone: on a long path more does no harm. */
  get #lateMillis(): number {
    const { isMeasured, minMillis } = this.#parts.recovery.roundTrip
    if (!isMeasured) return Limits.pacingStepMillis
    return Math.min(Limits.pacingLateMillis, Math.max(Limits.pacingStepMillis, minMillis / Limits.pacingLateParts))
  }

  #creditBytes(now: number): number {
    return this.#parts.pacer.allowance(this.#rateBytesPerMilli, this.#quantumBytes, this.#lateMillis, now)
  }

  get #quantumBytes(): number {
    const { limitBytesPerMilli, pathMtu, recovery } = this.#parts
    const { sendQuantumBytes } = recovery.congestion
    if (limitBytesPerMilli === Infinity) return sendQuantumBytes
    return Math.min(sendQuantumBytes, quantumAt(limitBytesPerMilli, pathMtu.datagramBytes))
  }

  #maySend(now: number): boolean {
    if (this.#roomBytes() <= 0) return false
    // Who was called too late to catch up shows less than the path: a loaded machine is no slow path.
    if (now > this.deadline + this.#lateMillis) this.#parts.recovery.rate.markApplicationLimited()
    const credit = this.#creditBytes(now)
    // A byte more or less is rounding: the deadline must not come before the credit.
    return credit + 1 >= (this.#isPaced ? this.#quantumBytes : 1)
  }

  #rest(now: number): undefined {
    const { recovery, streams } = this.#parts
    const room = this.#roomBytes()
    const brake: LimitingFactor = streams.hasUnsent || streams.hasControl
      ? room > 0 ? "pacing" : "congestion"
      : streams.isBlocked
      ? "window"
      : "application"
    const isLimited = this.#parts.limitBytesPerMilli < recovery.congestion.pacingRateBytesPerMilli
    if (room > 0 && (!streams.hasUnsent || isLimited)) recovery.rate.markApplicationLimited()
    this.limitedMillis[this.#brake] += now - this.#brakeSince
    this.#brake = brake
    this.#brakeSince = now
  }

  #drawSkip(): number {
    return 1 + Math.floor(this.#parts.random() * 2 * Limits.skippedNumbers)
  }
}

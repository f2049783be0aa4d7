/** The window of NewReno and CUBIC (RFC 9002 §7.3, Appendix B): slow start, recovery periods, and a pacing rate derived from it. */
import {
  type Ack,
  type CongestionOptions,
  initialWindowBytes,
  type PacketState,
  sendQuantumBytes
} from "../Congestion.ts"
import { SlowStart } from "./SlowStart.ts"

/** Pacing in windows per round trip (RFC 9002 §7.7): above 1, so that the window limits the sender and not the pacer. */
const slowStartGain = 2
const avoidanceGain = 1.25

/** A congestion window in bytes of UDP payload. */
export class Window {
  #datagramBytes: number
  #bytes: number
  #maxBytes: number
  /** Slow start threshold. */
  thresholdBytes = Infinity
  #slowStart: SlowStart | undefined = new SlowStart()
  /** When the current recovery period began: losses of packets that were sent before belong to it. */
  #recoveryAt = -Infinity
  #smoothedMillis = 0

  constructor(options: CongestionOptions) {
    this.#datagramBytes = options.maxDatagramBytes
    this.#maxBytes = options.maxWindowBytes ?? Infinity
    this.#bytes = Math.min(initialWindowBytes(options.maxDatagramBytes), this.#capBytes)
  }

  get datagramBytes(): number {
    return this.#datagramBytes
  }

  /** Size of the window. */
  get bytes(): number {
    return this.#bytes
  }

  /** Upper bound of the window. */
  get maxBytes(): number {
    return this.#maxBytes
  }

  /** Minimum of the window: two datagrams (RFC 9002 §7.2). */
  get minBytes(): number {
    return Math.min(2 * this.#datagramBytes, this.#capBytes)
  }

  get isSlowStart(): boolean {
    return this.bytes < this.thresholdBytes
  }

  /** The smoothed round trip, from which the pacing rate is derived; 0 before the first sample. */
  get smoothedMillis(): number {
    return this.#smoothedMillis
  }

  /** Infinity before the first sample of the round trip. */
  get pacingRateBytesPerMilli(): number {
    if (this.#smoothedMillis === 0) return Infinity
    return (this.isSlowStart ? slowStartGain : avoidanceGain) * this.bytes / this.#smoothedMillis
  }

  get quantumBytes(): number {
    return sendQuantumBytes(this.pacingRateBytesPerMilli, this.datagramBytes)
  }

  /** Sets the upper bound. */
  setMaxBytes(bytes: number): void {
    this.#maxBytes = bytes
    this.#bytes = Math.min(this.#bytes, this.#capBytes)
  }

  /** The datagram size has changed: the window grows to the minimum, or the initial window, of the new size. */
  onDatagramBytes(maxDatagramBytes: number): void {
    this.#datagramBytes = maxDatagramBytes
    const least = this.#smoothedMillis === 0 ? initialWindowBytes(maxDatagramBytes) : this.minBytes
    this.growTo(Math.max(this.#bytes, least))
  }

  /** Sets the window to `bytes`, at most the upper bound. */
  growTo(bytes: number): void {
    this.#bytes = Math.min(bytes, this.#capBytes)
  }

  /** Applies slow start to `ack`. True when congestion avoidance has to be applied instead. */
  onAck(ack: Ack): boolean {
    const { roundTripMillis } = ack
    this.#smoothedMillis += this.#smoothedMillis === 0 ? roundTripMillis : (roundTripMillis - this.#smoothedMillis) / 8
    if (ack.isApplicationLimited || ack.newestSentAt <= this.#recoveryAt) return false
    // RFC 9002 §7.8: the window does not grow while something else limits the sender.
    if (!this.isSlowStart) return this.#bytes < this.#capBytes
    if (this.#slowStart === undefined) {
      this.growTo(this.#bytes + ack.newlyAckedBytes)
    } else {
      this.growTo(this.#bytes + this.#slowStart.growthBytes(ack))
      if (this.#slowStart.isOver) this.thresholdBytes = this.bytes
    }
    return false
  }

  /** True when the loss of `packet` begins a recovery period; false when it belongs to the current one (RFC 9002 §7.3.2). */
  beginsRecovery(packet: PacketState, now: number): boolean {
    if (packet.sentAt <= this.#recoveryAt) return false
    this.#recoveryAt = now
    // HyStart++ applies to the first slow start only (RFC 9406 §4.3).
    this.#slowStart = undefined
    return true
  }

  /** Reduces window and threshold after a loss. */
  reduceTo(bytes: number): void {
    this.#bytes = Math.max(this.minBytes, bytes)
    this.thresholdBytes = this.bytes
  }

  /** Sets the window to its minimum (RFC 9002 §7.6). */
  onPersistentCongestion(): void {
    this.#bytes = this.minBytes
    this.#recoveryAt = -Infinity
  }

  get #capBytes(): number {
    return Math.max(this.#maxBytes, this.#datagramBytes)
  }
}

/** What NewReno and CUBIC have in common (RFC 9002 §7.3, Appendix B): slow start, recovery periods, a pace that follows the window. */
import {
  type Ack,
  type CongestionOptions,
  initialWindowBytes,
  type PacketState,
  sendQuantumBytes
} from "../Congestion.ts"
import { SlowStart } from "./SlowStart.ts"

/** RFC 9002 §7.7: faster than a window a round trip, so that the window limits and not the pace. */
const slowStartGain = 2
const avoidanceGain = 1.25

export class Window {
  #datagramBytes: number
  #bytes: number
  #maxBytes: number
  /** Below it the window grows by slow start. */
  thresholdBytes = Infinity
  #slowStart: SlowStart | undefined = new SlowStart()
  /** Packets sent until then belong to the recovery under way, in milliseconds. */
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

  get bytes(): number {
    return this.#bytes
  }

  get maxBytes(): number {
    return this.#maxBytes
  }

  get minBytes(): number {
    return Math.min(2 * this.#datagramBytes, this.#capBytes)
  }

  get isSlowStart(): boolean {
    return this.bytes < this.thresholdBytes
  }

  /** The smoothed round trip, which the pace needs; 0 before the first sample. */
  get smoothedMillis(): number {
    return this.#smoothedMillis
  }

  get pacingRateBytesPerMilli(): number {
    if (this.#smoothedMillis === 0) return Infinity
    return (this.isSlowStart ? slowStartGain : avoidanceGain) * this.bytes / this.#smoothedMillis
  }

  get quantumBytes(): number {
    return sendQuantumBytes(this.pacingRateBytesPerMilli, this.datagramBytes)
  }

  setMaxBytes(bytes: number): void {
    this.#maxBytes = bytes
    this.#bytes = Math.min(this.#bytes, this.#capBytes)
  }

  onDatagramBytes(maxDatagramBytes: number): void {
    this.#datagramBytes = maxDatagramBytes
    const least = this.#smoothedMillis === 0 ? initialWindowBytes(maxDatagramBytes) : this.minBytes
    this.growTo(Math.max(this.#bytes, least))
  }

  /** As far as the bound allows. */
  growTo(bytes: number): void {
    this.#bytes = Math.min(bytes, this.#capBytes)
  }

  /** Takes the acknowledgement as far as slow start goes; true when it is for congestion avoidance to use. */
  onAck(ack: Ack): boolean {
    const { roundTripMillis } = ack
    this.#smoothedMillis += this.#smoothedMillis === 0 ? roundTripMillis : (roundTripMillis - this.#smoothedMillis) / 8
    if (ack.isApplicationLimited || ack.newestSentAt <= this.#recoveryAt) return false
    // RFC 9002 §7.8: a window that something else bounds does not grow, nor does what it would be.
    if (!this.isSlowStart) return this.#bytes < this.#capBytes
    if (this.#slowStart === undefined) {
      this.growTo(this.#bytes + ack.newlyAckedBytes)
    } else {
      this.growTo(this.#bytes + this.#slowStart.growthBytes(ack))
      if (this.#slowStart.isOver) this.thresholdBytes = this.bytes
    }
    return false
  }

  /** Whether the loss of `packet` begins a recovery; later losses of what was sent before then are part of it. */
  beginsRecovery(packet: PacketState, now: number): boolean {
    if (packet.sentAt <= this.#recoveryAt) return false
    this.#recoveryAt = now
    // RFC 9406 §4.3: for the first slow start only.
    this.#slowStart = undefined
    return true
  }

  reduceTo(bytes: number): void {
    this.#bytes = Math.max(this.minBytes, bytes)
    this.thresholdBytes = this.bytes
  }

  onPersistentCongestion(): void {
    this.#bytes = this.minBytes
    this.#recoveryAt = -Infinity
  }

  get #capBytes(): number {
    return Math.max(this.#maxBytes, this.#datagramBytes)
  }
}

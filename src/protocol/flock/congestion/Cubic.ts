/**
 * CUBIC (RFC 9438): the window is a cubic function of the time since the last loss. It grows fast far from the window of that loss,
 * and slowly near it.
 */
import type { Ack, Explanation, PacketState, Totals } from "./Congestion.ts"
import { WindowController } from "./window/WindowController.ts"

/** C of RFC 9438 §4.1, in datagrams per second³. */
const scale = 0.4
/** β of RFC 9438 §4.6: the factor of the window after a loss. */
const decrease = 0.7
/** α of RFC 9438 §4.3. */
const renoIncrease = 3 * (1 - decrease) / (1 + decrease)

/** The controller `cubic`. */
export class Cubic extends WindowController {
  readonly name = "cubic"
  /** W_max: the window at the last loss, in datagrams. */
  #maxDatagrams = 0
  /** When this congestion avoidance phase began, in milliseconds; undefined until its first acknowledgement. */
  #startedAt: number | undefined
  /** K: seconds from that beginning until the window reaches W_max. */
  #secondsToMax = 0
  /** W_est, the window that Reno would have, in datagrams (RFC 9438 §4.3), and cwnd_prior, from which it grows like Reno's. */
  #renoDatagrams = 0
  #priorDatagrams = 0

  /** Converts the state that is counted in datagrams: in bytes it stays the same. */
  override onDatagramBytes(maxDatagramBytes: number): void {
    const ratio = this.window.datagramBytes / maxDatagramBytes
    this.#maxDatagrams *= ratio
    this.#renoDatagrams *= ratio
    this.#priorDatagrams *= ratio
    this.#secondsToMax *= Math.cbrt(ratio)
    super.onDatagramBytes(maxDatagramBytes)
  }

  onPacketSent(packet: PacketState, totals: Totals, now: number): void {
    // RFC 9438 §5.8: the window does not grow by time in which nothing was in flight.
    if (packet.bytes === totals.bytesInFlight && packet.isApplicationLimited && this.#startedAt !== undefined) {
      this.#startedAt = Math.max(this.#startedAt, now - this.window.smoothedMillis)
    }
  }

  onAck(ack: Ack, now: number): void {
    if (this.window.onAck(ack)) this.#avoid(ack, now)
  }

  onLoss(packet: PacketState, _totals: Totals, now: number): void {
    const window = this.window
    if (!window.beginsRecovery(packet, now)) return
    const datagrams = window.bytes / window.datagramBytes
    this.#priorDatagrams = datagrams
    // Fast convergence (RFC 9438 §4.7): a flow that loses before it reaches W_max leaves bandwidth to others.
    this.#maxDatagrams = datagrams < this.#maxDatagrams ? datagrams * (1 + decrease) / 2 : datagrams
    this.#startedAt = undefined
    window.reduceTo(window.bytes * decrease)
  }

  override onPersistentCongestion(): void {
    super.onPersistentCongestion()
    this.#startedAt = undefined
  }

  override explain(): Explanation {
    return { ...super.explain(), lastMaxBytes: this.#maxDatagrams * this.window.datagramBytes }
  }

  #avoid(ack: Ack, now: number): void {
    const window = this.window
    const datagrams = window.bytes / window.datagramBytes
    const ackedDatagrams = ack.newlyAckedBytes / window.datagramBytes
    if (this.#startedAt === undefined) this.#begin(datagrams, now)
    const seconds = (now - (this.#startedAt ?? now) + window.smoothedMillis) / 1000 - this.#secondsToMax
    const cubic = this.#maxDatagrams + scale * seconds * seconds * seconds
    const increase = this.#renoDatagrams >= this.#priorDatagrams ? 1 : renoIncrease
    this.#renoDatagrams += increase * ackedDatagrams / datagrams
    const target = Math.min(1.5 * datagrams, Math.max(datagrams, cubic))
    const grown = datagrams + (target - datagrams) * ackedDatagrams / datagrams
    window.growTo(Math.max(grown, this.#renoDatagrams) * window.datagramBytes)
  }

  #begin(datagrams: number, now: number): void {
    this.#startedAt = now
    this.#renoDatagrams = datagrams
    if (this.#maxDatagrams < datagrams) this.#maxDatagrams = datagrams
    this.#secondsToMax = Math.cbrt((this.#maxDatagrams - datagrams) / scale)
  }
}

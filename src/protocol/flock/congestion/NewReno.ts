/** NewReno (RFC 9002 §7 and Appendix B): the window grows by one datagram per round trip and is halved after a loss. */
import type { Ack, Congestion, CongestionOptions, Explanation, PacketState, Totals } from "./Congestion.ts"
import { Window } from "./window/Window.ts"

const decrease = 0.5

/** The controller `newreno`. */
export class NewReno implements Congestion {
  readonly name = "newreno"
  readonly #window: Window

  constructor(options: CongestionOptions) {
    this.#window = new Window(options)
  }

  get congestionWindowBytes(): number {
    return this.#window.bytes
  }

  get pacingRateBytesPerMilli(): number {
    return this.#window.pacingRateBytesPerMilli
  }

  get sendQuantumBytes(): number {
    return this.#window.quantumBytes
  }

  get maxWindowBytes(): number {
    return this.#window.maxBytes
  }

  set maxWindowBytes(bytes: number) {
    this.#window.setMaxBytes(bytes)
  }

  onDatagramBytes(maxDatagramBytes: number): void {
    this.#window.onDatagramBytes(maxDatagramBytes)
  }

  onPacketSent(): void {}

  onAck(ack: Ack): void {
    const window = this.#window
    if (window.onAck(ack)) window.growTo(window.bytes + window.datagramBytes * ack.newlyAckedBytes / window.bytes)
  }

  onLoss(packet: PacketState, _totals: Totals, now: number): void {
    const window = this.#window
    if (window.beginsRecovery(packet, now)) window.reduceTo(window.bytes * decrease)
  }

  onPersistentCongestion(): void {
    this.#window.onPersistentCongestion()
  }

  explain(): Explanation {
    const { bytes, isSlowStart, thresholdBytes } = this.#window
    return { phase: isSlowStart ? "SlowStart" : "Avoidance", windowBytes: bytes, thresholdBytes }
  }
}

/** What NewReno and CUBIC have in common: their window, from which the bytes in flight and the pacing rate are derived. */
import type { Ack, Congestion, CongestionOptions, Explanation, Name, PacketState, Totals } from "../Congestion.ts"
import { Window } from "./Window.ts"

/** A controller that limits the sender by a window. Its subclass decides how the window grows and shrinks. */
export abstract class WindowController implements Congestion {
  abstract readonly name: Name
  protected readonly window: Window

  constructor(options: CongestionOptions) {
    this.window = new Window(options)
  }

  get congestionWindowBytes(): number {
    return this.window.bytes
  }

  get pacingRateBytesPerMilli(): number {
    return this.window.pacingRateBytesPerMilli
  }

  get sendQuantumBytes(): number {
    return this.window.quantumBytes
  }

  get maxWindowBytes(): number {
    return this.window.maxBytes
  }

  set maxWindowBytes(bytes: number) {
    this.window.setMaxBytes(bytes)
  }

  onDatagramBytes(maxDatagramBytes: number): void {
    this.window.onDatagramBytes(maxDatagramBytes)
  }

  abstract onPacketSent(packet: PacketState, totals: Totals, now: number): void

  abstract onAck(ack: Ack, now: number): void

  abstract onLoss(packet: PacketState, totals: Totals, now: number): void

  onPersistentCongestion(): void {
    this.window.onPersistentCongestion()
  }

  explain(): Explanation {
    const { bytes, isSlowStart, thresholdBytes } = this.window
    return { phase: isSlowStart ? "SlowStart" : "Avoidance", windowBytes: bytes, thresholdBytes }
  }
}

/** NewReno (RFC 9002 §7 and Appendix B): the window grows by one datagram per round trip and is halved after a loss. */
import type { Ack, PacketState, Totals } from "./Congestion.ts"
import { WindowController } from "./window/WindowController.ts"

const decrease = 0.5

/** The controller `newreno`. */
export class NewReno extends WindowController {
  readonly name = "newreno"

  onPacketSent(): void {}

  onAck(ack: Ack): void {
    const window = this.window
    if (window.onAck(ack)) window.growTo(window.bytes + window.datagramBytes * ack.newlyAckedBytes / window.bytes)
  }

  onLoss(packet: PacketState, _totals: Totals, now: number): void {
    const window = this.window
    if (window.beginsRecovery(packet, now)) window.reduceTo(window.bytes * decrease)
  }
}

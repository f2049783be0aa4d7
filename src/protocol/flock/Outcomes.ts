/**
 * What the outcome of packets – acknowledged or lost – means in a session: frames go to the streams, sizes of datagrams to the search
 * for the path MTU (docs/PROTOCOL.md, flock §7.5, §9.1).
 */
import type { MtuDiscovery } from "./path/MtuDiscovery.ts"
import type { LossDetection, LossObserver } from "./recovery/LossDetection.ts"
import type { Streams } from "./streams/Streams.ts"
import type { Frame } from "./wire/Frame.ts"

export class Outcomes implements LossObserver {
  readonly #streams: Streams
  readonly #mtuDiscovery: MtuDiscovery
  readonly #recovery: () => LossDetection

  constructor(streams: Streams, mtuDiscovery: MtuDiscovery, recovery: () => LossDetection) {
    this.#streams = streams
    this.#mtuDiscovery = mtuDiscovery
    this.#recovery = recovery
  }

  onFrameAcked(frame: Frame): void {
    this.#streams.onFrameAcked(frame)
  }

  onFrameLost(frame: Frame): void {
    this.#streams.onFrameLost(frame)
  }

  onMtuProbe(bytes: number, isAcked: boolean): void {
    if (!isAcked) this.#mtuDiscovery.onProbeLost(bytes)
    else if (this.#mtuDiscovery.onProbeAcked(bytes)) this.updateDatagramBytes()
  }

  onDatagramOutcome(bytes: number, isAcked: boolean, sentAt: number): void {
    const { smoothedMillis } = this.#recovery().roundTrip
    if (this.#mtuDiscovery.onDatagramOutcome(bytes, isAcked, sentAt, smoothedMillis)) this.updateDatagramBytes()
  }

  /** The largest datagram size of the path has changed. */
  updateDatagramBytes(): void {
    this.#recovery().congestion.onDatagramBytes(this.#mtuDiscovery.datagramBytes)
  }
}

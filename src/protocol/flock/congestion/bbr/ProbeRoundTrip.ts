/** Empties the queue for a moment, to see the path without it (draft-ietf-ccwg-bbr, "ProbeRTT"). */
import type { Ack } from "../Congestion.ts"
import type { Model } from "./Model.ts"

const windowGain = 0.5
/** With so much of what the path holds in flight its queue is gone: from then on the time counts. */
const drainedGain = 0.75
const durationMillis = 200

export class ProbeRoundTrip {
  readonly #model: Model
  /** Undefined until so little is in flight. */
  #doneAt: number | undefined
  #isRoundDone = false
  #priorWindowBytes = 0
  /** Samples of what was sent before that many bytes were delivered show less than the path. */
  #limitedUntilBytes = -1

  constructor(model: Model) {
    this.#model = model
  }

  get windowBytes(): number {
    return Math.max(windowGain * this.#model.bdpBytes, this.#model.minWindowBytes)
  }

  isLimiting(ack: Ack): boolean {
    return ack.priorDeliveredBytes <= this.#limitedUntilBytes
  }

  enter(ack: Ack): void {
    const model = this.#model
    model.phase = "ProbeRoundTrip"
    model.rounds.restart(ack.deliveredBytes)
    this.#priorWindowBytes = model.windowBytes
    this.#doneAt = undefined
  }

  /** Whether it is over; then the window is what it was. */
  isDone(ack: Ack, now: number): boolean {
    const model = this.#model
    this.#limitedUntilBytes = ack.deliveredBytes + ack.bytesInFlight
    if (this.#doneAt === undefined) {
      if (ack.bytesInFlight > Math.max(drainedGain * model.bdpBytes, model.minWindowBytes)) return false
      this.#doneAt = now + durationMillis
      this.#isRoundDone = false
      model.rounds.restart(ack.deliveredBytes)
      return false
    }
    if (model.rounds.isStart) this.#isRoundDone = true
    if (!this.#isRoundDone || now <= this.#doneAt) return false
    model.minRoundTrip.probed(now)
    model.windowBytes = Math.max(model.windowBytes, this.#priorWindowBytes)
    return true
  }
}

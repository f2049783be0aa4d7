/** Drains the queue for a moment, to measure the round trip without it (draft-ietf-ccwg-bbr, "ProbeRTT"). */
import type { Ack } from "../Congestion.ts"
import type { Model } from "./Model.ts"

const windowGain = 0.5
/** With this share of the BDP in flight the queue is drained: the duration is measured from then on. */
const drainedGain = 0.75
const durationMillis = 200

/** The phase ProbeRoundTrip of one flow. */
export class ProbeRoundTrip {
  readonly #model: Model
  /** When the phase may end, in milliseconds; undefined until the queue is drained. */
  #doneAt: number | undefined
  #isRoundDone = false
  #priorWindowBytes = 0
  /** Packets that were sent before this many bytes were delivered yield samples that underestimate the path. */
  #limitedUntilBytes = -1

  constructor(model: Model) {
    this.#model = model
  }

  /** The window during this phase. */
  get windowBytes(): number {
    return Math.max(windowGain * this.#model.bdpBytes, this.#model.minWindowBytes)
  }

  /** Whether the sample of `ack` underestimates the path because of this phase. */
  isLimiting(ack: Ack): boolean {
    return ack.priorDeliveredBytes <= this.#limitedUntilBytes
  }

  /** Begins the phase. */
  enter(ack: Ack): void {
    const model = this.#model
    model.phase = "ProbeRoundTrip"
    model.rounds.restart(ack.deliveredBytes)
    this.#priorWindowBytes = model.windowBytes
    this.#doneAt = undefined
  }

  /** Called once per ACK. True when the phase is complete: then the window is restored. */
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

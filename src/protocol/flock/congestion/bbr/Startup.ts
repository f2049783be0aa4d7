/** The phases Startup and Drain (draft-ietf-ccwg-bbr): the rate doubles each round until the path is full, then the queue is drained. */
import type { Ack } from "../Congestion.ts"
import { type Losses, lossThreshold } from "./Losses.ts"
import type { Model } from "./Model.ts"

/** Lost packets in a round from which on its loss is not random (BBR.StartupFullLossCnt). */
const minLostPackets = 6
const drainRounds = 3

/** Startup and Drain of one flow. */
export class Startup {
  readonly #model: Model
  readonly #losses: Losses
  #lostPackets = 0
  #roundStartLostBytes = 0
  #roundStartDeliveredBytes = 0
  #drainStartRound = 0

  constructor(model: Model, losses: Losses) {
    this.#model = model
    this.#losses = losses
  }

  /** A packet was lost. */
  onPacketLost(): void {
    this.#lostPackets++
  }

  /** Changes to Drain when the path is full or loses too much. */
  checkDone(ack: Ack): void {
    const { fullPipe, rounds } = this.#model
    if (rounds.isStart) this.#checkLoss(ack)
    if (!fullPipe.isReached) return
    this.#model.phase = "Drain"
    this.#drainStartRound = rounds.count
  }

  /** Whether the queue that Startup built is drained. */
  isDrained(ack: Ack): boolean {
    const model = this.#model
    return ack.bytesInFlight <= model.quantizationBudget(model.bdpBytes) ||
      model.rounds.count > this.#drainStartRound + drainRounds
  }

  #checkLoss(ack: Ack): void {
    const model = this.#model
    const lostBytes = ack.lostBytes - this.#roundStartLostBytes
    const sentBytes = lostBytes + ack.deliveredBytes - this.#roundStartDeliveredBytes
    if (this.#lostPackets >= minLostPackets && model.congested.exceeds(lostBytes, sentBytes, lossThreshold)) {
      model.fullPipe.isReached = true
      model.inflightLongBytes = Math.max(model.bdpBytes, this.#losses.inflightLatestBytes)
    }
    this.#lostPackets = 0
    this.#roundStartLostBytes = ack.lostBytes
    this.#roundStartDeliveredBytes = ack.deliveredBytes
  }
}

/**
 * What congestion teaches (draft-ietf-ccwg-bbr, "Updating the Model Upon Packet Loss"): while probing the bound that lasts, at
 * other times, once a round, the bounds that the next probe forgets.
 */
import type { Ack, PacketState, Totals } from "../Congestion.ts"
import type { Model } from "./Model.ts"

/** Loss in a round that is tolerated while probing, as a share of what was in flight. */
export const lossThreshold = 0.02
export const decrease = 0.7

export class Losses {
  readonly #model: Model
  #roundEndsAtBytes = 0
  #roundStartDeliveredBytes = 0
  #roundStartLostBytes = 0
  #bandwidthLatest = 0
  #inflightLatestBytes = 0
  #isRoundStart = false
  /** Whether samples are those of a probe: the first congestion of a probe decides, later losses are of the same. */
  isProbeSample = false

  constructor(model: Model) {
    this.#model = model
  }

  /** The fastest that was delivered in the last round trip, in bytes a millisecond. */
  get bandwidthLatest(): number {
    return this.#bandwidthLatest
  }

  /** The most that was delivered in a round trip. */
  get inflightLatestBytes(): number {
    return this.#inflightLatestBytes
  }

  /** At the beginning of an acknowledgement. */
  updateLatestDelivery(ack: Ack): void {
    this.#isRoundStart = ack.priorDeliveredBytes >= this.#roundEndsAtBytes
    if (ack.rateBytesPerMilli > this.#bandwidthLatest) this.#bandwidthLatest = ack.rateBytesPerMilli
    if (ack.sampleBytes > this.#inflightLatestBytes) this.#inflightLatestBytes = ack.sampleBytes
    if (!this.#isRoundStart) return
    this.#roundEndsAtBytes = ack.deliveredBytes
    this.#adaptShortBounds(ack)
    this.#roundStartDeliveredBytes = ack.deliveredBytes
    this.#roundStartLostBytes = ack.lostBytes
  }

  /** At its end. */
  advanceLatestDelivery(ack: Ack): void {
    if (!this.#isRoundStart) return
    this.#bandwidthLatest = ack.rateBytesPerMilli
    this.#inflightLatestBytes = ack.sampleBytes
  }

  reset(): void {
    this.#bandwidthLatest = 0
    this.#inflightLatestBytes = 0
  }

  /** Whether what was in flight with the newest packet was too much. */
  isInflightTooHigh(ack: Ack): boolean {
    return this.#model.congested.exceeds(ack.lostSinceSendBytes, ack.inFlightAtSendBytes, lossThreshold)
  }

  /** What was in flight when losses with `packet` passed the threshold; undefined when they did not. */
  inflightAtLoss(packet: PacketState, totals: Totals): number | undefined {
    if (!this.isProbeSample) return undefined
    const { congested } = this.#model
    const lostBytes = totals.lostBytes - packet.lostBytes
    if (!congested.exceeds(lostBytes, packet.inFlightBytes, lossThreshold)) return undefined
    const beforeBytes = packet.inFlightBytes - packet.bytes
    const threshold = lossThreshold + congested.backgroundLoss
    const prefixBytes = (threshold * beforeBytes - (lostBytes - packet.bytes)) / (1 - threshold)
    return beforeBytes + Math.max(0, prefixBytes)
  }

  #adaptShortBounds(ack: Ack): void {
    const model = this.#model
    if (model.isProbingBandwidth) return
    const lostBytes = ack.lostBytes - this.#roundStartLostBytes
    const sentBytes = lostBytes + ack.deliveredBytes - this.#roundStartDeliveredBytes
    if (!model.congested.exceeds(lostBytes, sentBytes, 0)) return
    if (model.bandwidthShort === Infinity) model.bandwidthShort = model.maxBandwidth.value
    if (model.inflightShortBytes === Infinity) model.inflightShortBytes = model.windowBytes
    model.bandwidthShort = Math.max(this.#bandwidthLatest, decrease * model.bandwidthShort)
    model.inflightShortBytes = Math.max(this.#inflightLatestBytes, decrease * model.inflightShortBytes)
  }
}

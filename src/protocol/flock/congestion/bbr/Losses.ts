/**
 * Adapts the model to congestion (draft-ietf-ccwg-bbr, "Updating the Model Upon Packet Loss"): while probing for bandwidth, the
 * long-term bound; at other times, once per round, the short-term bounds, which the next probe resets.
 */
import type { Ack, PacketState, Totals } from "../Congestion.ts"
import type { Model } from "./Model.ts"

/** Share of the bytes in flight that may be lost in a round while probing (BBR.LossThresh). */
export const lossThreshold = 0.02
/** Factor of a bound after congestion (BBR.Beta). */
export const decrease = 0.7

/** Losses and deliveries of the current round. */
export class Losses {
  readonly #model: Model
  #roundEndsAtBytes = 0
  #roundStartDeliveredBytes = 0
  #roundStartLostBytes = 0
  #bandwidthLatest = 0
  #inflightLatestBytes = 0
  #isRoundStart = false
  /** Whether samples belong to a probe (BBR.bw_probe_samples): the first congestion of a probe decides, later losses are part of it. */
  isProbeSample = false

  constructor(model: Model) {
    this.#model = model
  }

  /** Largest delivery rate of the last round trip, in bytes per millisecond (BBR.bw_latest). */
  get bandwidthLatest(): number {
    return this.#bandwidthLatest
  }

  /** Largest number of bytes delivered in a round trip (BBR.inflight_latest). */
  get inflightLatestBytes(): number {
    return this.#inflightLatestBytes
  }

  /** Called at the start of an ACK (BBRUpdateLatestDeliverySignals, BBRUpdateCongestionSignals). */
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

  /** Called at the end of an ACK (BBRAdvanceLatestDeliverySignals). */
  advanceLatestDelivery(ack: Ack): void {
    if (!this.#isRoundStart) return
    this.#bandwidthLatest = ack.rateBytesPerMilli
    this.#inflightLatestBytes = ack.sampleBytes
  }

  /** Forgets the latest deliveries. */
  reset(): void {
    this.#bandwidthLatest = 0
    this.#inflightLatestBytes = 0
  }

  /** Whether the bytes in flight with the newest packet caused too much loss (BBRIsInflightTooHigh). */
  isInflightTooHigh(ack: Ack): boolean {
    return this.#model.congested.exceeds(ack.lostSinceSendBytes, ack.inFlightAtSendBytes, lossThreshold)
  }

  /** Bytes in flight when the losses up to `packet` exceeded the threshold (BBRInflightAtLoss); undefined when they did not. */
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

/**
 * BBR, the default controller: BBRv3 as in draft-ietf-ccwg-bbr, with the changes that docs/PROTOCOL.md, flock §8.1 lists. The main
 * one: loss counts only while the round trip shows a queue (bbr/Congested.ts). This file has the order of the steps for each ACK,
 * and derives window and pacing rate from the model; the model and each phase have files of their own.
 */
import * as Limits from "../../ProtocolLimits.ts"
import { Losses } from "./bbr/Losses.ts"
import { type BbrOptions, Model, type Phase } from "./bbr/Model.ts"
import { ProbeBandwidth } from "./bbr/ProbeBandwidth.ts"
import { ProbeRoundTrip } from "./bbr/ProbeRoundTrip.ts"
import { Startup } from "./bbr/Startup.ts"
import type { Ack, Congestion, Explanation, PacketState, Totals } from "./Congestion.ts"

interface Gains {
  readonly pacing: number
  readonly window: number
}

/**
 * Gains of the draft, with two changes. Startup's window gain is 2 in the draft: with that a flow cannot grow that joins a full
 * queue, where the round trip is twice the minimum. Drain's pacing gain is 0.5 in the draft: with 0.35 a deep queue is drained a
 * quarter sooner.
 */
const gains: Readonly<Record<Phase, Gains>> = {
  Startup: { pacing: 2.77, window: 2.77 },
  Drain: { pacing: 0.35, window: 2 },
  Down: { pacing: 0.9, window: 2 },
  Cruise: { pacing: 1, window: 2 },
  Refill: { pacing: 1, window: 2 },
  Up: { pacing: 1.25, window: 2.25 },
  ProbeRoundTrip: { pacing: 1, window: 0.5 }
}
/** Pacing below the estimated bandwidth, so that queues drain (BBR.PacingMarginPercent). */
const pacingMargin = 0.99

/** The controller `bbr`. */
export class Bbr implements Congestion {
  readonly name = "bbr"
  readonly #model: Model
  readonly #losses: Losses
  readonly #startup: Startup
  readonly #cycle: ProbeBandwidth
  readonly #probeRoundTrip: ProbeRoundTrip
  readonly #firstRoundTripMillis: number
  #pacingRate: number
  #isMeasured = false
  #isIdleRestart = false
  /** The window before persistent congestion; 0 when it was restored. */
  #windowToRestoreBytes = 0

  constructor(options: BbrOptions, now: number) {
    this.#model = new Model(options, now)
    this.#losses = new Losses(this.#model)
    this.#startup = new Startup(this.#model, this.#losses)
    this.#cycle = new ProbeBandwidth(this.#model, this.#losses)
    this.#probeRoundTrip = new ProbeRoundTrip(this.#model)
    this.#firstRoundTripMillis = Math.max(1, options.roundTripMillis ?? Limits.firstRoundTripMillis)
    this.#pacingRate = this.#firstPacingRate(this.#firstRoundTripMillis)
    this.#model.setQuantum(this.#pacingRate)
  }

  get congestionWindowBytes(): number {
    return this.#model.windowBytes
  }

  get pacingRateBytesPerMilli(): number {
    return this.#pacingRate
  }

  get sendQuantumBytes(): number {
    return this.#model.quantumBytes
  }

  get maxWindowBytes(): number {
    return this.#model.maxWindowBytes
  }

  set maxWindowBytes(bytes: number) {
    const model = this.#model
    model.maxWindowBytes = bytes
    model.windowBytes = Math.min(model.windowBytes, model.windowCapBytes)
  }

  onDatagramBytes(maxDatagramBytes: number): void {
    const model = this.#model
    model.setDatagramBytes(maxDatagramBytes)
    if (!this.#isMeasured) this.#pacingRate = this.#firstPacingRate(this.#firstRoundTripMillis)
    model.setQuantum(this.#pacingRate)
  }

  onPacketSent(packet: PacketState, totals: Totals, now: number): void {
    const model = this.#model
    if (totals.bytesInFlight === packet.bytes && packet.isApplicationLimited) this.#restartFromIdle(now)
    model.onPacketSent(totals)
  }

  onLoss(packet: PacketState, totals: Totals, now: number): void {
    this.#startup.onPacketLost()
    this.#cycle.onLoss(packet, totals, now)
  }

  onPersistentCongestion(): void {
    const model = this.#model
    this.#windowToRestoreBytes = Math.max(this.#windowToRestoreBytes, model.windowBytes)
    model.windowBytes = model.minWindowBytes
  }

  onAck(ack: Ack, now: number): void {
    const model = this.#model
    model.isSampleLimited = ack.isApplicationLimited || this.#probeRoundTrip.isLimiting(ack)
    model.rounds.update(ack)
    model.congested.update(ack, model.minRoundTrip.millis, model.rounds.isStart, now)
    model.updateBandwidth(ack)
    this.#losses.updateLatestDelivery(ack)
    const { fullPipe, rounds } = model
    model.aggregation.update(ack, model.bandwidth, model.windowBytes, rounds.count, fullPipe.isReached, now)
    if (rounds.isStart) fullPipe.update(ack, model.isSampleLimited, model.congested.isQueueing)
    if (model.congested.isDeep) fullPipe.onDeepQueue()
    this.#updatePhase(ack, now)
    this.#losses.advanceLatestDelivery(ack)
    model.boundBandwidth()
    this.#setPacing(ack)
    this.#setWindow(ack)
  }

  explain(): Explanation {
    const model = this.#model
    return {
      phase: model.phase,
      bandwidthBytesPerMilli: model.bandwidth,
      maxBandwidthBytesPerMilli: model.maxBandwidth.value,
      minRoundTripMillis: model.minRoundTrip.millis,
      inflightShortBytes: model.inflightShortBytes,
      inflightLongBytes: model.inflightLongBytes,
      extraAckedBytes: model.aggregation.extraBytes,
      backgroundLoss: model.congested.backgroundLoss
    }
  }

  #updatePhase(ack: Ack, now: number): void {
    const model = this.#model
    if (model.phase === "Startup") this.#startup.checkDone(ack)
    if (model.phase === "Drain" && this.#startup.isDrained(ack)) this.#cycle.goDown(ack, now)
    if (model.fullPipe.isReached) this.#cycle.update(ack, now)
    model.minRoundTrip.update(ack.roundTripMillis, now)
    if (model.phase !== "ProbeRoundTrip" && model.minRoundTrip.isProbeDue && !this.#isIdleRestart) {
      this.#probeRoundTrip.enter(ack)
      this.#cycle.interrupt()
    }
    if (model.phase === "ProbeRoundTrip" && this.#probeRoundTrip.isDone(ack, now)) this.#leaveProbeRoundTrip(ack, now)
    this.#isIdleRestart = false
  }

  #leaveProbeRoundTrip(ack: Totals, now: number): void {
    this.#model.resetShortBounds()
    if (!this.#model.fullPipe.isReached) {
      this.#model.phase = "Startup"
      return
    }
    this.#cycle.goDown(ack, now)
    this.#cycle.cruise()
  }

  #restartFromIdle(now: number): void {
    const model = this.#model
    this.#isIdleRestart = true
    model.aggregation.restart(now)
    if (model.isInCycle) this.#pacingRate = model.bandwidth * pacingMargin
  }

  #firstPacingRate(roundTripMillis: number): number {
    return gains.Startup.pacing * this.#model.initialWindowBytes / roundTripMillis
  }

  #setPacing(ack: Ack): void {
    const model = this.#model
    if (!this.#isMeasured) {
      this.#isMeasured = true
      this.#pacingRate = this.#firstPacingRate(Math.max(1, ack.roundTripMillis))
    }
    const rate = gains[model.phase].pacing * model.bandwidth * pacingMargin * model.congested.lossCompensation
    if (rate > 0 && (model.fullPipe.isReached || rate > this.#pacingRate)) this.#pacingRate = rate
    model.setQuantum(this.#pacingRate)
  }

  #setWindow(ack: Ack): void {
    const model = this.#model
    const amendedBytes = gains[model.phase].window * model.bdpBytes * model.congested.lossCompensation
    const most = model.quantizationBudget(amendedBytes + model.aggregation.extraBytes)
    let windowBytes = model.windowBytes
    if (this.#windowToRestoreBytes > 0) {
      windowBytes = Math.max(windowBytes, this.#windowToRestoreBytes)
      this.#windowToRestoreBytes = 0
    }
    if (model.fullPipe.isReached) windowBytes = Math.min(windowBytes + ack.newlyAckedBytes, most)
    else if (windowBytes < most || ack.deliveredBytes < model.initialWindowBytes) windowBytes += ack.newlyAckedBytes
    windowBytes = Math.max(windowBytes, model.minWindowBytes)
    if (model.phase === "ProbeRoundTrip") windowBytes = Math.min(windowBytes, this.#probeRoundTrip.windowBytes)
    model.windowBytes = Math.min(windowBytes, this.#windowCap())
  }

  #windowCap(): number {
    const model = this.#model
    const { phase } = model
    let cap = model.windowCapBytes
    if (phase === "Cruise" || phase === "ProbeRoundTrip") cap = Math.min(cap, model.inflightWithHeadroomBytes)
    else if (model.isInCycle) cap = Math.min(cap, model.inflightLongBytes)
    if (phase === "Up") cap = Math.min(cap, this.#cycle.upWindowBytes)
    return Math.max(Math.min(cap, model.inflightShortBytes), model.minWindowBytes)
  }
}

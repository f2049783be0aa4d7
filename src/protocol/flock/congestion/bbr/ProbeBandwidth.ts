/**
 * The cycle of a flow that knows its path (draft-ietf-ccwg-bbr, "ProbeBW"): go down to leave room, cruise, refill the path, go
 * up to see whether there is more. Ours are (docs/PERFORMANCE.md): how far a probe goes, when the next one comes, and that a
 * flow notices when others have taken a part of what it had.
 */
import type { Ack, PacketState, Totals } from "../Congestion.ts"
import { decrease, type Losses } from "./Losses.ts"
import type { Model } from "./Model.ts"

/** Between two probes: milliseconds, of which some are drawn; and at most so many rounds. */
const waitMillis = 2000
const randomWaitMillis = 1000
const maxWaitRounds = 63
/** After a probe that met congestion so many times as long: a TCP CUBIC beside us, which lost with us, needs seconds to come back. */
const congestedWaitFactor = 2
/** After a probe that found more the next one comes soon. */
const soonMillis = 100
/** What a probe may add to what was in flight, as a share of what the path holds; and to the bound that lasts, of what arrives. */
const probeShare = 0.25
/**
 * A probe goes on while a round brings so much more. Who paces at 1.25 in a full queue and has the share s of the path gets
 * 1.25 / (1 + s / 4) of what it had: a small flow goes on and one with more than a third of the path stops, so they become equal.
 */
const probeGrowth = 1.15
/** Acknowledgements of what the probe sent come in its second round. */
const feedbackRounds = 2
/** After so many rounds the queue of our own probe is gone: what still waits is that of others. */
const drainRounds = 3
/** Getting less than that share of what we believe in, while a queue stands, we have believed for too long. */
const staleShare = 0.93

/** What acknowledgements tell of the probe. */
type AckPhase = "none" | "refilling" | "starting" | "probing" | "stopping"

export class ProbeBandwidth {
  readonly #model: Model
  readonly #losses: Losses
  #ackPhase: AckPhase = "none"
  #startedAt = 0
  #waitMillis = 0
  /** The last probe met congestion; the one after it stopped early, to be careful. */
  #wasProbeTooHigh = false
  #wasPrecautionary = false
  #roundsSinceUp = 0
  /** Rounds since going up or down. */
  #rounds = 0
  #upStartBytes = 0
  #upStartRate = 0
  /** Whether the last probe found more; Startup, the first, did. */
  #hasGrown = true

  constructor(model: Model, losses: Losses) {
    this.#model = model
    this.#losses = losses
  }

  /** What may be in flight while going up: a step over what was, until it is seen what the step brought. */
  get upWindowBytes(): number {
    return this.#model.quantizationBudget(
      this.#upStartBytes + probeShare * this.#model.bdpBytes * this.#model.congested.lossCompensation
    )
  }

  goDown(ack: Totals, now: number): void {
    const model = this.#model
    this.#losses.reset()
    this.#rounds = 0
    this.#roundsSinceUp = model.random() < 0.5 ? 0 : 1
    this.#waitMillis = this.#hasGrown
      ? soonMillis * (1 + model.random())
      : (waitMillis + randomWaitMillis * model.random()) * (this.#wasProbeTooHigh ? congestedWaitFactor : 1)
    this.#startedAt = now
    this.#ackPhase = "stopping"
    model.rounds.restart(ack.deliveredBytes)
    model.phase = "Down"
  }

  cruise(): void {
    this.#model.phase = "Cruise"
  }

  /** ProbeRoundTrip comes between: what acknowledgements say until then is no probe's. */
  interrupt(): void {
    this.#ackPhase = "stopping"
  }

  /** Once an acknowledgement, when the path has been full before. */
  update(ack: Ack, now: number): void {
    const model = this.#model
    if (model.rounds.isStart) {
      this.#roundsSinceUp++
      this.#rounds++
    }
    if (this.#adaptLongBound(ack)) return
    switch (model.phase) {
      case "Down":
        if (this.#isTimeToProbe(now)) return this.#refill(ack)
        if (this.#isTimeToCruise(ack)) this.cruise()
        return
      case "Cruise":
        if (this.#isTimeToProbe(now)) this.#refill(ack)
        return
      case "Refill":
        if (model.rounds.isStart) this.#goUp(ack)
        return
      case "Up":
        if (!this.#isTimeToGoDown(ack)) return
        this.#wasProbeTooHigh = false
        return this.goDown(ack, now)
      default:
    }
  }

  /** A packet is lost: if that is congestion and the packet was a probe's, what was in flight was too much. */
  onLoss(packet: PacketState, totals: Totals, now: number): void {
    const model = this.#model
    const inflightBytes = this.#losses.inflightAtLoss(packet, totals)
    if (inflightBytes === undefined) return
    this.#wasProbeTooHigh = true
    this.#losses.isProbeSample = false
    if (!packet.isApplicationLimited) {
      model.inflightLongBytes = Math.max(inflightBytes, model.targetInflightBytes * decrease)
    }
    if (model.phase === "Up") this.goDown(totals, now)
  }

  #refill(ack: Ack): void {
    const model = this.#model
    model.resetShortBounds()
    this.#wasPrecautionary = false
    this.#ackPhase = "refilling"
    model.rounds.restart(ack.deliveredBytes)
    model.phase = "Refill"
  }

  #goUp(ack: Ack): void {
    const model = this.#model
    this.#losses.isProbeSample = true
    this.#ackPhase = "starting"
    model.rounds.restart(ack.deliveredBytes)
    model.fullPipe.reset(ack.rateBytesPerMilli)
    model.phase = "Up"
    this.#rounds = 0
    this.#upStartBytes = ack.bytesInFlight
    this.#upStartRate = Math.max(ack.rateBytesPerMilli, this.#losses.bandwidthLatest)
    this.#hasGrown = false
  }

  #isTimeToProbe(now: number): boolean {
    const rounds = Math.min(maxWaitRounds, this.#model.targetInflightBytes / this.#model.datagramBytes)
    return now > this.#startedAt + this.#waitMillis || this.#roundsSinceUp >= rounds || this.#isStale()
  }

  #isStale(): boolean {
    const model = this.#model
    return model.rounds.isStart && this.#rounds >= drainRounds && !model.isSampleLimited &&
      model.congested.isQueueing &&
      this.#losses.bandwidthLatest < staleShare * model.maxBandwidth.value
  }

  #isTimeToCruise(ack: Ack): boolean {
    const model = this.#model
    if (this.#rounds >= drainRounds) return true
    return ack.bytesInFlight <= model.inflightWithHeadroomBytes &&
      ack.bytesInFlight <= model.quantizationBudget(model.bdpAt(model.maxBandwidth.value))
  }

  #isTimeToGoDown(ack: Ack): boolean {
    const model = this.#model
    if (this.#wasProbeTooHigh && ack.bytesInFlight >= model.inflightLongBytes) {
      this.#wasPrecautionary = true
      return true
    }
    if (model.isWindowLimited(ack) && model.windowBytes >= model.inflightLongBytes) {
      model.fullPipe.reset(ack.rateBytesPerMilli)
      return false
    }
    if (model.rounds.isStart && this.#rounds >= feedbackRounds) {
      if (ack.rateBytesPerMilli < probeGrowth * this.#upStartRate) return true
      this.#upStartRate = ack.rateBytesPerMilli
      this.#upStartBytes = ack.bytesInFlight
      this.#hasGrown = true
    }
    return model.fullPipe.isNow
  }

  /** Moves the lasting bound; true when that decided the phase. */
  #adaptLongBound(ack: Ack): boolean {
    const model = this.#model
    const { isStart } = model.rounds
    if (this.#ackPhase === "starting" && isStart) this.#ackPhase = "probing"
    if (this.#ackPhase === "stopping" && isStart) {
      this.#losses.isProbeSample = false
      this.#ackPhase = "none"
      if (model.isInCycle && !model.isSampleLimited) model.maxBandwidth.advance()
      if (model.isInCycle && this.#wasPrecautionary && !this.#wasProbeTooHigh) {
        this.#refill(ack)
        return true
      }
    }
    if (model.inflightLongBytes === Infinity || this.#losses.isInflightTooHigh(ack)) return false
    if (ack.inFlightAtSendBytes > model.inflightLongBytes) model.inflightLongBytes = ack.inFlightAtSendBytes
    if (model.phase === "Up" && model.isWindowLimited(ack) && model.windowBytes >= model.inflightLongBytes) {
      model.inflightLongBytes += probeShare * ack.newlyAckedBytes
    }
    return false
  }
}

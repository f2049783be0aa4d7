/**
 * The cycle of a flow that has measured its path (draft-ietf-ccwg-bbr, "ProbeBW"): Down drains the queue, Cruise keeps the rate,
 * Refill fills the path, Up probes for more bandwidth. Changes to the draft (docs/PERFORMANCE.md): how far a probe goes, when the
 * next one begins, and that a flow detects that others have taken a part of its bandwidth.
 */
import type { Ack, PacketState, Totals } from "../Congestion.ts"
import { decrease, type Losses } from "./Losses.ts"
import type { Model } from "./Model.ts"

/** Time between two probes: fixed plus random milliseconds, and at most this many rounds. */
const waitMillis = 2000
const randomWaitMillis = 1000
const maxWaitRounds = 63
/** Factor of the wait after a probe that met congestion: a TCP CUBIC flow that lost packets too needs seconds to recover. */
const congestedWaitFactor = 2
/** Wait after a probe that found more bandwidth. */
const soonMillis = 100
/** How much a probe adds to the data in flight, as a share of the BDP; and to the long-term bound, as a share of the acked bytes. */
const probeShare = 0.25
/**
 * A probe continues while a round increases the rate by this factor. A flow with the share s of the path that paces at 1.25 into a
 * full queue gets 1.25 / (1 + s / 4) of its rate: a small flow continues and one with more than a third of the path stops, so that
 * their rates converge.
 */
const probeGrowth = 1.15
/** Acknowledgements of the probe's packets arrive in its second round. */
const feedbackRounds = 2
/** After this many rounds the queue of our own probe is drained: a queue that remains is caused by other flows. */
const drainRounds = 3
/** When less than this share of the estimated bandwidth is delivered while there is a queue, the estimate is stale. */
const staleShare = 0.93

/** Which part of a probe the acknowledgements belong to (BBR.ack_phase). */
type AckPhase = "Init" | "Refilling" | "ProbeStarting" | "ProbeFeedback" | "ProbeStopping"

/** The cycle of one flow. */
export class ProbeBandwidth {
  readonly #model: Model
  readonly #losses: Losses
  #ackPhase: AckPhase = "Init"
  #startedAt = 0
  #waitMillis = 0
  /** Whether the last probe met congestion, and whether a probe stopped early because the one before it did. */
  #wasProbeTooHigh = false
  #wasPrecautionary = false
  #roundsSinceUp = 0
  /** Rounds since Up or Down began. */
  #rounds = 0
  #upStartBytes = 0
  #upStartRate = 0
  /** Whether the last probe found more bandwidth; true after Startup. */
  #hasGrown = true

  constructor(model: Model, losses: Losses) {
    this.#model = model
    this.#losses = losses
  }

  /** Window in Up: one step above the data in flight at its start, until the effect of the step is measured. */
  get upWindowBytes(): number {
    return this.#model.quantizationBudget(
      this.#upStartBytes + probeShare * this.#model.bdpBytes * this.#model.congested.lossCompensation
    )
  }

  /** Begins Down, and draws the time of the next probe. */
  goDown(ack: Totals, now: number): void {
    const model = this.#model
    this.#losses.reset()
    this.#rounds = 0
    this.#roundsSinceUp = model.random() < 0.5 ? 0 : 1
    this.#waitMillis = this.#hasGrown
      ? soonMillis * (1 + model.random())
      : (waitMillis + randomWaitMillis * model.random()) * (this.#wasProbeTooHigh ? congestedWaitFactor : 1)
    this.#startedAt = now
    this.#ackPhase = "ProbeStopping"
    model.rounds.restart(ack.deliveredBytes)
    model.phase = "Down"
  }

  /** Begins Cruise. */
  cruise(): void {
    this.#model.phase = "Cruise"
  }

  /** ProbeRoundTrip begins: acknowledgements until its end belong to no probe. */
  interrupt(): void {
    this.#ackPhase = "ProbeStopping"
  }

  /** Called once per ACK after the path was found full. */
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

  /** A packet was lost: if that is congestion during a probe, the data in flight becomes the long-term bound. */
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
    this.#ackPhase = "Refilling"
    model.rounds.restart(ack.deliveredBytes)
    model.phase = "Refill"
  }

  #goUp(ack: Ack): void {
    const model = this.#model
    this.#losses.isProbeSample = true
    this.#ackPhase = "ProbeStarting"
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

  /** Adapts the long-term bound (BBRAdaptLongTermModel). True when that changed the phase. */
  #adaptLongBound(ack: Ack): boolean {
    const model = this.#model
    const { isStart } = model.rounds
    if (this.#ackPhase === "ProbeStarting" && isStart) this.#ackPhase = "ProbeFeedback"
    if (this.#ackPhase === "ProbeStopping" && isStart) {
      this.#losses.isProbeSample = false
      this.#ackPhase = "Init"
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

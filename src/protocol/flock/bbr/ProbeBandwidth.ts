/**
 * The cycle of a flow that knows its path (draft-ietf-ccwg-bbr, "ProbeBW"): go down to leave room, cruise, refill the path, go
 * up to see whether there is more.
 */
import type { Ack, PacketState, Totals } from "../Congestion.ts"
import { decrease, type Losses } from "./Losses.ts"
import type { Model } from "./Model.ts"

/** Between two probes: milliseconds, of which some are drawn; and at most so many rounds. */
const waitMillis = 2000
const drawnWaitMillis = 1000
const mostWaitRounds = 63
const mostUpRounds = 30

/** What acknowledgements tell of the probe. */
type Feedback = "none" | "refilling" | "starting" | "probing" | "stopping"

export class ProbeBandwidth {
  readonly #model: Model
  readonly #losses: Losses
  #feedback: Feedback = "none"
  #startedAt = 0
  #waitMillis = 0
  /** The last probe met congestion; the one after it stopped early, to be careful. */
  #wasTooHigh = false
  #wasPrecautionary = false
  #roundsSinceUp = 0
  #upRounds = 0
  #upAckedBytes = 0
  #upAckedPerStepBytes = Infinity

  constructor(model: Model, losses: Losses) {
    this.#model = model
    this.#losses = losses
  }

  goDown(ack: Totals, now: number): void {
    const model = this.#model
    this.#losses.reset()
    this.#upAckedPerStepBytes = Infinity
    this.#roundsSinceUp = model.random() < 0.5 ? 0 : 1
    this.#waitMillis = waitMillis + drawnWaitMillis * model.random()
    this.#startedAt = now
    this.#feedback = "stopping"
    model.rounds.restart(ack.deliveredBytes)
    model.phase = "Down"
  }

  cruise(): void {
    this.#model.phase = "Cruise"
  }

  /** ProbeRoundTrip comes between: what acknowledgements say until then is no probe's. */
  interrupt(): void {
    this.#feedback = "stopping"
  }

  /** Once an acknowledgement, when the path has been full before. */
  update(ack: Ack, now: number): void {
    const model = this.#model
    if (model.rounds.isStart) this.#roundsSinceUp++
    if (this.#adaptLong(ack)) return
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
        this.#wasTooHigh = false
        return this.goDown(ack, now)
      default:
    }
  }

  /** A packet is lost: if that is congestion and the packet was a probe's, what was in flight was too much. */
  onLoss(packet: PacketState, totals: Totals, now: number): void {
    const model = this.#model
    const inflightBytes = this.#losses.inflightAtLoss(packet, totals)
    if (inflightBytes === undefined) return
    this.#wasTooHigh = true
    this.#losses.isProbeSample = false
    if (!packet.isApplicationLimited) {
      model.inflightLongBytes = Math.max(inflightBytes, model.targetInflightBytes * decrease)
    }
    if (model.phase === "Up") this.goDown(totals, now)
  }

  #refill(ack: Ack): void {
    const model = this.#model
    model.resetShort()
    this.#upRounds = 0
    this.#upAckedBytes = 0
    this.#wasPrecautionary = false
    this.#feedback = "refilling"
    model.rounds.restart(ack.deliveredBytes)
    model.phase = "Refill"
  }

  #goUp(ack: Ack): void {
    const model = this.#model
    this.#losses.isProbeSample = true
    this.#feedback = "starting"
    model.rounds.restart(ack.deliveredBytes)
    model.fullPipe.reset(ack.rateBytesPerMilli)
    model.phase = "Up"
    this.#raiseSlope()
  }

  #isTimeToProbe(now: number): boolean {
    const rounds = Math.min(mostWaitRounds, this.#model.targetInflightBytes / this.#model.datagramBytes)
    return now > this.#startedAt + this.#waitMillis || this.#roundsSinceUp >= rounds
  }

  #isTimeToCruise(ack: Ack): boolean {
    const model = this.#model
    return ack.bytesInFlight <= model.inflightWithHeadroomBytes &&
      ack.bytesInFlight <= model.atLeast(model.bdpAt(model.maxBandwidth.value))
  }

  #isTimeToGoDown(ack: Ack): boolean {
    const model = this.#model
    if (this.#wasTooHigh && ack.bytesInFlight >= model.inflightLongBytes) {
      this.#wasPrecautionary = true
      return true
    }
    if (model.isWindowLimited(ack) && model.windowBytes >= model.inflightLongBytes) {
      model.fullPipe.reset(ack.rateBytesPerMilli)
      return false
    }
    return model.fullPipe.isNow
  }

  /** Moves the lasting bound; true when that decided the phase. */
  #adaptLong(ack: Ack): boolean {
    const model = this.#model
    const { isStart } = model.rounds
    if (this.#feedback === "starting" && isStart) this.#feedback = "probing"
    if (this.#feedback === "stopping" && isStart) {
      this.#losses.isProbeSample = false
      this.#feedback = "none"
      if (model.isInCycle && !model.isSampleLimited) model.maxBandwidth.advance()
      if (model.isInCycle && this.#wasPrecautionary && !this.#wasTooHigh) {
        this.#refill(ack)
        return true
      }
    }
    if (model.inflightLongBytes === Infinity || this.#losses.isTooMuch(ack)) return false
    if (ack.inFlightAtSendBytes > model.inflightLongBytes) model.inflightLongBytes = ack.inFlightAtSendBytes
    if (model.phase === "Up") this.#probeUpward(ack)
    return false
  }

  #probeUpward(ack: Ack): void {
    const model = this.#model
    if (!model.isWindowLimited(ack) || model.windowBytes < model.inflightLongBytes) return
    this.#upAckedBytes += ack.newlyAckedBytes
    const steps = Math.floor(this.#upAckedBytes / this.#upAckedPerStepBytes)
    if (steps > 0) {
      this.#upAckedBytes -= steps * this.#upAckedPerStepBytes
      model.inflightLongBytes += steps * model.datagramBytes
    }
    if (model.rounds.isStart) this.#raiseSlope()
  }

  #raiseSlope(): void {
    const model = this.#model
    this.#upAckedPerStepBytes = Math.max(model.datagramBytes, model.windowBytes / 2 ** this.#upRounds)
    this.#upRounds = Math.min(mostUpRounds, this.#upRounds + 1)
  }
}

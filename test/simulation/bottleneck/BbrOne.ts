/**
 * A model of TCP BBR version 1 as in Linux (tcp_bbr.c), for competing flows. It reacts to loss for one round trip only.
 */
import type {
  Ack,
  Congestion,
  Explanation,
  PacketState,
  Totals
} from "../../../src/protocol/flock/congestion/Congestion.ts"
import type { Random } from "../Random.ts"

const highGain = 2.885
const cycle = [1.25, 0.75, 1, 1, 1, 1, 1, 1]
const bandwidthRounds = 10
const minRoundTripMillis = 10_000
const probeMillis = 200
const minPackets = 4

/** The controller. */
export class BbrOne implements Congestion {
  readonly name = "bbr"
  readonly #packetBytes: number
  readonly #random: Random
  congestionWindowBytes: number
  pacingRateBytesPerMilli: number
  #phase: "Startup" | "Drain" | "ProbeBandwidth" | "ProbeRoundTrip" = "Startup"
  #pacingGain = highGain
  #rounds = 0
  #roundEndsAtBytes = 0
  readonly #bandwidths: Array<number> = Array.from({ length: bandwidthRounds }, () => 0)
  #minMillis = Infinity
  #minSeenAt: number
  #fullBandwidth = 0
  #fullRounds = 0
  #isFull = false
  #cycleIndex = 0
  #cycleAt = 0
  #probeDoneAt: number | undefined
  #priorWindowBytes = 0
  #recoveryUntil: number | undefined
  #isConserving = false
  #conservedUntilBytes = 0
  #newlyLostBytes = 0

  constructor(packetBytes: number, random: Random, now: number) {
    this.#packetBytes = packetBytes
    this.#random = random
    this.congestionWindowBytes = 10 * packetBytes
    this.pacingRateBytesPerMilli = highGain * this.congestionWindowBytes
    this.#minSeenAt = now
  }

  get sendQuantumBytes(): number {
    return Math.max(2 * this.#packetBytes, Math.min(65_536, this.pacingRateBytesPerMilli))
  }

  maxWindowBytes = Infinity

  onDatagramBytes(): void {}

  onPacketSent(): void {}

  onPersistentCongestion(): void {
    this.#savePrior()
    this.congestionWindowBytes = this.#packetBytes
  }

  onLoss(packet: PacketState, totals: Totals, now: number): void {
    this.#newlyLostBytes += packet.bytes
    if (this.#recoveryUntil !== undefined) return
    this.#savePrior()
    this.#recoveryUntil = now
    this.#isConserving = true
    this.#conservedUntilBytes = totals.deliveredBytes
    this.congestionWindowBytes = Math.max(this.#packetBytes, totals.bytesInFlight)
  }

  onAck(ack: Ack, now: number): void {
    const isRoundStart = ack.priorDeliveredBytes >= this.#roundEndsAtBytes
    if (isRoundStart) {
      this.#roundEndsAtBytes = ack.deliveredBytes
      this.#bandwidths[++this.#rounds % bandwidthRounds] = 0
    }
    const slot = this.#rounds % bandwidthRounds
    this.#bandwidths[slot] = Math.max(this.#bandwidths[slot] ?? 0, ack.rateBytesPerMilli)
    this.#checkCycle(ack, now)
    if (isRoundStart && !this.#isFull) this.#checkFull()
    if (this.#phase === "Startup" && this.#isFull) {
      this.#phase = "Drain"
      this.#pacingGain = 1 / highGain
    }
    if (this.#phase === "Drain" && ack.bytesInFlight <= this.#bdp()) this.#enterCycle(now)
    this.#updateMinRoundTrip(ack, now)
    const rate = this.#pacingGain * this.#bandwidth * 0.99
    if (this.#isFull || rate > this.pacingRateBytesPerMilli) this.pacingRateBytesPerMilli = rate
    this.#setWindow(ack)
    this.#newlyLostBytes = 0
  }

  explain(): Explanation {
    return { phase: this.#phase, bandwidth: this.#bandwidth, minMillis: this.#minMillis }
  }

  get #bandwidth(): number {
    return Math.max(...this.#bandwidths)
  }

  #bdp(): number {
    return this.#minMillis === Infinity ? 10 * this.#packetBytes : this.#bandwidth * this.#minMillis
  }

  #checkFull(): void {
    if (this.#bandwidth >= this.#fullBandwidth * 1.25) {
      this.#fullBandwidth = this.#bandwidth
      this.#fullRounds = 0
    } else if (++this.#fullRounds >= 3) this.#isFull = true
  }

  #enterCycle(now: number): void {
    this.#phase = "ProbeBandwidth"
    const phases = [0, 2, 3, 4, 5, 6, 7] as const
    this.#cycleIndex = this.#random.pick(phases)
    this.#pacingGain = cycle[this.#cycleIndex] ?? 1
    this.#cycleAt = now
  }

  #checkCycle(ack: Ack, now: number): void {
    if (this.#phase !== "ProbeBandwidth") return
    let isOver = now - this.#cycleAt > this.#minMillis
    if (this.#pacingGain > 1) {
      isOver = isOver && (this.#newlyLostBytes > 0 || ack.bytesInFlight >= this.#bdp() * this.#pacingGain)
    } else if (this.#pacingGain < 1) isOver = isOver || ack.bytesInFlight <= this.#bdp()
    if (!isOver) return
    this.#cycleIndex = (this.#cycleIndex + 1) % cycle.length
    this.#pacingGain = cycle[this.#cycleIndex] ?? 1
    this.#cycleAt = now
  }

  #updateMinRoundTrip(ack: Ack, now: number): void {
    const isExpired = now > this.#minSeenAt + minRoundTripMillis
    if (ack.roundTripMillis <= this.#minMillis || isExpired) {
      this.#minMillis = ack.roundTripMillis
      this.#minSeenAt = now
    }
    if (isExpired && this.#phase !== "ProbeRoundTrip") {
      this.#phase = "ProbeRoundTrip"
      this.#pacingGain = 1
      this.#savePrior()
      this.#probeDoneAt = undefined
    }
    if (this.#phase !== "ProbeRoundTrip") return
    if (this.#probeDoneAt === undefined) {
      if (ack.bytesInFlight <= minPackets * this.#packetBytes) {
        this.#probeDoneAt = now + Math.max(probeMillis, this.#minMillis)
      }
    } else if (now > this.#probeDoneAt) {
      this.#minSeenAt = now
      this.congestionWindowBytes = Math.max(this.congestionWindowBytes, this.#priorWindowBytes)
      if (this.#isFull) this.#enterCycle(now)
      else {
        this.#phase = "Startup"
        this.#pacingGain = highGain
      }
    }
  }

  #savePrior(): void {
    const isWhole = this.#recoveryUntil === undefined && this.#phase !== "ProbeRoundTrip"
    this.#priorWindowBytes = isWhole
      ? this.congestionWindowBytes
      : Math.max(this.#priorWindowBytes, this.congestionWindowBytes)
  }

  #setWindow(ack: Ack): void {
    const gain = this.#phase === "Startup" || this.#phase === "Drain" ? highGain : 2
    const target = gain * this.#bdp() + 3 * this.sendQuantumBytes
    let window = Math.max(this.#packetBytes, this.congestionWindowBytes - this.#newlyLostBytes)
    if (this.#recoveryUntil !== undefined && ack.newestSentAt > this.#recoveryUntil && this.#newlyLostBytes === 0) {
      this.#recoveryUntil = undefined
      this.#isConserving = false
      window = Math.max(window, this.#priorWindowBytes)
    }
    if (this.#isConserving && ack.priorDeliveredBytes >= this.#conservedUntilBytes) this.#isConserving = false
    if (this.#isConserving) window = Math.max(window, ack.bytesInFlight + ack.newlyAckedBytes)
    else if (this.#isFull) window = Math.min(window + ack.newlyAckedBytes, target)
    else if (window < target || ack.deliveredBytes < 10 * this.#packetBytes) window += ack.newlyAckedBytes
    window = Math.max(window, minPackets * this.#packetBytes)
    if (this.#phase === "ProbeRoundTrip") window = Math.min(window, minPackets * this.#packetBytes)
    this.congestionWindowBytes = window
  }
}

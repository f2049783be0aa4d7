/**
 * What BBR believes of the path, and how much that is in flight and how fast (draft-ietf-ccwg-bbr, "Network Path Model"). It
 * does not know why: that is decided by the phases.
 */
import * as Limits from "../../../ProtocolLimits.ts"
import { type Ack, type CongestionOptions, sendQuantumBytes, type Totals } from "../Congestion.ts"
import { Aggregation } from "./Aggregation.ts"
import { Congested } from "./Congested.ts"
import { FullPipe } from "./FullPipe.ts"
import { MinRoundTrip } from "./MinRoundTrip.ts"
import { RecentMax } from "./RecentMax.ts"
import { Rounds } from "./Rounds.ts"

export type Phase = "Startup" | "Drain" | "Down" | "Cruise" | "Refill" | "Up" | "ProbeRoundTrip"

export interface BbrOptions extends CongestionOptions {
  /** At least 0, less than 1: flows that share a path must not probe it together. */
  readonly random: () => number
  /** What the handshake took, in milliseconds; undefined when that is not known. */
  readonly roundTripMillis?: number | undefined
}

/** Share of the upper bound that is left to others while cruising. */
const headroom = 0.15
/** On very short paths the acknowledgements are slower than the path. */
const minRoundTripMillis = 1
const minQuanta = 3
/** Packets that are in flight at least. */
const minPackets = 4

/** More than RFC 9002 §7.2 gives, for it goes paced over the round trip of the handshake: a round and a half less on a long path. */
const initialDatagrams = 32

const initialWindowBytes = (maxDatagramBytes: number): number =>
  Math.min(
    initialDatagrams * maxDatagramBytes,
    Math.max(initialDatagrams * Limits.ethernetDatagramBytes, 2 * maxDatagramBytes)
  )

export class Model {
  datagramBytes: number
  maxWindowBytes: number
  readonly random: () => number
  initialWindowBytes: number
  readonly maxBandwidth = new RecentMax()
  readonly minRoundTrip: MinRoundTrip
  readonly aggregation: Aggregation
  readonly rounds = new Rounds()
  readonly fullPipe = new FullPipe()
  readonly congested = new Congested()
  phase: Phase = "Startup"
  windowBytes: number
  /** Bytes a millisecond: the least of what the path was seen to give and what recent congestion lets us expect. */
  bandwidth = 0
  /** What recent congestion allows; Infinity without. */
  bandwidthShort = Infinity
  inflightShortBytes = Infinity
  /** In flight where probing met congestion; Infinity before. */
  inflightLongBytes = Infinity
  quantumBytes: number
  /** Whether the sample under way shows less than the path, because something else limited the sender. */
  isSampleLimited = false
  #windowLimitedUntilBytes = -1

  constructor(options: BbrOptions, now: number) {
    this.datagramBytes = options.maxDatagramBytes
    this.random = options.random
    this.initialWindowBytes = initialWindowBytes(options.maxDatagramBytes)
    this.maxWindowBytes = options.maxWindowBytes ?? Infinity
    this.windowBytes = Math.min(this.initialWindowBytes, this.windowCapBytes)
    this.quantumBytes = 2 * options.maxDatagramBytes
    this.minRoundTrip = new MinRoundTrip(now)
    this.aggregation = new Aggregation(now)
  }

  get minWindowBytes(): number {
    return Math.min(minPackets * this.datagramBytes, this.windowCapBytes)
  }

  get windowCapBytes(): number {
    return Math.max(this.maxWindowBytes, this.datagramBytes)
  }

  get isProbingBandwidth(): boolean {
    return this.phase === "Startup" || this.phase === "Refill" || this.phase === "Up"
  }

  get isInCycle(): boolean {
    return this.phase === "Down" || this.phase === "Cruise" || this.phase === "Refill" || this.phase === "Up"
  }

  /** What the path holds without a queue. */
  get bdpBytes(): number {
    return this.bdpAt(this.bandwidth)
  }

  bdpAt(bytesPerMilli: number): number {
    if (this.minRoundTrip.millis === Infinity) return this.initialWindowBytes
    return bytesPerMilli * Math.max(minRoundTripMillis, this.minRoundTrip.millis)
  }

  /** `bytes`, or more where less could not keep the path busy. */
  quantizationBudget(bytes: number): number {
    const least = Math.max(bytes, minQuanta * this.quantumBytes, this.minWindowBytes)
    return this.phase === "Up" ? least + 2 * this.datagramBytes : least
  }

  get targetInflightBytes(): number {
    return Math.min(this.bdpBytes, this.windowBytes)
  }

  get inflightWithHeadroomBytes(): number {
    if (this.inflightLongBytes === Infinity) return Infinity
    const free = Math.max(this.datagramBytes, headroom * this.inflightLongBytes)
    return Math.max(this.inflightLongBytes - free, this.minWindowBytes)
  }

  resetShortBounds(): void {
    this.bandwidthShort = Infinity
    this.inflightShortBytes = Infinity
  }

  boundBandwidth(): void {
    this.bandwidth = Math.min(this.maxBandwidth.value, this.bandwidthShort)
  }

  updateBandwidth(ack: Ack): void {
    const rate = ack.rateBytesPerMilli
    if (rate > 0 && (rate >= this.maxBandwidth.value || !this.isSampleLimited)) this.maxBandwidth.update(rate)
  }

  /** A packet was sent. The window limits until what is in flight now has arrived. */
  onPacketSent(totals: Totals): void {
    if (totals.bytesInFlight + this.datagramBytes > this.windowBytes) {
      this.#windowLimitedUntilBytes = totals.deliveredBytes + totals.bytesInFlight
    }
  }

  isWindowLimited(ack: Ack): boolean {
    return ack.deliveredBytes <= this.#windowLimitedUntilBytes
  }

  /** A window in which nothing has arrived yet begins anew. */
  setDatagramBytes(maxDatagramBytes: number): void {
    this.datagramBytes = maxDatagramBytes
    this.initialWindowBytes = initialWindowBytes(maxDatagramBytes)
    const least = this.minRoundTrip.millis === Infinity ? this.initialWindowBytes : this.minWindowBytes
    this.windowBytes = Math.min(Math.max(this.windowBytes, least), this.windowCapBytes)
  }

  setQuantum(pacingRateBytesPerMilli: number): void {
    this.quantumBytes = sendQuantumBytes(pacingRateBytesPerMilli, this.datagramBytes)
  }
}

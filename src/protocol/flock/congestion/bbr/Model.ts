/**
 * BBR's model of the path: its estimates and bounds (draft-ietf-ccwg-bbr, "Network Path Model"). The phases decide when they change.
 * Bytes are UDP payload, times milliseconds, bandwidths bytes per millisecond.
 */
import * as Limits from "../../../ProtocolLimits.ts"
import { type Ack, type CongestionOptions, sendQuantumBytes, type Totals } from "../Congestion.ts"
import { Aggregation } from "./Aggregation.ts"
import { Congested } from "./Congested.ts"
import { FullPipe } from "./FullPipe.ts"
import { MinRoundTrip } from "./MinRoundTrip.ts"
import { RecentMax } from "./RecentMax.ts"
import { Rounds } from "./Rounds.ts"

/** State of BBR; Down, Cruise, Refill and Up are the cycle ProbeBW of the draft. */
export type Phase = "Startup" | "Drain" | "Down" | "Cruise" | "Refill" | "Up" | "ProbeRoundTrip"

/** Options of `bbr`. */
export interface BbrOptions extends CongestionOptions {
  /** Returns numbers in [0, 1), so that flows that share a path do not probe at the same time. */
  readonly random: () => number
  /** Round trip of the handshake; undefined when it is not known. */
  readonly roundTripMillis?: number | undefined
}

/** Share of the long-term bound that is left to other flows while cruising (BBR.Headroom). */
const headroom = 0.15
/** Minimum for the bandwidth-delay product: on very short paths acknowledgements take longer than the path. */
const minRoundTripMillis = 1
const minQuanta = 3
/** Minimum of the window, in datagrams (BBR.MinPipeCwnd). */
const minPackets = 4

/** More than in RFC 9002 §7.2, because it is paced over the round trip of the handshake: saves 1.5 round trips on a long path. */
const initialDatagrams = 32

const initialWindowBytes = (maxDatagramBytes: number): number =>
  Math.min(
    initialDatagrams * maxDatagramBytes,
    Math.max(initialDatagrams * Limits.ethernetDatagramBytes, 2 * maxDatagramBytes)
  )

/** The model of one path. */
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
  /** Estimated bandwidth: the minimum of {@link maxBandwidth} and the short-term bound (BBR.bw). */
  bandwidth = 0
  /** Short-term bounds after recent congestion (BBR.bw_shortterm, BBR.inflight_shortterm); Infinity without. */
  bandwidthShort = Infinity
  inflightShortBytes = Infinity
  /** Long-term bound: bytes in flight where probing met congestion (BBR.inflight_longterm); Infinity before. */
  inflightLongBytes = Infinity
  quantumBytes: number
  /** Whether the current sample underestimates the path, because something else limited the sender. */
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

  /** Minimum of the window. */
  get minWindowBytes(): number {
    return Math.min(minPackets * this.datagramBytes, this.windowCapBytes)
  }

  /** Upper bound of the window: `maxWindowBytes`, but at least one datagram. */
  get windowCapBytes(): number {
    return Math.max(this.maxWindowBytes, this.datagramBytes)
  }

  /** Whether the current phase increases the data in flight beyond the estimate. */
  get isProbingBandwidth(): boolean {
    return this.phase === "Startup" || this.phase === "Refill" || this.phase === "Up"
  }

  /** Whether the phase belongs to ProbeBW. */
  get isInCycle(): boolean {
    return this.phase === "Down" || this.phase === "Cruise" || this.phase === "Refill" || this.phase === "Up"
  }

  /** Bandwidth-delay product: the bytes that the path holds without a queue. */
  get bdpBytes(): number {
    return this.bdpAt(this.bandwidth)
  }

  /** Bandwidth-delay product at a given bandwidth; the initial window before the first sample. */
  bdpAt(bytesPerMilli: number): number {
    if (this.minRoundTrip.millis === Infinity) return this.initialWindowBytes
    return bytesPerMilli * Math.max(minRoundTripMillis, this.minRoundTrip.millis)
  }

  /** `bytes`, but at least what keeps the path busy (BBRQuantizationBudget). */
  quantizationBudget(bytes: number): number {
    const least = Math.max(bytes, minQuanta * this.quantumBytes, this.minWindowBytes)
    return this.phase === "Up" ? least + 2 * this.datagramBytes : least
  }

  /** Bytes in flight that fill the path (BBRTargetInflight). */
  get targetInflightBytes(): number {
    return Math.min(this.bdpBytes, this.windowBytes)
  }

  /** The long-term bound minus the headroom for other flows (BBRInflightWithHeadroom). */
  get inflightWithHeadroomBytes(): number {
    if (this.inflightLongBytes === Infinity) return Infinity
    const free = Math.max(this.datagramBytes, headroom * this.inflightLongBytes)
    return Math.max(this.inflightLongBytes - free, this.minWindowBytes)
  }

  /** Removes the short-term bounds. */
  resetShortBounds(): void {
    this.bandwidthShort = Infinity
    this.inflightShortBytes = Infinity
  }

  /** Applies the short-term bound to the bandwidth. */
  boundBandwidth(): void {
    this.bandwidth = Math.min(this.maxBandwidth.value, this.bandwidthShort)
  }

  /** Adds the sample of an ACK to the maximum bandwidth; a limited sample only counts when it is larger. */
  updateBandwidth(ack: Ack): void {
    const rate = ack.rateBytesPerMilli
    if (rate > 0 && (rate >= this.maxBandwidth.value || !this.isSampleLimited)) this.maxBandwidth.update(rate)
  }

  /** A packet was sent. If it fills the window, the window is limiting until the packets in flight now are delivered. */
  onPacketSent(totals: Totals): void {
    if (totals.bytesInFlight + this.datagramBytes > this.windowBytes) {
      this.#windowLimitedUntilBytes = totals.deliveredBytes + totals.bytesInFlight
    }
  }

  /** Whether the window limited the sender when the acknowledged packets were in flight. */
  isWindowLimited(ack: Ack): boolean {
    return ack.deliveredBytes <= this.#windowLimitedUntilBytes
  }

  /** Sets the datagram size. Before the first sample the window becomes the initial window of that size. */
  setDatagramBytes(maxDatagramBytes: number): void {
    this.datagramBytes = maxDatagramBytes
    this.initialWindowBytes = initialWindowBytes(maxDatagramBytes)
    const least = this.minRoundTrip.millis === Infinity ? this.initialWindowBytes : this.minWindowBytes
    this.windowBytes = Math.min(Math.max(this.windowBytes, least), this.windowCapBytes)
  }

  /** Derives the send quantum from the pacing rate. */
  setQuantum(pacingRateBytesPerMilli: number): void {
    this.quantumBytes = sendQuantumBytes(pacingRateBytesPerMilli, this.datagramBytes)
  }
}

/**
 * What a congestion controller is told and what it answers, in the terms of RFC 9002. It knows no packet numbers, no frames
 * and no timers: recovery decides what is acknowledged or lost, the controller how much may be in flight and how fast.
 */
import * as Limits from "../../ProtocolLimits.ts"

export type Name = "bbr" | "cubic" | "newreno"

/** What is kept for each packet in flight; the delivery rate is estimated from it (DeliveryRate.ts). */
export interface PacketState {
  bytes: number
  /** Milliseconds. */
  sentAt: number
  /** What the connection had delivered when the packet was sent, and when it had: bytes and milliseconds. */
  deliveredBytes: number
  deliveredAt: number
  /** When the packet was sent whose acknowledgement was the newest then. */
  firstSentAt: number
  /** Whether the application, not the controller, held the sender back. */
  isApplicationLimited: boolean
  /** In flight once the packet was sent, with it. */
  inFlightBytes: number
  /** What the connection had lost when the packet was sent. */
  lostBytes: number
}

/** The connection's sums. */
export interface Totals {
  readonly bytesInFlight: number
  readonly deliveredBytes: number
  readonly lostBytes: number
}

/** What the packets brought that were acknowledged in one turn, with the delivery-rate sample of the newest of them. */
export interface Ack extends Totals {
  readonly newlyAckedBytes: number
  /** Of the newest packet: milliseconds from its sending to now. */
  readonly roundTripMillis: number
  /** When the newest packet was sent. */
  readonly newestSentAt: number
  /** `deliveredBytes` when the newest packet was sent. */
  readonly priorDeliveredBytes: number
  /** Delivered since then. */
  readonly sampleBytes: number
  /** 0 when the interval was too short to tell. */
  readonly rateBytesPerMilli: number
  readonly isApplicationLimited: boolean
  /** In flight when the newest packet was sent, with it. */
  readonly inFlightAtSendBytes: number
  /** Lost since the newest packet was sent. */
  readonly lostSinceSendBytes: number
}

/** For statistics and traces: what the controller thinks. */
export type Explanation = Readonly<Record<string, number | string>>

/** A controller. In one turn losses are told first, one packet after another, then what was acknowledged. */
export interface Congestion {
  readonly name: Name
  /** Bytes that may be in flight. */
  readonly congestionWindowBytes: number
  /** Infinity where the window alone sets the pace. */
  readonly pacingRateBytesPerMilli: number
  /** What is best sent at once. */
  readonly sendQuantumBytes: number
  /**
   * Upper bound of the window, which may be set at any time: what the peer's kernel has room for, where the path holds less. It
   * goes before the window's floor, but one datagram is always allowed.
   */
  maxWindowBytes: number
  /** The path takes datagrams of another size now. The window does not shrink by it. */
  onDatagramBytes(maxDatagramBytes: number): void
  /** `packet` has just left and is counted in `totals`. */
  onPacketSent(packet: PacketState, totals: Totals, now: number): void
  onAck(ack: Ack, now: number): void
  /** `packet` is taken for lost and is counted in `totals` as lost. */
  onLoss(packet: PacketState, totals: Totals, now: number): void
  /** RFC 9002 §7.6: nothing got through for so long that the path is thought to be another one. */
  onPersistentCongestion(totals: Totals, now: number): void
  explain(): Explanation
}

export interface CongestionOptions {
  /** Bytes of a full datagram, UDP payload. */
  readonly maxDatagramBytes: number
  /** Infinity unless it is told. */
  readonly maxWindowBytes?: number
}

/** RFC 9002 §7.2: ten datagrams, in bounds. */
export const initialWindowBytes = (maxDatagramBytes: number): number =>
  Math.min(10 * maxDatagramBytes, Math.max(14_720, 2 * maxDatagramBytes))

/** What is best sent at once at a rate: a millisecond of it, at least two datagrams, at most a run. */
export const sendQuantumBytes = (rateBytesPerMilli: number, maxDatagramBytes: number): number => {
  const most = Math.min(Limits.runBytes, Limits.runDatagrams * maxDatagramBytes)
  return Math.max(2 * maxDatagramBytes, Math.min(most, rateBytesPerMilli * Limits.timerStepMillis))
}

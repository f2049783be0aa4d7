/**
 * The interface of congestion controllers, in the terms of RFC 9002 §7. LossDetection reports which packets were sent, acknowledged
 * and lost; the controller decides how many bytes may be in flight and how fast they are sent. Bytes are UDP payload, times
 * milliseconds, rates bytes per millisecond.
 */
import * as Limits from "../../ProtocolLimits.ts"

/** Names of the controllers, as on the command line. */
export const names = ["bbr", "cubic", "newreno"] as const
export type Name = typeof names[number]

/** State of a packet in flight, from which DeliveryRate computes a sample. */
export interface PacketState {
  bytes: number
  sentAt: number
  /** `Totals.deliveredBytes` when the packet was sent, and the time of that delivery. */
  deliveredBytes: number
  deliveredAt: number
  /** When the packet was sent that had been acknowledged most recently at that time. */
  firstSentAt: number
  /** Whether the application, not the controller, limited the sender. */
  isApplicationLimited: boolean
  /** Bytes in flight after the packet was sent, including it. */
  inFlightBytes: number
  /** `Totals.lostBytes` when the packet was sent. */
  lostBytes: number
}

/** Totals of a session since its beginning, and the bytes in flight. */
export interface Totals {
  readonly bytesInFlight: number
  readonly deliveredBytes: number
  readonly lostBytes: number
}

/** The packets that one ACK newly acknowledged, with the delivery rate sample of the newest of them. */
export interface Ack extends Totals {
  readonly newlyAckedBytes: number
  /** Time from sending the newest packet to now. */
  readonly roundTripMillis: number
  /** When the newest packet was sent. */
  readonly newestSentAt: number
  /** `deliveredBytes` when the newest packet was sent. */
  readonly priorDeliveredBytes: number
  /** Bytes delivered since then. */
  readonly sampleBytes: number
  /** Delivery rate; 0 when the interval was too short to measure. */
  readonly rateBytesPerMilli: number
  readonly isApplicationLimited: boolean
  /** Bytes in flight after the newest packet was sent, including it. */
  readonly inFlightAtSendBytes: number
  /** Bytes lost since the newest packet was sent. */
  readonly lostSinceSendBytes: number
}

/** State of a controller for statistics and traces. */
export type Explanation = Readonly<Record<string, number | string>>

/** A controller. For one ACK, `onLoss` is called first, once per lost packet, then `onAck` once. */
export interface Congestion {
  readonly name: Name
  /** The congestion window: bytes that may be in flight. */
  readonly congestionWindowBytes: number
  /** Infinity when only the window limits the rate. */
  readonly pacingRateBytesPerMilli: number
  /** Bytes that should be sent at once. */
  readonly sendQuantumBytes: number
  /**
   * Upper bound of the window, which may be set at any time, for a path that holds less than the peer's kernel buffer. It takes
   * precedence over the window's minimum, but one datagram is always allowed.
   */
  maxWindowBytes: number
  /** The largest datagram size of the path has changed. The window does not shrink. */
  onDatagramBytes(maxDatagramBytes: number): void
  /** `packet` was sent and is included in `totals`. */
  onPacketSent(packet: PacketState, totals: Totals, now: number): void
  onAck(ack: Ack, now: number): void
  /** `packet` was declared lost and is included in `totals` as lost. */
  onLoss(packet: PacketState, totals: Totals, now: number): void
  /** Persistent congestion (RFC 9002 §7.6): losses lasted so long that the path is assumed to have changed. */
  onPersistentCongestion(totals: Totals, now: number): void
  explain(): Explanation
}

/** Options that all controllers have in common. */
export interface CongestionOptions {
  /** Largest datagram of the path. */
  readonly maxDatagramBytes: number
  /** Infinity by default. */
  readonly maxWindowBytes?: number
}

/** Initial window (RFC 9002 §7.2): ten datagrams, within bounds. */
export const initialWindowBytes = (maxDatagramBytes: number): number =>
  Math.min(10 * maxDatagramBytes, Math.max(14_720, 2 * maxDatagramBytes))

/** Send quantum at a rate: the bytes of a millisecond, at least two datagrams, at most a run. */
export const sendQuantumBytes = (rateBytesPerMilli: number, maxDatagramBytes: number): number => {
  const most = Math.min(Limits.runBytes, Limits.runDatagrams * maxDatagramBytes)
  return Math.max(2 * maxDatagramBytes, Math.min(most, rateBytesPerMilli * Limits.timerStepMillis))
}

/** What a session has done so far: the numbers behind reports and metrics. */
import type { Explanation } from "../protocol/flock/congestion/Congestion.ts"
import type { LimitingFactor } from "../protocol/flock/Transmission.ts"

/** What a session has done so far. */
export interface Statistics {
  readonly sentPackets: number
  readonly sentBytes: number
  /** Bytes that have arrived at the peer: of packets, or on classic of contents. */
  readonly deliveredBytes: number
  /** Packets declared lost; on classic frames that were sent again. */
  readonly lostPackets: number
  readonly receivedPackets: number
  readonly receivedBytes: number
  /** Received datagrams or packets that changed nothing, by reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** Milliseconds; undefined before the first measurement. */
  readonly roundTripMillis: number | undefined
  readonly minRoundTripMillis: number | undefined
  /** The state of congestion control, on a wire that has it. */
  readonly congestion: CongestionStatistics | undefined
}

export interface CongestionStatistics {
  readonly controller: string
  readonly explanation: Explanation
  readonly congestionWindowBytes: number
  readonly inFlightBytes: number
  /** Bytes of UDP payload of a full datagram. */
  readonly datagramBytes: number
  /** Packets declared lost and acknowledged later. */
  readonly spuriousLosses: number
  /** Milliseconds for which each factor limited the sender. */
  readonly limitedMillis: Readonly<Record<LimitingFactor, number>>
}

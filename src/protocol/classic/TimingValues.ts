/** The intervals of the classic cores, all in milliseconds (docs/PROTOCOL.md §5). `transport/Timing` has the values. */
export interface TimingValues {
  /** The retransmission timeout before the first round-trip sample. */
  readonly firstTimeoutMillis: number
  /** The interval of retransmissions before the first answer, while the network reports that nothing arrives. */
  readonly refusedMillis: number
  /** The minimum of the retransmission timeout. */
  readonly minTimeoutMillis: number
  /** The maximum of the retransmission timeout, including back-off. */
  readonly maxTimeoutMillis: number
  /** The minimum of the retransmission timeout for the last DAT of a file: its ACK waits for the receiver's disk. */
  readonly publishTimeoutMillis: number
  /** The interval from the end of a message to the first KPA, and between KPAs. */
  readonly keepAliveMillis: number
  /** The idle timeout: a peer is lost when no frame of it was received for so long. */
  readonly idleTimeoutMillis: number
  /** The idle timeout of a receiver in the middle of a message: existing clients retransmit a frame only after 20 s. */
  readonly unfinishedMillis: number
  /** The time for which any receiver, existing ones included, keeps an unfinished message; no setting changes it. */
  readonly memoryMillis: number
  /** The maximum lifetime of a datagram in the network (MSL, RFC 793). Late copies are recognised for so long. */
  readonly lateMillis: number
  /** A timer that fires later than this after its deadline shows a stall of the program, which is not idle time. */
  readonly stallMillis: number
}

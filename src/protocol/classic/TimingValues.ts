/** The intervals that the cores of the classic wire are given; their values belong to `transport/Timing`. All in milliseconds. */
export interface TimingValues {
  /** The first retransmission timeout, before any round trip was measured. */
  readonly firstTimeoutMillis: number
  /** The floor of the retransmission timeout. */
  readonly minTimeoutMillis: number
  /** The cap of the retransmission timeout, backed off or not. */
  readonly maxTimeoutMillis: number
  /** The floor for the last DAT of a file: its answer waits for the receiver's disk. */
  readonly publishTimeoutMillis: number
  /** How long after its last frame an idle client asks whether the server is there. */
  readonly keepAliveMillis: number
  /** Silence after which a peer is lost. */
  readonly silenceMillis: number
  /** The same for the receiver of an unfinished message: existing clients repeat a lost frame only after 20 s. */
  readonly unfinishedMillis: number
  /** What every receiver remembers an unfinished message for, existing ones included, whatever this side waits itself. */
  readonly memoryMillis: number
  /** How late a datagram may arrive. A late copy of a finished message is known as one for so long. */
  readonly lateMillis: number
  /** A timer that fires later than this shows that the program itself stood still; that time is nobody's silence. */
  readonly stallMillis: number
}

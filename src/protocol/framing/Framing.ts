/**
 * Isolates messages in the bytes of a connection, in both directions (docs/PROTOCOL.md, "Framings"). A framing is a value; each
 * connection has a codec of its own, a state machine without I/O. Times are milliseconds.
 */

/** A message without its framing. */
export interface Message {
  /** Not changed afterwards by the codec. */
  readonly bytes: Uint8Array
  /** The kind of the content, 0 to 255; only with the framing `typed`. */
  readonly type?: number | undefined
}

/** The input cannot be isolated any more: the connection has to end. */
export interface FramingFailure {
  readonly reason: "TooLong" | "Malformed" | "Truncated"
  /** What happened, as a sentence without a full stop, for both sides: it repeats nothing that the peer has sent. */
  readonly message: string
}

/** What a call has isolated. The messages before a failure are valid; after it the codec ignores all input. */
export interface Decoded {
  readonly messages: ReadonlyArray<Message>
  readonly failure?: FramingFailure | undefined
}

/** The two directions of one connection. */
export interface Codec {
  /** Processes the bytes of one read, or one datagram. They belong to the codec. */
  readonly handleBytes: (bytes: Uint8Array, now: number) => Decoded
  /** Processes the end of the input: a message that has no end yet is delivered or fails, as the framing says. */
  readonly handleEnd: () => Decoded
  /** When `handleTimeout` is due; Infinity without a held message. */
  readonly deadline: number
  readonly handleTimeout: (now: number) => Decoded
  /** The bytes of a message on the wire. Undefined if this framing cannot carry it: too long, or it contains the delimiter. */
  readonly encode: (message: Message) => Uint8Array | undefined
  /**
   * Codecs of one framing that return the same value encode every message to the same bytes at this moment, so that a message to
   * many connections is encoded once.
   */
  readonly encoding: string
  /** Whether the bytes of a message tell where it ends, at this moment: only then may several be written together. */
  readonly delimits: boolean
}

/** A framing with its parameters. */
export interface Framing {
  /** Its text, as in `--framing`: `lines`, `padded:10,zeros`. */
  readonly name: string
  /** The codec of a new connection. A message of more than `messageBytes` (default: `FramingLimits.messageBytes`) is a failure. */
  readonly open: (messageBytes?: number) => Codec
  /** The framing of the side that has connected, where the two directions differ. */
  readonly client?: Framing | undefined
}

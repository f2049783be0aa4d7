/**
 * A stream of a session (RFC 9000 §2): bytes in both directions. A read waits for bytes, a write waits for room.
 */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Peer } from "./Peer.ts"
import type { SessionError } from "./SessionError.ts"

export interface SessionStream {
  /** Even for a stream that the client opened. */
  readonly id: number
  /** Bytes that have arrived without a gap so far, read ones included. */
  readonly arrivedBytes: () => number
  /** Bytes read here so far, and bytes written here that the peer has acknowledged so far. */
  readonly readBytes: () => number
  readonly ackedBytes: () => number
  /**
   * Waits until `leastBytes` have arrived, the session's buffer is full, or the stream ends. Returns the first
   * contiguous block of them; undefined at the end of the stream. Fails if the peer reset the stream (`Reset`) or the
   * session is over.
   */
  readonly read: (leastBytes?: number) => Effect.Effect<Uint8Array | undefined, SessionError>
  /** Returns a read block for reuse: its bytes may be overwritten from now on. Optional; saves memory. */
  readonly release: (bytes: Uint8Array) => void
  /** All bytes from the peer, until the end of the stream. */
  readonly bytes: Stream.Stream<Uint8Array, SessionError>
  /** Writes a block, which must not be changed afterwards, and waits until there is room for the next one. */
  readonly write: (block: Uint8Array) => Effect.Effect<void, SessionError>
  /** Written blocks that the peer has acknowledged, for reuse as buffers; only the latest few. */
  readonly released: () => ReadonlyArray<Uint8Array>
  /** Ends the sending side: nothing more is written. */
  readonly finish: Effect.Effect<void>
  /** Waits until the peer has acknowledged all written bytes; call it after `finish`. */
  readonly settled: Effect.Effect<void, SessionError>
  /** Abandons the sending side with a code for the peer (RESET_STREAM). No effect on a stream that is over. */
  readonly reset: (code: number) => Effect.Effect<void>
  /** Ends the receiving side: asks the peer, with a code, to stop sending (STOP_SENDING). */
  readonly stop: (code: number) => Effect.Effect<void>
  /** Abandons both directions. Bytes before a `finish` are still sent. Pending reads and writes fail (`Left`). */
  readonly abandon: Effect.Effect<void>
}

/** A stream that a peer has opened, with its peer – the current address, and the key – and the channel binding of its session. */
export interface PeerStream extends SessionStream {
  readonly peer: () => Peer
  readonly channelBinding: Uint8Array | undefined
}

/** Codes for `reset` and `stop`. */
export const streamCode = {
  /** The stream is no longer needed. */
  cancelled: 0,
  /** The program failed. */
  failed: 1
} as const

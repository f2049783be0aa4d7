/**
 * A stream of a session: reading waits for bytes, writing for room. It carries bytes and knows no messages.
 */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { SessionError } from "./SessionError.ts"

export interface SessionStream {
  /** Even for those that the client opened. */
  readonly id: number
  /** Bytes read so far, and bytes of ours that have arrived so far. */
  readonly readBytes: () => number
  readonly ackedBytes: () => number
  /**
   * Waits until `leastBytes` are there, or the session can hold no more, or the stream ends, and gives the first of them that
   * stand together; undefined at the end. Fails when the peer gave the stream up (`Reset`) or the session is over.
   */
  readonly read: (leastBytes?: number) => Effect.Effect<Uint8Array | undefined, SessionError>
  /** Gives back bytes that were read: they may be written over from now on. Worth while for much data; never necessary. */
  readonly release: (bytes: Uint8Array) => void
  /** All that comes, until the stream's end. */
  readonly bytes: Stream.Stream<Uint8Array, SessionError>
  /** Takes a block, which must not change any more, and waits until there is room for the next. */
  readonly write: (block: Uint8Array) => Effect.Effect<void, SessionError>
  /** Blocks that were written, have arrived, and may be filled again; the latest few. */
  readonly released: () => ReadonlyArray<Uint8Array>
  /** Nothing more is written. */
  readonly finish: Effect.Effect<void>
  /** Waits until everything that was written has arrived; after `finish`. */
  readonly settled: Effect.Effect<void, SessionError>
  /** Gives up what was written, with a code for the peer; a stream that is over is left alone. */
  readonly reset: (code: number) => Effect.Effect<void>
  /** Wants no more of what the peer writes, with a code for it. */
  readonly stop: (code: number) => Effect.Effect<void>
  /** Gives the stream up in both directions; only what was finished still goes to the peer. Who waits on it fails (`Left`). */
  readonly abandon: Effect.Effect<void>
}

/** Codes with which a stream is given up. */
export const streamCode = {
  /** Nobody wants it any more. */
  cancelled: 0,
  /** A program failed. */
  failed: 1
} as const

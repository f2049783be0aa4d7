/** The interface of a stream to which a report writes. */
import type * as Effect from "effect/Effect"

/** An output stream. */
export interface Output {
  /** Writes text. If a result cannot be written, it is printed on another stream; other text may be lost. */
  readonly write: (text: string, isResult?: boolean) => void
  /** Waits until a slow reader has read the buffered text. */
  readonly drained: Effect.Effect<void>
  /** The approximate number of buffered bytes that were not read yet. */
  readonly backlogBytes: () => number
  /** Whether the stream is a terminal: texts of a peer must then be escaped. */
  readonly isTerminal: boolean
  /** Whether a line can be redrawn. */
  readonly isAnimated: boolean
  /** Characters in a line of the terminal. */
  readonly columns: () => number
}

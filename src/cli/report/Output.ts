/** Where a report writes: what it must know of a stream. */
import type * as Effect from "effect/Effect"

/** Where characters go. */
export interface Output {
  /** A result that nobody takes is told elsewhere; anything else may be lost. */
  readonly write: (text: string, isResult?: boolean) => void
  /** Waits until a slow reader has taken what was written. */
  readonly drained: Effect.Effect<void>
  /** What was written and not yet taken, in bytes or thereabouts. */
  readonly backlogBytes: () => number
  /** Whether a person may be looking, whom a peer's words must not mislead. */
  readonly isTerminal: boolean
  /** Whether a line may be painted over. */
  readonly isAnimated: boolean
  /** Characters in a line of the terminal. */
  readonly columns: () => number
}

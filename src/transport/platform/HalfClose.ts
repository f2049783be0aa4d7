/**
 * What the sockets of holub do for a program of `@effect/platform` when the peer has ended its input. Sockets of other packages do
 * not know it: they end at once.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * Run by a socket after the peer has ended its input and every handler has completed, before the socket ends its own direction: what
 * it writes is the last that the peer receives. The caller of `run` provides it. A failure cannot be expressed; a defect fails `run`.
 */
export class HalfClose extends Context.Reference<HalfClose>()("holub/platform/HalfClose", {
  defaultValue: (): Effect.Effect<void> => Effect.void
}) {}

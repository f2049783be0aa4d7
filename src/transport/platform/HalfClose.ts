/**
 * What the sockets of holub do for a program of `@effect/platform` when the peer has ended its input. Sockets of other packages do
 * not know it: they end at once.
 */
import type * as Socket from "@effect/platform/Socket"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * Returns the effect that a socket runs after the peer has ended its input and every handler has completed, before the socket ends its
 * own direction: what it writes is the last that the peer receives. The caller of `run` provides the function, or a server provides one
 * for all of its sockets. A failure cannot be expressed; a defect fails `run`.
 */
export class HalfClose extends Context.Reference<HalfClose>()("holub/platform/HalfClose", {
  defaultValue: () => (_socket: Socket.Socket): Effect.Effect<void> => Effect.void
}) {}

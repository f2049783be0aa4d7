/** How `serve` gets the rooms that it hosts beside its sessions. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Handler } from "../../transfer/Router.ts"
import type { Listener } from "../../transport/Transport.ts"
import type { Failure } from "../errors/Failure.ts"

/** Opens the rooms of a server beside its listener. */
export type Host<R = never> = (listener: Listener) => Effect.Effect<Hosted, Failure, R | Scope.Scope>

export interface Hosted {
  readonly handlers: ReadonlyArray<Handler>
  /** Completes when the first client of a room has left, for `--once`. */
  readonly firstLeft: Effect.Effect<void>
}

/**
 * A client's socket to its server, and its replacement when the server's answers stop: the address of this host may
 * have changed, and the session migrates to the new one (RFC 9000 §9).
 */
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { type Bound, type Handler, Socket, type SocketError } from "../../net/Socket.ts"

export interface Migration {
  /** The first socket. */
  readonly bound: Bound
  /**
   * Opens another socket, passes it to `use`, and closes the old one. A failure is ignored: the driver calls it again.
   */
  readonly renew: () => void
}

export const connect = (
  peer: Address,
  handler: Handler,
  use: (bound: Bound) => void
): Effect.Effect<Migration, SocketError, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Socket
    // All sockets live in the scope of the first one, so that the close of the session still has a socket.
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
    const runtime = yield* Effect.runtime<never>()
    const opened = Effect.gen(function*() {
      const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
      const bound = yield* Scope.extend(socket.connect(peer, handler), own).pipe(
        Effect.onError(() => Scope.close(own, Exit.void))
      )
      return { bound, close: Scope.close(own, Exit.void) }
    })
    let current = yield* opened
    let isRenewing = false
    const renewed = Effect.gen(function*() {
      const { close } = current
      current = yield* opened
      use(current.bound)
      yield* close
    }).pipe(
      Effect.uninterruptible,
      Effect.ignore,
      Effect.ensuring(Effect.sync(() => {
        isRenewing = false
      }))
    )
    return {
      bound: current.bound,
      renew: () => {
        if (isRenewing) return
        isRenewing = true
        Runtime.runFork(runtime)(renewed, { scope })
      }
    }
  })

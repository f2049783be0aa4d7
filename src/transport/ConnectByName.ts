/** Connects to a server by name: resolves it, and tries its addresses as RFC 8305 describes. For every wire. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Address, format } from "../net/Address.ts"
import type { Shape as SocketShape } from "../net/Socket.ts"
import { destinationError } from "../net/Unicast.ts"
import { firstSuccess, triedInOrder } from "./HappyEyeballs.ts"
import { closedUnlessItSucceeds } from "./Scoped.ts"
import { isTransient, ofSocket, SessionError } from "./SessionError.ts"
import * as Timing from "./Timing.ts"

/** What resolves names: the services Socket and Tcp. */
type Names<R> = Effect.Effect<Pick<SocketShape, "resolve">, never, R>

/**
 * Opens a connection to the first address of `server` that answers, as `names` resolves it. `open` connects to one address; if `isOneOfSeveral`, it must
 * succeed only after an answer. Nothing is sent to an address that does not stand for one machine. If all fail, the error
 * contains the error of each.
 */
export const connect = <A, R, N>(
  names: Names<N>,
  server: Address,
  open: (address: Address, isOneOfSeveral: boolean) => Effect.Effect<A, SessionError, R>
): Effect.Effect<A, SessionError, Exclude<R, Scope.Scope> | N | Scope.Scope> =>
  Effect.gen(function*() {
    const { resolve } = yield* names
    const resolved = yield* Effect.mapError(resolve(server.host), ofSocket)
    const hosts = triedInOrder(resolved)
    const attempts = hosts.map((host) =>
      Effect.suspend(() => {
        const address = { host, port: server.port }
        const error = destinationError(address)
        return error === undefined ? open(address, hosts.length > 1) : ofSocket(error)
      })
    )
    const [only, ...others] = attempts
    if (only === undefined) return yield* noAddress(server)
    if (others.length === 0) return yield* closedUnlessItSucceeds(only)
    return yield* Effect.mapError(
      firstSuccess(attempts, Timing.attemptDelayMillis),
      (errors) => combined(server, errors)
    )
  })

const noAddress = ({ host }: Address): SessionError =>
  new SessionError({ reason: "HostNotFound", peer: host, message: `the name ${host} has no address` })

/**
 * One error for all addresses. Its reason is that of an error which knows more about the server, or of one that can pass, so that
 * another attempt is made where one of the addresses may answer later.
 */
const combined = (server: Address, errors: ReadonlyArray<SessionError>): SessionError => {
  const chosen = errors.find(({ detail, key }) => detail !== undefined || key !== undefined) ??
    errors.find(isTransient) ?? errors[0]
  const peer = format(server)
  const each = errors.map(({ message }) => message).join("; ")
  return new SessionError({
    reason: "Silent",
    ...chosen,
    peer,
    message: `none of the ${errors.length} addresses of ${peer} can be reached: ${each}`
  })
}

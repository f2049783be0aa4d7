/** Opens the socket of a listener, for every wire. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../net/Address.ts"
import { type Bound, type Handler, Socket, type SocketOptions } from "../net/Socket.ts"
import { listeningError } from "../net/Unicast.ts"
import { ofSocket, type SessionError } from "./SessionError.ts"

/** Binds the first address of `local.host`, a name or a literal address of this machine, or a wildcard. */
export const bind = (
  local: Address,
  handler: Handler,
  options?: SocketOptions
): Effect.Effect<Bound, SessionError, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const [host = local.host] = yield* socket.resolve(local.host)
    const address = { host, port: local.port }
    const error = listeningError(address)
    return yield* error ?? socket.bind(address, handler, options)
  }).pipe(Effect.mapError(ofSocket))

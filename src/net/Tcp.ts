/**
 * Connections of TCP as a service, for listeners of plain programs and for the wire `tcp`. As in `Socket`, handlers are called in the
 * turn of the event loop in which something happened, and a write never waits.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "./Address.ts"
import type { SocketError } from "./Socket.ts"

/** No function may throw or wait. */
export interface TcpHandler {
  /** Unsent bytes from which on a write returns false. Default: `NetLimits.unsentBytes`. */
  readonly mostUnsentBytes?: number | undefined
  /** The bytes of one read. They belong to the handler. */
  readonly onBytes: (bytes: Uint8Array) => void
  /** The peer has ended its direction (FIN); this side can still write. */
  readonly onEnd: () => void
  /** After a write returned false: less than half of this limit is unsent. */
  readonly onDrain: () => void
  /** The connection is over: the last call. Both sides have ended it, or it failed, for example with `Reset`. */
  readonly onClose: (error: SocketError | undefined) => void
}

/** An open connection. It reads nothing before `start`. */
export interface TcpConnection {
  readonly local: Address
  readonly peer: Address
  /** Begins to read. Called once, before any write. */
  readonly start: (handler: TcpHandler) => void
  /** Queues bytes, which must not be changed afterwards. False: as much as the handler's limit is unsent now. No effect after the end. */
  readonly write: (bytes: Uint8Array) => boolean
  /** Bytes that the kernel has not taken yet. */
  readonly unsentBytes: () => number
  /** Stops and continues reading: the peer's window closes meanwhile. */
  readonly pause: () => void
  readonly resume: () => void
  /** Ends this direction after everything that was written (FIN). */
  readonly finish: () => void
  /** Ends both directions at once and discards what is unsent (RST). Only `onClose(undefined)` follows, in a later turn. */
  readonly reset: () => void
}

export interface TcpShape {
  /** The addresses of a name, in the order in which to try them. Fails with `HostNotFound`. */
  readonly resolve: (host: string) => Effect.Effect<ReadonlyArray<string>, SocketError>
  /** A connection to a literal address. The end of the scope resets it, unless both sides have finished. */
  readonly connect: (peer: Address) => Effect.Effect<TcpConnection, SocketError, Scope.Scope>
  /**
   * Accepts connections at a local address, until the scope closes; port 0 lets the system choose. `onConnection` must call `start`
   * or `reset`, at once or later. The connections live on after the scope. Connections beyond `NetLimits.acceptedConnections`, or beyond
   * the share of their source, are reset.
   */
  readonly listen: (
    local: Address,
    onConnection: (connection: TcpConnection) => void
  ) => Effect.Effect<Address, SocketError, Scope.Scope>
}

export class Tcp extends Context.Tag("holub/Tcp")<Tcp, TcpShape>() {}

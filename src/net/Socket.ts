/**
 * The datagram service: sockets that hand over what has arrived synchronously, and take what is to be sent the same way.
 * It knows addresses and datagrams, nothing of frames. `SocketMemory` is a network of its own within the program.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "./Address.ts"

export type Reason =
  | "AddressInUse"
  | "AddressNotAvailable"
  | "Denied"
  | "HostNotFound"
  | "Refused"
  | "Unreachable"
  | "TooLarge"
  | "TooManyOpen"
  | "Io"

/** A socket could not be opened, or the network refused what was sent. `address` is what it was about. */
export class SocketError extends Data.TaggedError("SocketError")<{
  readonly reason: Reason
  readonly address: string
  /** What happened, as a sentence without a full stop. */
  readonly message: string
  readonly cause?: unknown
}> {}

export interface Datagram {
  /** The receiver's own: no one else writes there later. */
  readonly bytes: Uint8Array
  readonly from: Address
}

/** Called in the turn of the event loop in which something arrived. It must not throw and must not wait. */
export interface Handler {
  readonly onDatagrams: (batch: ReadonlyArray<Datagram>) => void
  /** The network's later answer to a send, such as `Refused`. The socket stays usable. */
  readonly onError: (error: SocketError) => void
}

/** Writes a datagram at the start of `target` (at least 1,458 bytes) and returns its length; 0 for none. */
export type Fill = (target: Uint8Array) => number

/** An open socket; its scope closes it. */
export interface Bound {
  readonly local: Address
  /** Sends one datagram, written into a buffer of the socket's own. Returns whether `fill` wrote one. Never fails: UDP may lose. */
  readonly send: (to: Address, fill: Fill) => boolean
}

export interface Shape {
  /** The addresses of a name, in the order in which to try them. Fails with `HostNotFound`. */
  readonly resolve: (host: string) => Effect.Effect<ReadonlyArray<string>, SocketError>
  /** A socket at a local address for any peer; port 0 lets the system choose. */
  readonly bind: (local: Address, handler: Handler) => Effect.Effect<Bound, SocketError, Scope.Scope>
  /** A socket for one peer, which hears refusals. */
  readonly connect: (peer: Address, handler: Handler) => Effect.Effect<Bound, SocketError, Scope.Scope>
}

export class Socket extends Context.Tag("holub/Socket")<Socket, Shape>() {}

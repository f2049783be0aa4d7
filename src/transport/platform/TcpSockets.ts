/**
 * Connections of `net/Tcp` as sockets of `@effect/platform`, with what its own sockets lack: a bound for what waits in handlers,
 * `HalfClose`, the address of the peer as `PlatformSocket.Peer`, and an end that loses no answer.
 */
import * as Socket from "@effect/platform/Socket"
import * as SocketServer from "@effect/platform/SocketServer"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import * as NetLimits from "../../net/NetLimits.ts"
import { SocketError } from "../../net/Socket.ts"
import { Tcp, type TcpConnection, type TcpShape } from "../../net/Tcp.ts"
import { firstSuccess, interleaved } from "../HappyEyeballs.ts"
import * as Timing from "../Timing.ts"
import { HalfClose } from "./HalfClose.ts"
import { Peer } from "./PlatformSocket.ts"
import { type Running, TcpSocketRun } from "./TcpSocketRun.ts"

/** A socket whose every `run` connects anew, to the first address of a name that answers. */
export const make = (peer: Address): Effect.Effect<Socket.Socket, never, Tcp> =>
  Effect.map(Tcp, (tcp) =>
    fromConnection(
      connectByName(tcp, peer),
      // The end of the scope resets the connection: a server gets first what was written.
      ({ linger }, exit) => Exit.isFailure(exit) && Cause.isInterrupted(exit.cause) ? Effect.void : linger
    ))

/** The socket of `make`. */
export const layer = (peer: Address): Layer.Layer<Socket.Socket, never, Tcp> => Layer.effect(Socket.Socket, make(peer))

/** Accepts connections at a local address until the scope closes. They wait while no `run` of the server handles them. */
export const server = (
  local: Address
): Effect.Effect<Context.Tag.Service<SocketServer.SocketServer>, SocketError, Tcp | Scope.Scope> =>
  Effect.gen(function*() {
    const { listen } = yield* Tcp
    const waiting: Array<TcpConnection> = []
    let onConnection: (connection: TcpConnection) => void = (connection) => void waiting.push(connection)
    const { host, port } = yield* listen(local, (connection) => onConnection(connection))
    yield* Effect.addFinalizer(() => Effect.sync(() => waiting.splice(0).forEach((connection) => connection.reset())))
    const run = <R, E, A>(handler: (socket: Socket.Socket) => Effect.Effect<A, E, R>) =>
      Effect.scoped(
        Effect.flatMap(FiberSet.make<void>(), (fibers) =>
          Effect.flatMap(FiberSet.runtime(fibers)<R>(), (fork) =>
            Effect.async<never>(() => {
              const before = onConnection
              onConnection = (connection) =>
                void fork(handled(connection, handler))
              waiting.splice(0).forEach(onConnection)
              return Effect.sync(() => {
                onConnection = before
              })
            })))
      )
    return { address: { _tag: "TcpAddress", hostname: host, port }, run }
  })

/** The server of `server`. */
export const layerServer = (local: Address): Layer.Layer<SocketServer.SocketServer, SocketError, Tcp> =>
  Layer.scoped(SocketServer.SocketServer, server(local))

/** A failure of one socket is logged and ends no other socket. */
const handled = <A, E, R>(
  connection: TcpConnection,
  handler: (socket: Socket.Socket) => Effect.Effect<A, E, R>
): Effect.Effect<void, never, R> => {
  let isTaken = false
  const acquire = Effect.suspend(() => {
    if (isTaken) return closed(connection.peer)
    isTaken = true
    return Effect.succeed(connection)
  })
  // The end of the handler does not wait for the connection.
  const socket = fromConnection(acquire, ({ linger }) => Effect.asVoid(Effect.forkDaemon(linger)))
  const peer = { address: connection.peer, publicKey: undefined, isTrusted: false, channelBinding: undefined }
  return Effect.suspend(() => handler(socket)).pipe(
    Effect.provideService(Peer, peer),
    Effect.matchCauseEffect({
      onSuccess: () => Effect.void,
      onFailure: (cause) => Cause.isInterruptedOnly(cause) ? Effect.void : Effect.logDebug("a socket has failed", cause)
    }),
    Effect.ensuring(Effect.sync(() => isTaken ? undefined : connection.reset()))
  )
}

const closed = (peer: Address): SocketError =>
  new SocketError({ reason: "Io", address: format(peer), message: `the connection of ${format(peer)} was run before` })

const connectByName = (tcp: TcpShape, peer: Address): Effect.Effect<TcpConnection, SocketError, Scope.Scope> =>
  Effect.flatMap(tcp.resolve(peer.host), (resolved) => {
    const hosts = interleaved([...new Set(resolved)]).slice(0, NetLimits.triedAddresses)
    const attempts = hosts.map((host) => tcp.connect({ host, port: peer.port }))
    const [only, ...others] = attempts
    if (only === undefined) return notFound(peer)
    if (others.length === 0) return only
    return Effect.mapError(firstSuccess(attempts, Timing.attemptDelayMillis), ([first]) => first ?? notFound(peer))
  })

const notFound = (peer: Address): SocketError =>
  new SocketError({ reason: "HostNotFound", address: format(peer), message: `the name ${peer.host} has no address` })

/** A socket on the connections that `acquire` gives; `release` ends what a run leaves. */
const fromConnection = (
  acquire: Effect.Effect<TcpConnection, SocketError, Scope.Scope>,
  release: (run: Running, exit: Exit.Exit<void, unknown>) => Effect.Effect<void>
): Socket.Socket => {
  const latch = Effect.unsafeMakeLatch(false)
  let current: Running | undefined

  const run: Socket.Socket["run"] = <A, E = never, R = never>(
    handler: (bytes: Uint8Array) => Effect.Effect<A, E, R> | void,
    options?: { readonly onOpen?: Effect.Effect<void> | undefined }
  ) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const failed = (cause: SocketError) => new Socket.SocketGenericError({ reason: "Open", cause })
        const connection = yield* restore(Effect.mapError(acquire, failed))
        const running = new TcpSocketRun<E, R>(connection, handler, yield* Effect.runtime<R>(), yield* HalfClose)
        current = running
        running.start()
        latch.unsafeOpen()
        const opened = options?.onOpen ?? Effect.void
        return yield* Effect.onExit(restore(Effect.zipRight(opened, running.ended)), (exit) => {
          latch.unsafeClose()
          current = undefined
          return Effect.zipRight(running.interruptHandlers, release(running, exit))
        })
      })
    ).pipe(
      Effect.catchIf(
        Socket.SocketCloseError.isClean((code) => !Socket.defaultCloseCodeIsError(code)),
        () => Effect.void
      ),
      Effect.scoped,
      Effect.interruptible
    )

  // An open latch costs a turn of the scheduler: only a write before a run waits at it.
  const write = (chunk: Uint8Array | string | Socket.CloseEvent): Effect.Effect<void, Socket.SocketError> =>
    Effect.suspend(() => {
      if (current === undefined) return Effect.zipRight(latch.await, write(chunk))
      if (!Socket.isCloseEvent(chunk)) return current.write(typeof chunk === "string" ? encoder.encode(chunk) : chunk)
      current.close(chunk)
      return Effect.void
    })

  return Socket.Socket.of({
    [Socket.TypeId]: Socket.TypeId,
    run,
    runRaw: run,
    writer: Effect.acquireRelease(Effect.succeed(write), () => Effect.sync(() => current?.finish()))
  })
}

const encoder = new TextEncoder()

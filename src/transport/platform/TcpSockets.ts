/**
 * Connections of `net/Tcp` as sockets of `@effect/platform`, with what its own sockets lack: a bound for what waits in handlers,
 * `HalfClose`, the address of the peer as `PlatformSocket.Peer`, and an end that loses no answer.
 */
import * as Socket from "@effect/platform/Socket"
import * as SocketServer from "@effect/platform/SocketServer"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { SocketError } from "../../net/Socket.ts"
import { Tcp, type TcpConnection, type TcpShape } from "../../net/Tcp.ts"
import * as Alarm from "../Alarm.ts"
import { firstSuccess, triedInOrder } from "../HappyEyeballs.ts"
import * as Timing from "../Timing.ts"
import { DirectConnection } from "./DirectConnection.ts"
import { HalfClose } from "./HalfClose.ts"
import { Lingering } from "./Lingering.ts"
import { Peer } from "./PlatformSocket.ts"
import { type Running, TcpSocketRun } from "./TcpSocketRun.ts"

/** A socket whose every `run` connects anew, to the first address of a name that answers. */
export const make = (peer: Address): Effect.Effect<Socket.Socket, never, Tcp> =>
  Effect.map(Tcp, (tcp) =>
    fromConnection(
      (use) => Effect.scoped(Effect.flatMap(Effect.mapError(connectByName(tcp, peer), notOpened), use)),
      // The end of the scope resets the connection: a server gets first what was written.
      ({ linger }, isInterrupted) => isInterrupted ? Effect.void : linger
    ))

/** The socket of `make`. */
export const layer = (peer: Address): Layer.Layer<Socket.Socket, never, Tcp> => Layer.effect(Socket.Socket, make(peer))

/** A connection to the first address of a name that answers, without a socket and a fiber. The end of the scope resets it. */
export const connectDirect = (peer: Address): Effect.Effect<DirectConnection, SocketError, Tcp | Scope.Scope> =>
  Effect.gen(function*() {
    const tcp = yield* Tcp
    const lingering = new Lingering(yield* Timing.monotonic, yield* Alarm.make)
    return new DirectConnection(yield* connectByName(tcp, peer), lingering)
  })

/** A server whose connections a program may also handle in state machines of its own. */
export interface DirectServer extends Context.Tag.Service<SocketServer.SocketServer> {
  /** As `run`, without a socket and a fiber for each connection. `onConnection` must start the connection. */
  readonly runDirect: (onConnection: (connection: DirectConnection) => void) => Effect.Effect<never>
}

/** Whether a server is one of `server`. */
export const isDirect = (of: Context.Tag.Service<SocketServer.SocketServer>): of is DirectServer => "runDirect" in of

/** Accepts connections at a local address until the scope closes. They wait while no `run` of the server handles them. */
export const server = (local: Address): Effect.Effect<DirectServer, SocketError, Tcp | Scope.Scope> =>
  Effect.gen(function*() {
    const { listen } = yield* Tcp
    const now = yield* Timing.monotonic
    const lingering = new Lingering(now, yield* Alarm.make)
    const waiting: Array<TcpConnection> = []
    let onConnection: (connection: TcpConnection) => void = (connection) => void waiting.push(connection)
    const { host, port } = yield* listen(local, (connection) => onConnection(connection))
    yield* Effect.addFinalizer(() => Effect.sync(() => waiting.splice(0).forEach((connection) => connection.reset())))
    const passed = (next: (connection: TcpConnection) => void, end: Effect.Effect<void>) =>
      Effect.async<never>(() => {
        const before = onConnection
        onConnection = next
        waiting.splice(0).forEach(onConnection)
        return Effect.suspend(() => {
          onConnection = before
          return end
        })
      })
    const run = <R, E, A>(handler: (socket: Socket.Socket) => Effect.Effect<A, E, R>) =>
      Effect.flatMap(Effect.runtime<R>(), (runtime) => {
        const fibers = new Set<Fiber.RuntimeFiber<unknown, unknown>>()
        return passed(
          (connection) => handle(connection, handler, { runtime, fibers, lingering }),
          Effect.suspend(() => Fiber.interruptAll(fibers))
        )
      })
    const runDirect = (next: (connection: DirectConnection) => void) =>
      passed((connection) => next(new DirectConnection(connection, lingering)), Effect.void)
    return { address: { _tag: "TcpAddress", hostname: host, port }, run, runDirect }
  })

/** The server of `server`. */
export const layerServer = (local: Address): Layer.Layer<SocketServer.SocketServer, SocketError, Tcp> =>
  Layer.scoped(SocketServer.SocketServer, server(local))

/** Runs the handler of a connection in a fiber. A failure of one socket is logged and ends no other socket. */
const handle = <A, E, R>(
  connection: TcpConnection,
  handler: (socket: Socket.Socket) => Effect.Effect<A, E, R>,
  { fibers, lingering, runtime }: {
    readonly runtime: Runtime.Runtime<R>
    readonly fibers: Set<Fiber.RuntimeFiber<unknown, unknown>>
    readonly lingering: Lingering
  }
): void => {
  let isTaken = false
  const socket = fromConnection(
    (use) =>
      Effect.flatMap(
        Effect.suspend(() => {
          if (isTaken) return Effect.fail(notOpened(closed(connection.peer)))
          isTaken = true
          return Effect.succeed(connection)
        }),
        use
      ),
    // The end of the handler does not wait for the connection.
    (running) => Effect.sync(() => running.lingerIn(lingering))
  )
  const peer = { address: connection.peer, publicKey: undefined, isTrusted: false, channelBinding: undefined }
  const withPeer = Runtime.make({ ...runtime, context: Context.add(runtime.context, Peer, peer) })
  const fiber = Runtime.runFork(withPeer)(Effect.suspend(() => handler(socket)))
  fibers.add(fiber)
  fiber.addObserver((exit) => {
    fibers.delete(fiber)
    if (!isTaken) connection.reset()
    if (Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause)) return
    Runtime.runFork(runtime)(Effect.logDebug("a socket has failed", exit.cause))
  })
}

const closed = (peer: Address): SocketError =>
  new SocketError({ reason: "Io", address: format(peer), message: `the connection of ${format(peer)} was run before` })

const connectByName = (tcp: TcpShape, peer: Address): Effect.Effect<TcpConnection, SocketError, Scope.Scope> =>
  Effect.flatMap(tcp.resolve(peer.host), (resolved) => {
    const hosts = triedInOrder(resolved)
    const attempts = hosts.map((host) => tcp.connect({ host, port: peer.port }))
    const [only, ...others] = attempts
    if (only === undefined) return notFound(peer)
    if (others.length === 0) return only
    return Effect.mapError(firstSuccess(attempts, Timing.attemptDelayMillis), ([first]) => first ?? notFound(peer))
  })

const notFound = (peer: Address): SocketError =>
  new SocketError({ reason: "HostNotFound", address: format(peer), message: `the name ${peer.host} has no address` })

const notOpened = (cause: SocketError): Socket.SocketError => new Socket.SocketGenericError({ reason: "Open", cause })

/** Gives a connection to its user, and releases what only the connection needs. */
type Connecting = <A, E, R>(
  use: (connection: TcpConnection) => Effect.Effect<A, E, R>
) => Effect.Effect<A, Socket.SocketError | E, R>

/** A socket on the connections of `connecting`; `release` ends what a run leaves. */
const fromConnection = (
  connecting: Connecting,
  release: (run: Running, isInterrupted: boolean) => Effect.Effect<void>
): Socket.Socket => {
  const latch = Effect.unsafeMakeLatch(false)
  let current: Running | undefined

  /** One asynchronous effect, not a tree of them: what an idle connection costs is what waits on its fiber. */
  const runOn = <E, R>(
    connection: TcpConnection,
    handler: (bytes: Uint8Array) => Effect.Effect<unknown, E, R> | void,
    runtime: Runtime.Runtime<R>,
    onOpen: Effect.Effect<void> | undefined
  ) =>
    Effect.async<void, Socket.SocketError | E>((resume) => {
      const halfClose = Context.get(runtime.context, HalfClose)
      const running = new TcpSocketRun<E, R>(connection, handler, runtime, () => halfClose(socket))
      const leave = (isInterrupted: boolean) =>
        Effect.uninterruptible(Effect.suspend(() => {
          latch.unsafeClose()
          current = undefined
          return Effect.zipRight(running.interruptHandlers, release(running, isInterrupted))
        }))
      current = running
      running.start((result) => {
        const isInterrupted = Exit.isFailure(result) && Cause.isInterrupted(result.cause)
        resume(Effect.zipRight(leave(isInterrupted), Effect.catchIf(result, isClean, () => Effect.void)))
      })
      latch.unsafeOpen()
      if (onOpen !== undefined) running.open(onOpen)
      return leave(true)
    })

  const run: Socket.Socket["run"] = <A, E = never, R = never>(
    handler: (bytes: Uint8Array) => Effect.Effect<A, E, R> | void,
    options?: { readonly onOpen?: Effect.Effect<void> | undefined }
  ) =>
    Effect.interruptible(
      Effect.flatMap(
        Effect.runtime<R>(),
        (runtime) => connecting((connection) => runOn<E, R>(connection, handler, runtime, options?.onOpen))
      )
    )

  // An open latch costs a turn of the scheduler: only a write before a run waits at it.
  const write = (chunk: Uint8Array | string | Socket.CloseEvent): Effect.Effect<void, Socket.SocketError> =>
    Effect.suspend(() => {
      if (current === undefined) return Effect.zipRight(latch.await, write(chunk))
      if (!Socket.isCloseEvent(chunk)) return current.write(typeof chunk === "string" ? encoder.encode(chunk) : chunk)
      current.close(chunk)
      return Effect.void
    })

  const socket = Socket.Socket.of({
    [Socket.TypeId]: Socket.TypeId,
    run,
    runRaw: run,
    writer: Effect.acquireRelease(Effect.succeed(write), () => Effect.sync(() => current?.finish()))
  })
  return socket
}

const encoder = new TextEncoder()

const isClean = Socket.SocketCloseError.isClean((code) => !Socket.defaultCloseCodeIsError(code))

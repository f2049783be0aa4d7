/**
 * Sessions as sockets of `@effect/platform`: each `run` of a `Socket` opens a stream, and a `SocketServer` passes the
 * streams of peers to its handler. A program that uses these interfaces over TCP also runs over flock. Only this module
 * imports `@effect/platform`.
 */
import * as Socket from "@effect/platform/Socket"
import * as SocketServer from "@effect/platform/SocketServer"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Address } from "../../net/Address.ts"
import type { SessionError } from "../SessionError.ts"
import type { SessionStream } from "../SessionStream.ts"
import type { ConnectOptions, Listener, ListenOptions, Session, Transport } from "../Transport.ts"
import { connect, listen } from "../Transport.ts"

/**
 * A socket on a session: each `run` opens a stream, to the peer's `service` if one is given. An interrupted run
 * abandons its stream.
 */
export const fromSession = (session: Session, service?: string): Socket.Socket =>
  make(service === undefined ? session.openStream : session.openService(service))

/** A socket with a session of its own. */
export const layer = (
  options: ConnectOptions
): Layer.Layer<Socket.Socket, SessionError, Transport> =>
  Layer.scoped(Socket.Socket, Effect.map(connect(options), (session) => fromSession(session)))

/** A socket with a session of its own; host and port come from the configuration. */
export const layerConfig = (
  options: Config.Config.Wrap<ConnectOptions>
): Layer.Layer<Socket.Socket, SessionError | ConfigError, Transport> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))

/**
 * A server with one socket for each of `streams`, such as those of a Router's service. It consumes them: run it once.
 */
export const fromStreams = (
  streams: Stream.Stream<SessionStream, SessionError>,
  address: Address
): Context.Tag.Service<SocketServer.SocketServer> =>
  served(
    (handle) => atOnce(streams, (stream) => Effect.ensuring(handle(stream), stream.abandon)),
    address
  )

/** A server with one socket for each stream of a listener's peers. It consumes the listener's sessions: run it once. */
export const fromListener = (listener: Listener): Context.Tag.Service<SocketServer.SocketServer> =>
  served((handle) => atOnce(listener.sessions, ({ serveStreams }) => serveStreams(handle)), listener.local)

/** A server that passes each stream of `serve` to its handler, until `serve` ends. */
const served = (
  serve: <R>(handle: (stream: SessionStream) => Effect.Effect<void, never, R>) => Effect.Effect<void, SessionError, R>,
  { host, port }: Address
): Context.Tag.Service<SocketServer.SocketServer> => ({
  address: { _tag: "TcpAddress", hostname: host, port },
  run: (handler) =>
    Effect.zipRight(
      Effect.ignore(serve((stream) => handled(stream, handler))),
      new SocketServer.SocketServerError({ reason: "Unknown", cause: "the listener was closed" })
    )
})

/** Runs `body` for each element, all at the same time. */
const atOnce = <A, E, R>(
  elements: Stream.Stream<A, E>,
  body: (element: A) => Effect.Effect<void, never, R>
): Effect.Effect<void, E, R> =>
  Stream.runDrain(
    Stream.flatMap(elements, (element) => Stream.drain(Stream.fromEffect(body(element))), { concurrency: "unbounded" })
  )

/** A server of sockets at a local address. */
export const layerServer = (
  options: ListenOptions
): Layer.Layer<SocketServer.SocketServer, SessionError, Transport> =>
  Layer.scoped(SocketServer.SocketServer, Effect.map(listen(options), fromListener))

/** A server of sockets; its local address comes from the configuration. */
export const layerServerConfig = (
  options: Config.Config.Wrap<ListenOptions>
): Layer.Layer<SocketServer.SocketServer, SessionError | ConfigError, Transport> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layerServer))

/** A failure of one socket is logged and ends no other socket. */
const handled = <A, E, R>(
  stream: SessionStream,
  handler: (socket: Socket.Socket) => Effect.Effect<A, E, R>
): Effect.Effect<void, never, R> =>
  Effect.suspend(() => handler(make(Effect.succeed(stream)))).pipe(
    Effect.catchAllCause((cause) => Effect.logDebug("a socket has failed", cause)),
    Effect.asVoid
  )

/** The stream of a running socket; `end` fails to end the run. */
interface Running {
  readonly stream: SessionStream
  readonly end: Deferred.Deferred<void, unknown>
}

const make = (acquire: Effect.Effect<SessionStream, SessionError, Scope.Scope>): Socket.Socket => {
  const latch = Effect.unsafeMakeLatch(false)
  let running: Running | undefined

  const run: Socket.Socket["run"] = <A, E = never, R = never>(
    handler: (bytes: Uint8Array) => Effect.Effect<A, E, R> | void,
    options?: { readonly onOpen?: Effect.Effect<void> | undefined }
  ) =>
    Effect.gen(function*() {
      const stream = yield* Effect.mapError(
        acquire,
        (cause) => new Socket.SocketGenericError({ reason: "Open", cause })
      )
      const handlers = yield* FiberSet.make<unknown, E | Socket.SocketError>()
      // As in the platform's own sockets, a read does not wait for the handler of the bytes before, which may need
      // later bytes.
      const reading = Effect.flatMap(Effect.mapError(stream.read(), readErrorOf), (bytes) => {
        if (bytes === undefined) return Effect.zipRight(stream.finish, new Socket.SocketCloseError(clean))
        const handling = handler(bytes)
        return Effect.isEffect(handling) ? Effect.asVoid(FiberSet.run(handlers, handling)) : Effect.void
      })
      running = { stream, end: handlers.deferred }
      yield* latch.open
      yield* options?.onOpen ?? Effect.void
      return yield* Effect.raceFirst(Effect.forever(reading), FiberSet.join(handlers))
    }).pipe(
      Effect.catchIf(
        Socket.SocketCloseError.isClean((code) => !Socket.defaultCloseCodeIsError(code)),
        () => Effect.void
      ),
      Effect.ensuring(Effect.sync(() => {
        latch.unsafeClose()
        running = undefined
      })),
      Effect.scoped,
      Effect.interruptible
    )

  const write = (chunk: Uint8Array | string | Socket.CloseEvent): Effect.Effect<void, Socket.SocketError> =>
    latch.whenOpen(Effect.suspend(() => {
      if (running === undefined) return write(chunk)
      const { end, stream } = running
      if (Socket.isCloseEvent(chunk)) {
        const { code, reason: closeReason } = chunk
        return Effect.zipRight(
          stream.finish,
          Deferred.fail(end, new Socket.SocketCloseError({ reason: "Close", code, closeReason }))
        )
      }
      return Effect.mapError(
        stream.write(typeof chunk === "string" ? encoder.encode(chunk) : chunk),
        (cause) => new Socket.SocketGenericError({ reason: "Write", cause })
      )
    }))

  return Socket.Socket.of({
    [Socket.TypeId]: Socket.TypeId,
    run,
    runRaw: run,
    writer: Effect.acquireRelease(
      Effect.succeed(write),
      () => Effect.suspend(() => running?.stream.finish ?? Effect.void)
    )
  })
}

const encoder = new TextEncoder()

const clean = { reason: "Close", code: 1000 } as const

/** The close code of a stream or session that ended without a code: 1006, the abnormal closure of RFC 6455 §7.4.1. */
const abnormalCode = 1006

const readErrorOf = (error: SessionError): Socket.SocketError => {
  switch (error.reason) {
    case "Reset":
    case "Stopped":
    case "Closed":
    case "Left":
      return new Socket.SocketCloseError({
        reason: "Close",
        code: error.code === undefined || error.code === 0 ? abnormalCode : error.code,
        closeReason: error.message
      })
    default:
      return new Socket.SocketGenericError({ reason: "Read", cause: error })
  }
}

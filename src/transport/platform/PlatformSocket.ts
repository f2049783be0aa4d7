/**
 * Sessions as sockets of `@effect/platform`: each `run` of a `Socket` opens a stream, and a `SocketServer` passes the
 * streams of peers to its handler. A program that uses these interfaces over TCP also runs over flock.
 */
import * as Socket from "@effect/platform/Socket"
import * as SocketServer from "@effect/platform/SocketServer"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Address } from "../../net/Address.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { SessionError } from "../SessionError.ts"
import type { PeerStream, SessionStream } from "../SessionStream.ts"
import type { ConnectOptions, Listener, ListenOptions, Session } from "../Transport.ts"
import { listen, Transport } from "../Transport.ts"
import * as TransportLimits from "../TransportLimits.ts"
import { HalfClose } from "./HalfClose.ts"

/** The server of a socket. */
export interface SocketOptions extends ConnectOptions {
  /** The kind of the Router's service that serves the streams; without it they are those of `fromListener`. */
  readonly service?: string | undefined
}

/**
 * A socket on a session: each `run` opens a stream, to the peer's `service` if one is given. An interrupted run
 * abandons its stream. When the session is over, every later run fails.
 */
export const fromSession = (session: Session, service?: string): Socket.Socket => fromStream(opened(session, service))

/**
 * A socket whose every `run` opens a session of its own, as one over TCP opens a connection: a run after the end of a
 * session, for example because the server was restarted, connects anew. A run that cannot connect fails with `Open`.
 */
export const make = (options: SocketOptions): Effect.Effect<Socket.Socket, never, Transport> =>
  Effect.map(Transport, ({ connect }) =>
    fromStream(Effect.gen(function*() {
      const stream = yield* opened(yield* connect(options), options.service)
      // The session ends with the run: the peer gets first what was written.
      const settled = Effect.timeoutOption(Effect.ignore(stream.settled), Limits.leavingMillis)
      return { ...stream, finish: Effect.zipRight(stream.finish, settled) }
    })))

/** The socket of `make`. */
export const layer = (options: SocketOptions): Layer.Layer<Socket.Socket, never, Transport> =>
  Layer.effect(Socket.Socket, make(options))

/** The socket of `make`; its options come from the configuration. */
export const layerConfig = (
  options: Config.Config.Wrap<SocketOptions>
): Layer.Layer<Socket.Socket, ConfigError, Transport> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))

const opened = (session: Session, service: string | undefined) =>
  service === undefined ? session.openStream : session.openService(service)

/**
 * The client of a socket that a server handles, in the handler and in all that it runs, such as the handlers of RPCs:
 * `const peer = yield* Peer`. Undefined elsewhere.
 */
export class Peer
  extends Context.Reference<Peer>()("holub/platform/Peer", { defaultValue: (): PeerDetails | undefined => undefined })
{}

export interface PeerDetails {
  /** The address from which the stream was opened. It may be forged where there is no key. */
  readonly address: Address
  /** Its key, and whether the Keyring allows it by name: as in `Session.peer`. */
  readonly publicKey: Uint8Array | undefined
  readonly isTrusted: boolean
  /** The same 32 bytes on both sides of its session, and in no other: as in `Session.channelBinding`. */
  readonly channelBinding: Uint8Array | undefined
}

/**
 * A server with one socket for each of `streams`, such as those of a Router's service. `run` may be called again:
 * streams wait meanwhile. Runs at the same time share the streams.
 */
export const fromStreams = (
  streams: Stream.Stream<PeerStream, SessionError>,
  local: Address
): Effect.Effect<Context.Tag.Service<SocketServer.SocketServer>, never, Scope.Scope> =>
  Effect.map(Mailbox.fromStream(streams, { capacity: 1 }), (waiting) => fromMailbox(waiting, local))

/** A server with one socket for each stream of a listener's peers. It consumes the listener's sessions. */
export const fromListener = (
  listener: Listener
): Effect.Effect<Context.Tag.Service<SocketServer.SocketServer>, never, Scope.Scope> =>
  Effect.gen(function*() {
    // A stream that waits longer waits in its session, which refuses more than `Limits.openStreams`.
    const waiting = yield* Mailbox.make<PeerStream>(1)
    const passed = ({ channelBinding, closed, peer, serveStreams }: Session) =>
      serveStreams((stream) =>
        Effect.flatMap(Deferred.make<void>(), (end) => {
          const abandon = Effect.zipRight(stream.abandon, Deferred.succeed(end, undefined))
          const passing = waiting.offer({ ...stream, peer, channelBinding, abandon: Effect.asVoid(abandon) })
          return Effect.raceFirst(Effect.zipRight(passing, Deferred.await(end)), closed)
        })
      )
    const all = Stream.mapEffect(listener.sessions, passed, { concurrency: "unbounded" })
    yield* Effect.forkScoped(Effect.zipRight(Stream.runDrain(all), waiting.end))
    return fromMailbox(waiting, listener.local)
  })

/** A server that takes its streams from a Mailbox. */
const fromMailbox = (
  waiting: Mailbox.ReadonlyMailbox<PeerStream, SessionError>,
  { host, port }: Address
): Context.Tag.Service<SocketServer.SocketServer> => ({
  address: { _tag: "TcpAddress", hostname: host, port },
  run: (handler) =>
    FiberSet.make().pipe(
      Effect.flatMap((handlers) =>
        // A stream that was taken is handled, also if the run is interrupted at this moment.
        Effect.forever(Effect.uninterruptibleMask((restore) =>
          Effect.flatMap(
            restore(waiting.take),
            (stream) => FiberSet.run(handlers, handled(stream, (socket) => restore(handler(socket))))
          )
        ))
      ),
      Effect.scoped,
      Effect.mapError((cause) => new SocketServer.SocketServerError({ reason: "Unknown", cause: over(cause) }))
    )
})

/** The cause for which a server has ended. */
const over = (cause: SessionError | Cause.NoSuchElementException): unknown =>
  cause._tag === "SessionError" ? cause : new Error("the listener was closed")

/** A server of sockets at a local address. */
export const layerServer = (
  options: ListenOptions
): Layer.Layer<SocketServer.SocketServer, SessionError, Transport> =>
  Layer.scoped(SocketServer.SocketServer, Effect.flatMap(listen(options), fromListener))

/** A server of sockets; its local address comes from the configuration. */
export const layerServerConfig = (
  options: Config.Config.Wrap<ListenOptions>
): Layer.Layer<SocketServer.SocketServer, SessionError | ConfigError, Transport> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layerServer))

/** A failure of one socket is logged and ends no other socket. */
const handled = <A, E, R>(
  stream: PeerStream,
  handler: (socket: Socket.Socket) => Effect.Effect<A, E, R>
): Effect.Effect<void, never, R> =>
  Effect.suspend(() => handler(fromStream(Effect.succeed(stream)))).pipe(
    Effect.catchAllCause((cause) =>
      Cause.isInterruptedOnly(cause) ? Effect.void : Effect.logDebug("a socket has failed", cause)
    ),
    Effect.provideService(Peer, detailsOf(stream)),
    Effect.ensuring(stream.abandon),
    Effect.asVoid
  )

const detailsOf = ({ channelBinding, peer }: PeerStream): PeerDetails => {
  const { host, isTrusted, port, publicKey } = peer()
  return { address: { host, port }, publicKey, isTrusted, channelBinding }
}

/** The stream of a running socket; `end` fails to end the run. */
interface Running {
  readonly stream: SessionStream
  readonly end: Deferred.Deferred<void, unknown>
}

const fromStream = (acquire: Effect.Effect<SessionStream, SessionError, Scope.Scope>): Socket.Socket => {
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
      const halfClose = yield* HalfClose
      // As in the platform's own sockets, a read does not wait for the handler of the bytes before, which may need
      // later bytes; but it waits while much is in handlers that have not completed.
      const room = Effect.unsafeMakeLatch(true)
      let unhandledBytes = 0
      const counted = (handling: Effect.Effect<A, E, R>, bytes: number) => {
        const add = (more: number): void => {
          unhandledBytes += more
          if (unhandledBytes > TransportLimits.unhandledBytes) room.unsafeClose()
          else room.unsafeOpen()
        }
        add(bytes)
        return Effect.zipRight(
          FiberSet.run(handlers, Effect.ensuring(handling, Effect.sync(() => add(-bytes)))),
          room.await
        )
      }
      const end = FiberSet.awaitEmpty(handlers).pipe(
        Effect.zipRight(Effect.suspend(() => halfClose(socket))),
        Effect.zipRight(stream.finish),
        Effect.zipRight(new Socket.SocketCloseError(clean))
      )
      const reading = Effect.flatMap(Effect.mapError(stream.read(), readErrorOf), (bytes) => {
        if (bytes === undefined) return end
        const handling = handler(bytes)
        return Effect.isEffect(handling) ? counted(handling, bytes.length) : Effect.void
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
    Effect.suspend(() => {
      // An open latch costs a turn of the scheduler: only a write before a run waits at it.
      if (running === undefined) return Effect.zipRight(latch.await, write(chunk))
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
    })

  const socket = Socket.Socket.of({
    [Socket.TypeId]: Socket.TypeId,
    run,
    runRaw: run,
    writer: Effect.acquireRelease(
      Effect.succeed(write),
      () => Effect.suspend(() => running?.stream.finish ?? Effect.void)
    )
  })
  return socket
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

/**
 * Routes each message of a listener's sessions to the handler of its kind. A kind without a handler is refused with a
 * reason, and a message that its handler does not answer is abandoned, so that no sender waits for ever.
 */
import * as Cause from "effect/Cause"
import { Tag } from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Address } from "../net/Address.ts"
import { format } from "../net/Address.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"
import { SessionError } from "../transport/SessionError.ts"
import type { PeerStream } from "../transport/SessionStream.ts"
import type { Incoming, Listener, ListenOptions, Peer, Session } from "../transport/Transport.ts"
import { listen, Transport } from "../transport/Transport.ts"
import * as TransferLimits from "./TransferLimits.ts"
import * as TransferSpan from "./TransferSpan.ts"

/** The context of a message, for its handler. */
export interface Context<Event> {
  readonly session: Session
  /** The peer's address at the start of the session: the identity of its events, also after a migration. */
  readonly peer: Address
  /** Reports an event at once, before the Stream emits it. */
  readonly emit: <E extends Event>(event: E) => Effect.Effect<E>
}

/** Handles the messages of some kinds. A message that is not answered by the end of the Stream is abandoned. */
export interface Handler<Event = never, R = never> {
  readonly kinds: ReadonlyArray<string>
  readonly handle: (incoming: Incoming, context: Context<Event>) => Stream.Stream<Event, never, R>
}

export type SessionEvent =
  | { readonly _tag: "Connected"; readonly peer: Peer }
  | {
    readonly _tag: "Disconnected"
    readonly peer: Address
    readonly error: SessionError
    /** Received datagrams or packets that changed nothing, by reason. */
    readonly dropped: Readonly<Record<string, number>>
  }

/**
 * Handles the messages of all sessions of `listener`, until the listener's scope closes. Each event is passed to `emit`
 * before the Stream emits it, so that an interruption of the Stream loses no event.
 */
export const run = <Event, R>(
  listener: Listener,
  handlers: ReadonlyArray<Handler<Event, R>>,
  emit: (event: Event | SessionEvent) => Effect.Effect<void> = () => Effect.void
): Stream.Stream<Event | SessionEvent, never, R> => {
  const routes = new Map(handlers.flatMap((handler) => handler.kinds.map((kind) => [kind, handler] as const)))
  return Stream.unwrapScoped(Effect.gen(function*() {
    const events = yield* Mailbox.make<Event | SessionEvent>(TransferLimits.waitingEvents)
    const fibers = yield* FiberSet.make<void>()
    const serving = serverOf({
      routes,
      emit: (event) => Effect.as(emit(event), event),
      offer: (event) => Effect.asVoid(events.offer(event)),
      isDraining: listener.isDraining
    })
    yield* Stream.runForEach(listener.sessions, (session) => FiberSet.run(fibers, serving(session))).pipe(
      Effect.zipRight(FiberSet.awaitEmpty(fibers)),
      Effect.zipRight(events.end),
      Effect.forkScoped
    )
    return Mailbox.toStream(events)
  }))
}

/** The listener of `layer`: its address, its counters, and `drain`. */
export class Server extends Tag("holub/Server")<Server, Listener>() {}

/**
 * A server at a local address that handles the messages of all its sessions, until the layer's scope closes. Fails with
 * `Unsupported` if the wire does not carry the kinds of its handlers.
 */
export const layer = <Event, R>(
  options: ListenOptions,
  handlers: ReadonlyArray<Handler<Event, R>>
): Layer.Layer<Server, SessionError, Transport | R> =>
  Layer.scoped(
    Server,
    Effect.gen(function*() {
      const { capabilities } = yield* Transport
      const missing = handlers.flatMap(({ kinds }) => kinds).find((kind) =>
        capabilities.kinds?.includes(kind) === false
      )
      if (missing !== undefined) {
        return yield* new SessionError({
          reason: "Unsupported",
          peer: format(options),
          detail: "Kind",
          message: `the ${capabilities.wire} wire carries no messages of the kind "${missing}"`
        })
      }
      const listener = yield* listen(options)
      yield* Effect.forkScoped(Stream.runDrain(run(listener, handlers)))
      return listener
    })
  )

/** The state that all sessions of one `run` share. */
interface Routing<Event, R> {
  readonly routes: ReadonlyMap<string, Handler<Event, R>>
  readonly emit: <E extends Event | SessionEvent>(event: E) => Effect.Effect<E>
  /** Passes an event to the Stream; waits while many wait there. */
  readonly offer: (event: Event | SessionEvent) => Effect.Effect<void>
  readonly isDraining: () => boolean
}

/**
 * The effect that handles one session to its end, for a fiber of its own: a session costs a server this fiber and that of
 * `Session.serve`, and no Streams. On a wire that identifies a peer by its address, a peer that reconnects is admitted
 * after the events of its old connection were emitted.
 */
const serverOf = <Event, R>(routing: Routing<Event, R>): (session: Session) => Effect.Effect<void, never, R> => {
  /** For each address, completed when the events of its connection were emitted. */
  const present = new Map<string, Deferred.Deferred<void>>()
  return (session) => {
    const served = serve(session, routing)
    if (session.capabilities.streams) return served
    const key = format(session.peer())
    const before = present.get(key)
    const over = Deferred.unsafeMake<void>(FiberId.none)
    present.set(key, over)
    const end = Effect.suspend(() => {
      if (present.get(key) === over) present.delete(key)
      return Deferred.succeed(over, undefined)
    })
    const turn = before === undefined ? served : Effect.zipRight(Deferred.await(before), served)
    return Effect.ensuring(turn, end)
  }
}

/** Handles the messages of a session. The logs of its fibers have the wire and the peer as annotations. */
const serve = <Event, R>(session: Session, routing: Routing<Event, R>): Effect.Effect<void, never, R> => {
  const peer = session.peer()
  const context = { session, peer, emit: routing.emit }
  const report = (event: SessionEvent) => Effect.flatMap(routing.emit(event), routing.offer)
  return report({ _tag: "Connected", peer }).pipe(
    Effect.zipRight(
      session.serve((incoming) => Stream.runForEach(handled(incoming, context, routing), routing.offer))
    ),
    Effect.zipRight(session.closed),
    Effect.flatMap((error) => report({ _tag: "Disconnected", peer, error, dropped: session.statistics().dropped })),
    Effect.annotateLogs({ wire: session.capabilities.wire, peer: format(peer) })
  )
}

const handled = <Event, R>(incoming: Incoming, context: Context<Event>, { isDraining, routes }: Routing<Event, R>) => {
  const { session } = context
  const handler = routes.get(incoming.kind)
  if (isDraining()) return refused(session, incoming, "Leaving", "the server is stopping and accepts no new messages")
  if (handler === undefined) {
    return refused(session, incoming, "Unsupported", `this server does not offer "${incoming.kind}"`)
  }
  return handler.handle(incoming, context)
}

const refused = (session: Session, incoming: Incoming, reason: string, message: string): Stream.Stream<never> => {
  const refusing = incoming.refuse(reason, message)
  const outcome = () => ({ outcome: "refused", size: incoming.arrivedBytes(), failure: Cause.fail(new Error(message)) })
  return Stream.drain(Stream.fromEffect(TransferSpan.observed("receive", session, incoming.kind, refusing, outcome)))
}

/** The streams that peers open to a service, and the Router's handler for them. */
export interface Streams {
  readonly handler: Handler
  /** The opened streams, for one consumer. A stream is abandoned at the end of its session. */
  readonly streams: Stream.Stream<PeerStream>
}

/**
 * A service whose protocol reads and writes the stream itself, such as RPC. At most `Limits.sessions` streams wait for
 * the consumer; further ones are refused.
 */
export const streams = (kind: string): Effect.Effect<Streams, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Mailbox.make<PeerStream>({ capacity: Limits.sessions, strategy: "dropping" }),
      (mailbox) => mailbox.shutdown
    ),
    (waiting) => ({
      handler: {
        kinds: [kind],
        handle: (incoming, { session }) =>
          Stream.drain(Stream.fromEffect(
            Effect.gen(function*() {
              const stream = yield* incoming.stream()
              const over = yield* Deferred.make<void>()
              const abandon = Effect.zipRight(stream.abandon, Deferred.succeed(over, undefined))
              if (!(yield* waiting.offer({ ...stream, peer: session.peer, abandon: Effect.asVoid(abandon) }))) return
              yield* Effect.raceFirst(Deferred.await(over), session.closed)
            }).pipe(Effect.ignore)
          ))
      },
      streams: Mailbox.toStream(waiting)
    })
  )

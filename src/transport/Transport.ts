/**
 * The common interface of all wires: `connect` opens a session, `listen` accepts sessions, a session carries envelopes.
 * A wire is a layer of this service. `Capabilities` states the abilities of a wire; a request beyond them fails with a
 * SessionError `Unsupported` before a datagram is sent.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Address } from "../net/Address.ts"
import type { Damage } from "../protocol/classic/Damage.ts"
import type { LimitingFactor } from "../protocol/flock/Transmission.ts"
import type { WireName } from "../protocol/WireName.ts"
import type { Statistics } from "../telemetry/Statistics.ts"
import type { Serve } from "./Arrivals.ts"
import type { SessionError } from "./SessionError.ts"
import type { SessionStream } from "./SessionStream.ts"

export type { WireName } from "../protocol/WireName.ts"
export type { CongestionStatistics, Statistics } from "../telemetry/Statistics.ts"
export type { Serve } from "./Arrivals.ts"

/** The abilities of a wire. */
export interface Capabilities {
  readonly wire: WireName
  /** The kinds of messages that the wire carries; undefined for any. */
  readonly kinds: ReadonlyArray<string> | undefined
  /** Whether messages and receipts carry metadata. */
  readonly metadata: boolean
  /** Whether a message announces the size of its body. */
  readonly sizes: boolean
  /** Whether a refusal carries its reason, and the session continues after it. */
  readonly reasons: boolean
  /** Whether a server can send to its clients. */
  readonly fromServer: boolean
  /** Whether a session has streams, and carries several messages at the same time. */
  readonly streams: boolean
  /** Whether messages have fragments, whose size can be chosen and which can be damaged on purpose. */
  readonly fragments: boolean
}

/** The fragmentation of a message, on a wire with fragments. */
export interface FragmentOptions {
  /** Payload bytes of a fragment. Default: the largest size that fits the path to the peer. */
  readonly fragmentSize?: number | undefined
  /** Fragments to damage on purpose, each once. */
  readonly damage?: Damage | undefined
}

/** A message to send. */
export interface Envelope<E = never> {
  /** The service at the receiver: `text`, `file`, or a service of an application. */
  readonly kind: string
  readonly name?: string | undefined
  /** Exact bytes of the body; requires `sha256` on a wire that carries digests. */
  readonly size?: number | undefined
  readonly metadata?: unknown
  /** The body in blocks, which must not be changed afterwards. Any size is carried; `blockBytes` costs least. */
  readonly body: (blockBytes: number) => Stream.Stream<Uint8Array, E>
  /** The SHA-256 of the whole body, in hex; it is run after the body, and its receiver compares it. */
  readonly sha256?: Effect.Effect<string, E> | undefined
  /** Receives a block that the peer has acknowledged, for reuse as a buffer. */
  readonly recycle?: ((block: Uint8Array) => void) | undefined
  readonly fragments?: FragmentOptions | undefined
}

/** How a message is sent on this wire: the number and size of its fragments, on a wire with fragments. */
export interface Plan {
  readonly fragments: number | undefined
  readonly fragmentSize: number | undefined
}

/** The fragments of a sent message and their retransmissions, on a wire with fragments. */
export interface FragmentCost {
  /** All fragments, including those of the name. */
  readonly count: number
  readonly fragmentSize: number
  /** The first of the sequence numbers that were sent again. */
  readonly repeatedNumbers: ReadonlyArray<number>
  /** The number of fragments that were damaged on purpose, and the first of their sequence numbers. */
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
}

/** A message that its receiver has accepted. */
export interface Delivery {
  /** The metadata of the receipt. */
  readonly receipt: unknown
  /** False if the message arrived but the final answer was lost. */
  readonly confirmed: boolean
  readonly durationMillis: number
  /** Packets or frames of the session that were sent again during the transfer: simultaneous messages share the number. */
  readonly retransmissions: number
  /** The factor that limited the rate for most of the time, on a wire that measures it. */
  readonly limitedBy: LimitingFactor | undefined
  readonly fragments: FragmentCost | undefined
}

/** Damaged and duplicate fragments that a receiver has counted so far. */
export interface Reception {
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
  readonly duplicates: number
  /** Payload bytes of a full fragment. */
  readonly payloadSize: number | undefined
}

/** A message that is being received, for its handler. */
export interface Incoming {
  readonly kind: string
  /** The name from the peer: unsafe to show or to open unchecked. Undefined without a name, or if it is not UTF-8. */
  readonly name: string | undefined
  /** Bytes of the body, if the sender announced them. */
  readonly size: number | undefined
  /** A lower bound of the body's bytes. */
  readonly leastBytes: number
  readonly metadata: unknown
  readonly plan: Plan
  /** The body in blocks, each emitted when `leastBytes` have arrived or at the end. Fails if the sender abandons it. */
  readonly body: (leastBytes: number) => Stream.Stream<Uint8Array, SessionError>
  /** Returns a block of the body for reuse as a buffer. */
  readonly release: (block: Uint8Array) => void
  /** Bytes of the body that have arrived so far. */
  readonly arrivedBytes: () => number
  /** Damaged and duplicate fragments so far. */
  readonly repeats: () => number
  /** Counts of the whole message; call it after the body has ended. */
  readonly reception: () => Reception
  /** The SHA-256 from the sender, in lower-case hex; available after the body, on a wire that carries digests. */
  readonly sha256: () => string | undefined
  /** Accepts the message as a stream, on a wire with streams: all later bytes belong to the service. */
  readonly stream: (metadata?: unknown) => Effect.Effect<SessionStream, SessionError>
  /** Reports that the message is durable, and waits until the sender has the report. This wait, and no more, is interruptible. */
  readonly accept: (metadata?: unknown) => Effect.Effect<void, SessionError>
  /** Reports a refusal to the sender: `reason` is a code for programs, `message` a sentence for users. */
  readonly refuse: (reason: string, message: string, metadata?: unknown) => Effect.Effect<void>
}

export interface Session {
  readonly capabilities: Capabilities
  /** The current address of the peer; it changes when the session migrates. */
  readonly peer: () => Address
  /** Succeeds with the peer's first answer. */
  readonly established: Effect.Effect<void, SessionError>
  readonly isEstablished: () => boolean
  /** The round-trip time to the peer, in milliseconds. Sends a probe if no round trip was measured yet. */
  readonly ping: Effect.Effect<number, SessionError>
  /** Returns how a message would be sent. Fails if this wire cannot carry it. Sends nothing. */
  readonly plan: (envelope: Envelope<unknown>) => Effect.Effect<Plan, SessionError>
  /**
   * Sends a message; succeeds when its receiver has accepted it.
   *
   * @example
   * ```ts
   * import { Effect, Layer, Stream } from "effect"
   * import { Crc, Transport } from "holub"
   * import * as Flock from "holub/flock"
   * import { SocketMemory } from "holub/testing"
   *
   * const server = { host: "192.0.2.1", port: 4040 }
   * const accepting = ({ serve }: Transport.Session) => serve(({ accept, kind }) => accept(`a ${kind} has arrived`))
   *
   * const program = Effect.gen(function*() {
   *   const listener = yield* Transport.listen(server)
   *   yield* Effect.forkScoped(Stream.runForEach(listener.sessions, (session) => Effect.fork(accepting(session))))
   *   const session = yield* Transport.connect(server)
   *   const { receipt } = yield* session.send({ kind: "greeting", body: () => Stream.empty })
   *   console.log(receipt) // a greeting has arrived
   * })
   * const wire = Layer.provide(Flock.layer(), Layer.merge(SocketMemory.layer(), Crc.Crc.layer))
   * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(wire)))
   * ```
   */
  readonly send: <E>(envelope: Envelope<E>) => Effect.Effect<Delivery, E | SessionError>
  /**
   * Runs `handle` for each message of the peer, in a fiber and a scope of its own, until the session is over; several at the same time
   * on a wire with streams. A message that its handler does not answer is given up, and its sender is informed. So is one that waits
   * for 10 s while nothing serves. Of several calls at the same time, each message reaches one.
   */
  readonly serve: Serve<Incoming>
  /** Opens a stream; waits while the peer's limit is reached. The end of the scope abandons the stream. */
  readonly openStream: Effect.Effect<SessionStream, SessionError, Scope.Scope>
  /**
   * Opens a stream to a service of the peer: the kind and the metadata are sent first; all later bytes belong to the
   * service. Reads fail with `Declined` if the peer does not offer it.
   */
  readonly openService: (kind: string, metadata?: unknown) => Effect.Effect<SessionStream, SessionError, Scope.Scope>
  /** Like `serve`, for the streams that the peer opens; in place of it. A stream is abandoned when its handler ends. */
  readonly serveStreams: Serve<SessionStream>
  /** Waits for the end of the session and returns its reason. */
  readonly closed: Effect.Effect<SessionError>
  readonly isClosed: () => boolean
  /** Closes the session at once. On a wire with codes, codes from 256 on belong to the application; 0 is no error. */
  readonly close: (code?: number, text?: string) => Effect.Effect<void>
  readonly statistics: () => Statistics
}

export interface ConnectOptions {
  /** A name or a literal address. Of several addresses, the first one that answers is used. */
  readonly host: string
  readonly port: number
  /** Whether `connect` sends a probe and fails if no server answers. A wire with a handshake always does. */
  readonly isProbed?: boolean | undefined
}

export interface ListenOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
}

/** Counts of datagrams and sessions that a listener has dropped or refused. */
export interface ListenerCounters {
  /** Datagrams or packets of unknown peers that open no session. */
  readonly strays: number
  /** Datagrams that are not valid packets; and those that open a session or begin a message on the other wire. */
  readonly malformed: number
  readonly otherWire: number
  /** Sessions that were refused because the limit was reached, or because the listener drains. */
  readonly turnedAway: number
  /** Errors that the network reported for sent datagrams. */
  readonly errors: number
  /** Sessions that ended because of a defect of this program. */
  readonly defects: number
}

export interface Listener {
  readonly capabilities: Capabilities
  readonly local: Address
  /** The sessions that peers open. One consumer. */
  readonly sessions: Stream.Stream<Session>
  /** The number of open sessions. */
  readonly open: () => number
  readonly counters: () => ListenerCounters
  /** Refuses new sessions and messages; on the classic wire it waits until all open messages are answered. */
  readonly drain: Effect.Effect<void>
  readonly isDraining: () => boolean
}

export interface Shape {
  readonly capabilities: Capabilities
  /** Returns how a message to any peer would be sent. Fails if this wire cannot carry it. Sends nothing. */
  readonly plan: (envelope: Envelope<unknown>) => Effect.Effect<Plan, SessionError>
  /** Opens a session. It is closed with the scope, and the peer is informed. */
  readonly connect: (options: ConnectOptions) => Effect.Effect<Session, SessionError, Scope.Scope>
  /** Accepts sessions. They are closed with the scope, and every peer is informed. */
  readonly listen: (options: ListenOptions) => Effect.Effect<Listener, SessionError, Scope.Scope>
}

export class Transport extends Context.Tag("holub/Transport")<Transport, Shape>() {}

/**
 * Opens a session over the provided wire. The session is closed with the scope.
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Crc, Transport } from "holub"
 * import * as Flock from "holub/flock"
 * import { SocketMemory } from "holub/testing"
 *
 * const server = { host: "192.0.2.1", port: 4040 }
 * const program = Effect.gen(function*() {
 *   yield* Transport.listen(server)
 *   const session = yield* Transport.connect(server)
 *   console.log(session.peer().host, session.capabilities.streams) // 192.0.2.1 true
 * })
 * const wire = Layer.provide(Flock.layer(), Layer.merge(SocketMemory.layer(), Crc.Crc.layer))
 * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(wire)))
 * ```
 */
export const connect = (options: ConnectOptions): Effect.Effect<Session, SessionError, Transport | Scope.Scope> =>
  Effect.flatMap(Transport, (transport) => transport.connect(options))

/**
 * Accepts sessions over the provided wire. The listener is closed with the scope.
 *
 * @example
 * ```ts
 * import { Effect, Layer, Stream } from "effect"
 * import { Crc, Transport } from "holub"
 * import * as Flock from "holub/flock"
 * import { SocketMemory } from "holub/testing"
 *
 * const server = { host: "192.0.2.1", port: 4040 }
 * const program = Effect.gen(function*() {
 *   const listener = yield* Transport.listen(server)
 *   yield* Transport.connect(server)
 *   yield* Stream.runForEach(Stream.take(listener.sessions, 1), () => Effect.sync(() => {
 *     console.log(listener.open()) // 1
 *   }))
 * })
 * const wire = Layer.provide(Flock.layer(), Layer.merge(SocketMemory.layer(), Crc.Crc.layer))
 * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(wire)))
 * ```
 */
export const listen = (options: ListenOptions): Effect.Effect<Listener, SessionError, Transport | Scope.Scope> =>
  Effect.flatMap(Transport, (transport) => transport.listen(options))

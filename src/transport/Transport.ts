/**
 * The one face of every wire: `connect` opens a session, `listen` accepts those of peers, a session carries envelopes. A wire
 * is a layer of this service. What one wire can do and another cannot is in its `Capabilities`; a request beyond them fails
 * with a SessionError `Unsupported` before a datagram is sent.
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
import type { SessionError } from "./SessionError.ts"
import type { SessionStream } from "./SessionStream.ts"

export type { WireName } from "../protocol/WireName.ts"
export type { CongestionStatistics, Statistics } from "../telemetry/Statistics.ts"

/** What a wire can do. */
export interface Capabilities {
  readonly wire: WireName
  /** The kinds of messages that it carries; undefined: any. */
  readonly kinds: ReadonlyArray<string> | undefined
  /** Whether messages and receipts carry metadata. */
  readonly metadata: boolean
  /** Whether a message announces the size of its body. */
  readonly sizes: boolean
  /** Whether a refusal carries its reason, and the session survives it. */
  readonly reasons: boolean
  /** Whether a server can send to its clients. */
  readonly fromServer: boolean
  /** Whether a session has streams, and messages that travel beside each other. */
  readonly streams: boolean
  /** Whether messages are cut into fragments whose size can be chosen and which can be damaged on purpose. */
  readonly fragments: boolean
}

/** How a message is cut into fragments, on a wire that has them. */
export interface FragmentOptions {
  /** Payload bytes of a fragment. Default: what fits the path to the peer. */
  readonly fragmentSize?: number | undefined
  /** Fragments to damage on purpose, each once. */
  readonly damage?: Damage | undefined
}

/** A message to send. */
export interface Envelope<E = never> {
  /** The service that takes it at the receiver: `text`, `file`, or one of an application. */
  readonly kind: string
  readonly name?: string | undefined
  /** Exact bytes of the body; `sha256` is needed then, where the wire carries digests. */
  readonly size?: number | undefined
  readonly metadata?: unknown
  /** The body in blocks of `blockBytes` bytes each, the last one shorter. */
  readonly body: (blockBytes: number) => Stream.Stream<Uint8Array, E>
  /** Lower-case hex, of the whole body; run after the body. */
  readonly sha256?: Effect.Effect<string, E> | undefined
  /** Takes back a block that has arrived, to be filled again. */
  readonly recycle?: ((block: Uint8Array) => void) | undefined
  readonly fragments?: FragmentOptions | undefined
}

/** How a message travels on this wire: the number and size of its fragments, where it has them. */
export interface Plan {
  readonly fragments: number | undefined
  readonly fragmentSize: number | undefined
}

/** What fragments have cost, on a wire that has them. */
export interface FragmentCost {
  /** All fragments, those of the name included. */
  readonly count: number
  readonly fragmentSize: number
  /** Sequence numbers that were sent again; the first of them. */
  readonly repeatedNumbers: ReadonlyArray<number>
  /** Fragments that were damaged on purpose, and the first of their sequence numbers. */
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
}

/** A message that its receiver has accepted. */
export interface Delivery {
  /** The metadata of the receipt. */
  readonly receipt: unknown
  /** False when the message arrived but the last answer was lost. */
  readonly confirmed: boolean
  readonly durationMillis: number
  /** Packets or frames that were sent again meanwhile. */
  readonly retransmissions: number
  /** What limited the rate for most of the time, where the wire measures it. */
  readonly limitedBy: LimitingFactor | undefined
  readonly fragments: FragmentCost | undefined
}

/** What a receiver's fragments have cost so far. */
export interface Reception {
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
  readonly duplicates: number
  /** Payload bytes of a full fragment. */
  readonly payloadSize: number | undefined
}

/** A message that arrives. It has to be accepted or refused. */
export interface Incoming {
  readonly kind: string
  /** As the peer sent it: not safe to show or to open as it is. Undefined where it has none, or where it is not UTF-8. */
  readonly name: string | undefined
  /** Bytes of the body, where the sender announces them. */
  readonly size: number | undefined
  /** A lower bound of the body's bytes. */
  readonly leastBytes: number
  readonly metadata: unknown
  readonly plan: Plan
  /** The body in blocks, each given when `leastBytes` are there or at the end. It fails where the sender did not finish it. */
  readonly body: (leastBytes: number) => Stream.Stream<Uint8Array, SessionError>
  /** Gives back a block of the body, to be filled again. */
  readonly release: (block: Uint8Array) => void
  /** Bytes of the body so far. */
  readonly arrivedBytes: () => number
  /** Fragments that arrived damaged or twice so far. */
  readonly repeats: () => number
  /** After the body has ended. */
  readonly reception: () => Reception
  /** The SHA-256 that the sender gave, lower-case hex; after the body, where the wire carries digests. */
  readonly sha256: () => string | undefined
  /** Accepts the message as a stream, on a wire that has them: what follows in both directions is the service's. */
  readonly stream: (metadata?: unknown) => Effect.Effect<SessionStream, SessionError>
  /** Reports to the sender that its message is safe here. */
  readonly accept: (metadata?: unknown) => Effect.Effect<void, SessionError>
  /** Reports to the sender that its message is not accepted: a word for programs, a sentence for people. */
  readonly refuse: (reason: string, message: string) => Effect.Effect<void>
}

export interface Session {
  readonly capabilities: Capabilities
  /** The present address of the peer: it may move. */
  readonly peer: () => Address
  /** Succeeds with the peer's first answer. */
  readonly established: Effect.Effect<void, SessionError>
  readonly isEstablished: () => boolean
  /** The round trip to the peer in milliseconds; asks for an answer where none was measured. */
  readonly ping: Effect.Effect<number, SessionError>
  /** How a message would travel, or that this wire cannot carry it. Sends nothing. */
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
   * const accepting = (session: Transport.Session) =>
   *   Stream.runForEach(session.envelopes, (reading) =>
   *     Effect.scoped(Effect.flatMap(reading, ({ accept, kind }) => accept(`a ${kind} has arrived`))))
   *
   * const program = Effect.gen(function*() {
   *   const listener = yield* Transport.listen(server)
   *   yield* Effect.forkScoped(Stream.runForEach(listener.sessions, accepting))
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
   * What the peer sends, each to be read by the effect. A message is given up when the scope closes before it was answered.
   * One consumer.
   */
  readonly envelopes: Stream.Stream<Effect.Effect<Incoming, SessionError, Scope.Scope>>
  /** A new stream; waits while the peer allows no more. When the scope closes it is abandoned; what was finished still travels. */
  readonly openStream: Effect.Effect<SessionStream, SessionError, Scope.Scope>
  /**
   * A stream to a service of the peer: the kind and the metadata travel first, and what follows in both directions is the
   * service's. Reading fails with `Declined` where the peer does not offer the service.
   */
  readonly openService: (
    kind: string,
    metadata?: unknown
  ) => Effect.Effect<SessionStream, SessionError, Scope.Scope>
  /** The streams that the peer opens. One consumer: of these, or of `envelopes`. */
  readonly incomingStreams: Stream.Stream<SessionStream>
  /** Why the session ended, once it has. */
  readonly closed: Effect.Effect<SessionError>
  readonly isClosed: () => boolean
  /** Ends the session at once. Codes from 256 on are the application's, where the wire has codes; 0 is none. */
  readonly close: (code?: number, text?: string) => Effect.Effect<void>
  readonly statistics: () => Statistics
}

export interface ConnectOptions {
  /** A name or a literal address. Of several addresses the first that answers is taken. */
  readonly host: string
  readonly port: number
  /** Whether the session begins with a probe, so that it fails where no server answers. A wire with a handshake always does. */
  readonly isProbed?: boolean | undefined
}

export interface ListenOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

/** What a listener has dropped or refused. */
export interface ListenerCounters {
  /** Datagrams or packets of unknown peers that open nothing. */
  readonly strays: number
  /** Datagrams that are no packets. */
  readonly malformed: number
  /** Sessions refused because there were too many, or because the listener drains. */
  readonly turnedAway: number
  /** Errors that the network has reported for answers. */
  readonly errors: number
  /** Sessions that ended because this program failed: defects. */
  readonly defects: number
}

export interface Listener {
  readonly capabilities: Capabilities
  readonly local: Address
  /** Every session that a peer opens. One consumer. */
  readonly sessions: Stream.Stream<Session>
  /** Sessions that are open. */
  readonly open: () => number
  readonly counters: () => ListenerCounters
  /** Admits no new sessions and messages; waits until the messages under way were answered, as far as the wire knows of them. */
  readonly drain: Effect.Effect<void>
  readonly isDraining: () => boolean
}

export interface Shape {
  readonly capabilities: Capabilities
  /** How a message would travel to any peer, or that this wire cannot carry it. Sends nothing. */
  readonly plan: (envelope: Envelope<unknown>) => Effect.Effect<Plan, SessionError>
  /** Opens a session. When the scope closes the peer is informed. */
  readonly connect: (options: ConnectOptions) => Effect.Effect<Session, SessionError, Scope.Scope>
  /** Accepts sessions. When the scope closes every peer is informed. */
  readonly listen: (options: ListenOptions) => Effect.Effect<Listener, SessionError, Scope.Scope>
}

export class Transport extends Context.Tag("holub/Transport")<Transport, Shape>() {}

/**
 * Opens a session over the wire that is provided. It ends with the scope.
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
 *   console.log(session.peer().host) // 192.0.2.1
 *   console.log(session.capabilities.streams) // true
 * })
 * const wire = Layer.provide(Flock.layer(), Layer.merge(SocketMemory.layer(), Crc.Crc.layer))
 * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(wire)))
 * ```
 */
export const connect = (options: ConnectOptions): Effect.Effect<Session, SessionError, Transport | Scope.Scope> =>
  Effect.flatMap(Transport, (transport) => transport.connect(options))

/**
 * Accepts sessions over the wire that is provided. The listener ends with the scope.
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

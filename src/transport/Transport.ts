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
import type { WireName } from "../protocol/WireName.ts"
import type { Statistics } from "../telemetry/Statistics.ts"
import type { Serve } from "./Arrivals.ts"
import type { Delivery, Envelope, Incoming, Plan } from "./Envelope.ts"
import type { Peer } from "./Peer.ts"
import type { SessionError } from "./SessionError.ts"
import type { SessionStream } from "./SessionStream.ts"

export type { WireName } from "../protocol/WireName.ts"
export type { CongestionStatistics, Statistics } from "../telemetry/Statistics.ts"
export type { Serve } from "./Arrivals.ts"
export type { Delivery, Envelope, FragmentCost, FragmentOptions, Incoming, Plan, Reception } from "./Envelope.ts"
export type { Peer } from "./Peer.ts"

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

export interface Session {
  readonly capabilities: Capabilities
  /** The peer: its current address, which changes when the session migrates, and its key. */
  readonly peer: () => Peer
  /**
   * 32 bytes that both sides of this session know, and no other session has (Noise §11.2): for authentication above the transport, such
   * as a signature of it (RFC 5929, RFC 9266), which is worthless in another session. It is no secret. Undefined without keys.
   */
  readonly channelBinding: Uint8Array | undefined
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
   * import { Transport } from "holub"
   * import * as Flock from "holub/flock"
   * import * as HolubNode from "holub/node"
   * import { NetworkMemory } from "holub/testing"
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
   * const keys = HolubNode.NodeSecurity.layerMemory({ acceptNew: true })
   * const wire = Layer.provide(Flock.layer(), Layer.merge(NetworkMemory.layer(), keys))
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
  /**
   * The public key of the server (X25519, 32 bytes), on a wire with keys: no other one is accepted, and nothing is stored. Without it the
   * Keyring decides.
   */
  readonly key?: Uint8Array | undefined
  /** Whether this side shows its host key, as a server that is linked with another one, and not the identity of its user. */
  readonly showsHostKey?: boolean | undefined
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
  /** The public key of the server (X25519, 32 bytes), for its clients; undefined without keys. */
  readonly publicKey: Uint8Array | undefined
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
 * import { Transport } from "holub"
 * import * as Flock from "holub/flock"
 * import * as HolubNode from "holub/node"
 * import { NetworkMemory } from "holub/testing"
 *
 * const server = { host: "192.0.2.1", port: 4040 }
 * const program = Effect.gen(function*() {
 *   yield* Transport.listen(server)
 *   const session = yield* Transport.connect(server)
 *   console.log(session.peer().host, session.capabilities.streams) // 192.0.2.1 true
 * })
 * const keys = HolubNode.NodeSecurity.layerMemory({ acceptNew: true })
 * const wire = Layer.provide(Flock.layer(), Layer.merge(NetworkMemory.layer(), keys))
 * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(wire)))
 * ```
 *
 * **Trust on first use, decided by a program.** `connect` fails with `UnknownKey` before the server gets a byte of the application. The
 * words of the key are compared with those that the server shows, then the key is pinned, and learned for later. A server whose key is
 * known and that shows another one fails with `ChangedKey`.
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Crypto, Keyring, KeyWords, Transport } from "holub"
 * import * as Flock from "holub/flock"
 * import * as HolubNode from "holub/node"
 * import { NetworkMemory } from "holub/testing"
 *
 * const server = { host: "192.0.2.1", port: 4040 }
 *
 * const isRight = (words: string) => Effect.sync(() => {
 *   console.log(words) // dune picture frequent drastic short someone belt load
 *   return true // A person has compared them.
 * })
 *
 * const connectAsking = Effect.catchIf(Transport.connect(server), ({ reason }) => reason === "UnknownKey", (unknown) =>
 *   Effect.gen(function*() {
 *     const { key } = unknown
 *     if (key === undefined || !(yield* isRight(KeyWords.ofKey(yield* Crypto.Crypto, key)))) return yield* unknown
 *     const session = yield* Transport.connect({ ...server, key })
 *     yield* Effect.flatMap(Keyring.Keyring, ({ learn }) => learn(server, { key, next: undefined }))
 *     return session
 *   }))
 *
 * const program = Effect.gen(function*() {
 *   yield* Transport.listen(server)
 *   const first = yield* connectAsking
 *   const second = yield* Transport.connect(server)
 *   console.log(first.peer().isTrusted, second.peer().isTrusted) // true true
 * })
 * const keys = HolubNode.NodeSecurity.layerMemory({ hostKey: new Uint8Array(32).fill(1) })
 * const wire = Layer.provideMerge(Flock.layer(), Layer.merge(NetworkMemory.layer(), keys))
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
 * import { Transport } from "holub"
 * import * as Flock from "holub/flock"
 * import * as HolubNode from "holub/node"
 * import { NetworkMemory } from "holub/testing"
 *
 * const server = { host: "192.0.2.1", port: 4040 }
 * const program = Effect.gen(function*() {
 *   const listener = yield* Transport.listen(server)
 *   yield* Transport.connect(server)
 *   yield* Stream.runForEach(Stream.take(listener.sessions, 1), () => Effect.sync(() => {
 *     console.log(listener.open()) // 1
 *   }))
 * })
 * const keys = HolubNode.NodeSecurity.layerMemory({ acceptNew: true })
 * const wire = Layer.provide(Flock.layer(), Layer.merge(NetworkMemory.layer(), keys))
 * await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(wire)))
 * ```
 */
export const listen = (options: ListenOptions): Effect.Effect<Listener, SessionError, Transport | Scope.Scope> =>
  Effect.flatMap(Transport, (transport) => transport.listen(options))

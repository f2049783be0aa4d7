/**
 * Opens and accepts sessions of flock: connects the handshake, the socket and the driver.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { Crc } from "../../net/Crc.ts"
import type { Bound, Handler, Path, SocketError } from "../../net/Socket.ts"
import { copyOf, Socket } from "../../net/Socket.ts"
import * as ClassicFrame from "../../protocol/classic/ClassicFrame.ts"
import { closeCode } from "../../protocol/flock/CloseCode.ts"
import { type Agreement, ClientHandshake } from "../../protocol/flock/handshake/ClientHandshake.ts"
import { clearHandshake } from "../../protocol/flock/handshake/Handshake.ts"
import { read as readOpening } from "../../protocol/flock/handshake/HandshakePacket.ts"
import { ServerHandshake } from "../../protocol/flock/handshake/ServerHandshake.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { EventBus, type Shape as Bus } from "../../telemetry/EventBus.ts"
import * as ListenerEvents from "../../telemetry/ListenerEvents.ts"
import { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { HintLimit } from "../HintLimit.ts"
import { closedUnlessItSucceeds } from "../Scoped.ts"
import { ofSocket, SessionError } from "../SessionError.ts"
import * as Timing from "../Timing.ts"
import type * as Transport from "../Transport.ts"
import { make as makeAlarm } from "./Alarm.ts"
import { bursts } from "./Bursts.ts"
import type { DriverHandlers } from "./Driver.ts"
import { Driver } from "./Driver.ts"
import { capabilities, make as makeSession } from "./FlockSession.ts"
import * as Migration from "./Migration.ts"
import type { SessionOptions } from "./SessionOptions.ts"
import { connectionOf, drawId, parametersOf, secureRandom } from "./SessionOptions.ts"

export interface ConnectOptions extends SessionOptions, Transport.ConnectOptions {}

export interface ListenOptions extends SessionOptions, Transport.ListenOptions {}

/** Opens a session. It is closed with the scope, and the peer is informed. */
export const connect = (
  options: ConnectOptions
): Effect.Effect<Transport.Session, SessionError, Socket | Crc | Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const hosts = yield* Effect.mapError(socket.resolve(options.host), ofSocket)
    const handshakeMillis = (options.handshakeMillis ?? Limits.handshakeMillis) / Math.max(1, hosts.length)
    return yield* Effect.firstSuccessOf(
      hosts.map((host) =>
        closedUnlessItSucceeds(connectTo({ host, port: options.port }, { ...options, handshakeMillis }))
      )
    )
  })

const connectTo = (peer: Address, options: ConnectOptions & { readonly handshakeMillis: number }) =>
  Effect.gen(function*() {
    const { crc32 } = yield* Crc
    const bus = yield* EventBus
    const trace = new PacketTrace(bus, crc32)
    const random = secureRandom()
    const answered = yield* Deferred.make<Agreement, SessionError>()
    let clientHandshake: ClientHandshake | undefined
    let refusals = 0
    /**
     * The error if the handshake times out. VERSION is not authentic: it ends nothing and only explains the failure.
     */
    let failure = silent(peer)
    const onVersions = (supported: ReadonlyArray<number>): void => {
      if (failure.reason === "OtherVersion" || failure.detail !== undefined) return
      failure = supported.length > 0 ? otherVersion(peer) : speaksClassic(peer)
      if (supported.length === 0) bus.publish({ _tag: "PeerHint", peer: format(peer), speaks: "classic" })
    }
    const driver = yield* makeDriver(bus, (bytes, start, end, from, now) => {
      trace.unprotected("received", from, bytes.subarray(start, end))
      const answer = clientHandshake?.handlePacket(bytes, start, end, now)
      if (answer?._tag === "OtherVersion") onVersions(answer.versions)
      else if (answer !== undefined) Deferred.unsafeDone(answered, Effect.succeed(answer.agreement))
    }, (bytes, from) => trace.unprotected("received", from, bytes))
    const handler = handlerFor(driver, (error) => {
      // Any host on the path can send ICMP unreachable: a single refusal ends nothing.
      if (error.reason === "Refused" && ++refusals >= Limits.refusals) {
        Deferred.unsafeDone(answered, Effect.fail(unreachable(peer, error)))
      }
    })
    const { bound, renew } = yield* Effect.mapError(
      Migration.connect(peer, handler, (next) => driver.bind(next, renew)),
      ofSocket
    )
    driver.bind(bound, renew)
    const local = parametersOf(options, bound)
    const handshake = new ClientHandshake({
      crc32,
      makeHandshake: clearHandshake(crc32),
      protection: "crc",
      clientId: drawId(random),
      local
    })
    clientHandshake = handshake
    yield* bursts.through(Effect.void)
    const startedAt = driver.now()
    const hello = Effect.sync(() => {
      const bytes = handshake.pollTransmit(driver.now())
      if (bytes !== undefined) {
        trace.unprotected("sent", peer, bytes)
        bound.send(peer, bytes.length, copyOf(bytes))
      }
      return handshake.deadline
    })
    const agreement = yield* Effect.raceFirst(
      Deferred.await(answered),
      Effect.zipRight(Effect.repeat(hello, Timing.untilDeadline), Effect.never)
    ).pipe(Effect.timeoutFail({ duration: options.handshakeMillis, onTimeout: () => failure }))
    clientHandshake = undefined
    const place = { role: "client", path: peer, local, bound, random } as const
    const connection = connectionOf(traced(trace, agreement, () => connection.path), place, options, driver.now())
    const { events, link, session } = yield* makeSession(
      driver,
      connection,
      { bus, role: "client" },
      driver.now() - startedAt
    )
    driver.add(link)
    events.onOpened()
    yield* driven(driver)
    return session
  })

/** Accepts sessions. They are closed with the scope, and every peer is informed. */
export const listen = (
  options: ListenOptions
): Effect.Effect<Transport.Listener, SessionError, Socket | Crc | Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const { crc32 } = yield* Crc
    const runtime = yield* Effect.runtime<never>()
    const bus = yield* EventBus
    const trace = new PacketTrace(bus, crc32)
    const random = secureRandom()
    const incoming = yield* Mailbox.make<Transport.Session>({ capacity: Limits.sessions, strategy: "dropping" })
    let serving: { readonly serverHandshake: ServerHandshake; readonly bound: Bound } | undefined
    let isDraining = false
    let turnedAway = 0
    const accept = (agreement: Agreement, path: Path, bound: Bound, now: number): void => {
      // A refused session uses memory until it is closed: beyond this limit, peers get no answer.
      if (driver.count >= Limits.sessions + Limits.refusedSessions) return void turnedAway++
      const place = { role: "server", path, local: parametersOf(options, bound), bound, random } as const
      const connection = connectionOf(traced(trace, agreement, () => connection.path), place, options, now)
      const { events, link, session } = Runtime.runSync(runtime)(
        makeSession(driver, connection, { bus, role: "server" })
      )
      const isTaken = !isDraining && driver.count < Limits.sessions && incoming.unsafeOffer(session)
      driver.add(link)
      if (isTaken) return events.onOpened()
      turnedAway++
      connection.close(closeCode.ServerFull, "", now)
    }
    const hints = new HintLimit()
    /** Answers an intact INF of the classic wire with FIN: its sender gets a refusal at once instead of a timeout. */
    const refuseClassic = (bytes: Uint8Array, from: Path, now: number): void => {
      trace.unprotected("received", from, bytes)
      const frame = ClassicFrame.decode(bytes)
      if (
        typeof frame === "string" || frame.kind !== ClassicFrame.Kind.inf || !ClassicFrame.isIntact(frame, crc32)
      ) return
      if (hints.takes(from, now)) {
        serving?.bound.send(from, undefined, (target) => {
          const length = ClassicFrame.encode(target, fin, nothing, crc32)
          trace.classic("sent", from, target.subarray(0, length))
          return length
        })
      }
    }
    const driver = yield* makeDriver(bus, (bytes, start, end, from, now) => {
      trace.unprotected("received", from, bytes.subarray(start, end))
      const packet = readOpening(crc32, bytes, start, end)
      if (packet === undefined || serving === undefined) return
      const { serverHandshake, bound } = serving
      const reaction = serverHandshake.handlePacket(packet, from, now)
      if (reaction?._tag === "Answer") {
        trace.unprotected("sent", from, reaction.bytes)
        bound.send(from, reaction.bytes.length, copyOf(reaction.bytes))
      } else if (reaction !== undefined) accept(reaction.agreement, reaction.path, bound, now)
    }, refuseClassic)
    const [host = options.host] = yield* Effect.mapError(socket.resolve(options.host), ofSocket)
    let errors = 0
    const handler = handlerFor(driver, () => errors++)
    const bound = yield* Effect.mapError(socket.bind({ host, port: options.port }, handler), ofSocket)
    driver.bind(bound)
    const serverHandshake = new ServerHandshake({
      crc32,
      makeHandshake: clearHandshake(crc32),
      protection: "crc",
      get local() {
        return parametersOf(options, bound, driver.count + 1)
      },
      random
    })
    serving = { serverHandshake, bound }
    yield* driven(driver)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        isDraining = true
        incoming.unsafeDone(Exit.void)
      })
    )
    const counters = () => ({ ...driver.counters, ...serverHandshake.counters, errors, turnedAway })
    yield* ListenerEvents.published(bus, { wire: "flock", local: format(bound.local), counters })
    return {
      capabilities,
      local: bound.local,
      sessions: Mailbox.toStream(incoming),
      open: () => driver.count,
      counters,
      drain: Effect.sync(() => {
        isDraining = true
      }),
      isDraining: () => isDraining
    }
  })

/** Adds the packet trace to the protection of an agreement. */
const traced = (trace: PacketTrace, agreement: Agreement, path: () => Address): Agreement => ({
  ...agreement,
  protection: trace.protecting(agreement.protection, path, agreement.prefix)
})

/** FIN of the classic wire (docs/PROTOCOL.md §2). */
const fin: ClassicFrame.Header = {
  kind: ClassicFrame.Kind.fin,
  sequenceNumber: 0,
  fragmentCount: 0,
  fragmentSize: ClassicFrame.headerBytes
}
const nothing = new Uint8Array(0)

const makeDriver = (
  bus: Bus,
  onHandshakePacket: DriverHandlers["onHandshakePacket"],
  onUnknown: DriverHandlers["onUnknown"]
): Effect.Effect<Driver> =>
  Effect.map(
    Effect.all([Effect.clock, makeAlarm]),
    ([clock, alarm]) =>
      new Driver(() => Timing.nanosToMillis(clock.unsafeCurrentTimeNanos()), alarm, {
        onHandshakePacket,
        onUnknown,
        onDefect: (cause, peer) => bus.publish({ _tag: "Defect", wire: "flock", peer: format(peer), cause })
      })
  )

/**
 * Adds a finalizer that closes all sessions and waits until the peers have answered, for at most
 * `Limits.leavingMillis`.
 */
const driven = (driver: Driver): Effect.Effect<void, never, Scope.Scope> =>
  Effect.addFinalizer(() =>
    bursts.through(Effect.sync(() => driver.leave())).pipe(
      Effect.zipRight(driver.over),
      Effect.timeoutOption(Limits.leavingMillis),
      Effect.ensuring(Effect.sync(() => driver.stop()))
    )
  )

const handlerFor = (driver: Driver, onError: (error: SocketError) => void): Handler => ({
  onRun: (run) => driver.handleRun(run),
  onPause: () => driver.onPause(),
  onDrain: () => driver.onDrain(),
  onError: (error, segmentBytes) => {
    if (error.reason === "TooLarge" && segmentBytes !== undefined) driver.onTooLarge(error.address, segmentBytes)
    else onError(error)
  }
})

const silent = (address: Address): SessionError => {
  const peer = format(address)
  return new SessionError({ reason: "Silent", peer, message: `${peer} does not answer` })
}

/** The error for a server whose VERSION lists no version: it uses the classic wire. */
const speaksClassic = (address: Address): SessionError => {
  const peer = format(address)
  return new SessionError({
    reason: "Silent",
    peer,
    detail: "SpeaksClassic",
    message: `${peer} does not support flock; it uses the classic wire`
  })
}

const unreachable = (address: Address, cause: SocketError): SessionError =>
  new SessionError({ reason: "Unreachable", peer: format(address), message: cause.message, cause })

const otherVersion = (address: Address): SessionError => {
  const peer = format(address)
  return new SessionError({ reason: "OtherVersion", peer, message: `${peer} uses another version of the protocol` })
}

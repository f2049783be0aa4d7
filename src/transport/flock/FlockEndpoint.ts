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
import type { Bound, Handler, SocketError } from "../../net/Socket.ts"
import { copyOf, Socket } from "../../net/Socket.ts"
import { closeCode } from "../../protocol/flock/CloseCode.ts"
import { type Agreement, ClientHandshake } from "../../protocol/flock/handshake/ClientHandshake.ts"
import { clearHandshake } from "../../protocol/flock/handshake/Handshake.ts"
import { read as readOpening } from "../../protocol/flock/handshake/HandshakePacket.ts"
import { ServerHandshake, type ServerHandshakeResult } from "../../protocol/flock/handshake/ServerHandshake.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { EventBus, type Shape as Bus } from "../../telemetry/EventBus.ts"
import * as ListenerEvents from "../../telemetry/ListenerEvents.ts"
import { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { bind } from "../Binding.ts"
import * as ConnectByName from "../ConnectByName.ts"
import { ofSocket, type SessionError } from "../SessionError.ts"
import * as Timing from "../Timing.ts"
import type * as Transport from "../Transport.ts"
import { make as makeAlarm } from "./Alarm.ts"
import { bursts } from "./Bursts.ts"
import { ClassicRefusal } from "./ClassicRefusal.ts"
import type { DriverHandlers } from "./Driver.ts"
import { Driver } from "./Driver.ts"
import { capabilities, make as makeSession } from "./FlockSession.ts"
import { HandshakeFailure } from "./HandshakeFailure.ts"
import * as Migration from "./Migration.ts"
import { ServerPlaces } from "./ServerPlaces.ts"
import type { SessionOptions } from "./SessionOptions.ts"
import { connectionOf, drawId, parametersOf, secureRandom } from "./SessionOptions.ts"

export interface ConnectOptions extends SessionOptions, Transport.ConnectOptions {}

export interface ListenOptions extends SessionOptions, Transport.ListenOptions {}

/** Opens a session. It is closed with the scope, and the peer is informed. */
export const connect = (
  options: ConnectOptions
): Effect.Effect<Transport.Session, SessionError, Socket | Crc | Scope.Scope> =>
  ConnectByName.connect(options, (address) => connectTo(address, options))

const connectTo = (peer: Address, options: ConnectOptions) =>
  Effect.gen(function*() {
    const { crc32 } = yield* Crc
    const bus = yield* EventBus
    const trace = new PacketTrace(bus, crc32)
    const random = secureRandom()
    const answered = yield* Deferred.make<Agreement, SessionError>()
    let clientHandshake: ClientHandshake | undefined
    let sentHellos = 0
    const failure = new HandshakeFailure(peer)
    const driver = yield* makeDriver(bus, (bytes, start, end, from, now) => {
      trace.unprotected("received", from, bytes.subarray(start, end))
      const answer = clientHandshake?.handlePacket(bytes, start, end, now)
      if (answer?._tag === "OtherVersion") {
        if (failure.onVersions(answer.versions)) {
          bus.publish({ _tag: "PeerHint", peer: format(peer), speaks: "classic" })
        }
      } else if (answer !== undefined) Deferred.unsafeDone(answered, Effect.succeed(answer.agreement))
    }, (bytes, from) => trace.unprotected("received", from, bytes))
    const handler = handlerFor(driver, (error) => {
      const final = failure.onReport(error, sentHellos)
      if (final !== undefined) Deferred.unsafeDone(answered, Effect.fail(final))
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
        sentHellos++
        trace.unprotected("sent", peer, bytes)
        bound.send(peer, bytes.length, copyOf(bytes))
      }
      return handshake.deadline
    })
    const agreement = yield* Effect.raceFirst(
      Deferred.await(answered),
      Effect.zipRight(Effect.repeat(hello, Timing.untilDeadline), Effect.never)
    ).pipe(Effect.timeoutFail({
      duration: options.handshakeMillis ?? Limits.handshakeMillis,
      onTimeout: () => failure.atTimeout
    }))
    clientHandshake = undefined
    const place = { role: "client", path: peer, local, bound, random } as const
    const connection = connectionOf(
      traced(trace, agreement, () => connection.path),
      place,
      options,
      driver.now()
    )
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

type Agreed = Extract<ServerHandshakeResult, { readonly _tag: "Agreed" }>

/** Accepts sessions. They are closed with the scope, and every peer is informed. */
export const listen = (
  options: ListenOptions
): Effect.Effect<Transport.Listener, SessionError, Socket | Crc | Scope.Scope> =>
  Effect.gen(function*() {
    const { crc32 } = yield* Crc
    const runtime = yield* Effect.runtime<never>()
    const bus = yield* EventBus
    const trace = new PacketTrace(bus, crc32)
    const random = secureRandom()
    const incoming = yield* Mailbox.make<Transport.Session>({ capacity: Limits.sessions, strategy: "dropping" })
    let serving: { readonly serverHandshake: ServerHandshake; readonly bound: Bound } | undefined
    let isDraining = false
    let turnedAway = 0
    /** Packets of the handshake with a wrong tag, or without readable fields. */
    let damaged = 0
    const refusal = new ClassicRefusal(crc32, trace)
    const places = new ServerPlaces()
    const { budget } = places
    const accept = ({ agreement, local, path }: Agreed, bound: Bound, now: number): void => {
      // A refused session uses memory until it is closed: beyond this limit, peers get no answer.
      if (driver.count >= Limits.sessions + Limits.refusedSessions) {
        budget.credit.give(local.maxData)
        return void turnedAway++
      }
      const hasPlace = !isDraining && places.take(path)
      const place = { role: "server", path, local, bound, random, budget } as const
      const onForgotten = (): void => {
        budget.credit.give(connection.streams.windowBytes)
        if (hasPlace) places.give(path)
      }
      const connection = connectionOf(traced(trace, agreement, () => connection.path), place, options, now)
      const { events, link, session } = Runtime.runSync(runtime)(
        makeSession(driver, connection, { bus, role: "server", onForgotten })
      )
      const isTaken = hasPlace && incoming.unsafeOffer(session)
      driver.add(link)
      if (isTaken) return events.onOpened()
      turnedAway++
      connection.close(closeCode.ServerFull, "", now)
    }
    const driver = yield* makeDriver(bus, (bytes, start, end, from, now) => {
      trace.unprotected("received", from, bytes.subarray(start, end))
      const packet = readOpening(crc32, bytes, start, end)
      if (packet === undefined) return void damaged++
      if (serving === undefined) return
      const { serverHandshake, bound } = serving
      const reaction = serverHandshake.handlePacket(packet, from, now)
      if (reaction?._tag === "Answer") {
        trace.unprotected("sent", from, reaction.bytes)
        bound.send(from, reaction.bytes.length, copyOf(reaction.bytes))
      } else if (reaction !== undefined) accept(reaction, bound, now)
    }, (bytes, from, now) => {
      trace.unprotected("received", from, bytes)
      return refusal.answer(bytes, from, serving?.bound, now)
    })
    let errors = 0
    const bound = yield* bind(options, handlerFor(driver, () => errors++))
    driver.bind(bound)
    const serverHandshake = new ServerHandshake({
      crc32,
      makeHandshake: clearHandshake(crc32),
      protection: "crc",
      local: () => ({
        ...parametersOf(options, bound, driver.count + 1),
        idleTimeoutMillis: (options.idleTimeoutMillis ?? Limits.idleTimeoutMillis) * Limits.serverIdleTimeouts,
        maxData: budget.credit.takeFirst()
      }),
      onDropped: ({ maxData }) => budget.credit.give(maxData),
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
    const counters = () => ({ ...driver.counters, ...serverHandshake.counters, damaged, errors, turnedAway })
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

/** `onError` receives the errors that concern no session's datagram size: all of them while there is no session. */
const handlerFor = (driver: Driver, onError: (error: SocketError) => void): Handler => ({
  onRun: (run) => driver.handleRun(run),
  onPause: () => driver.onPause(),
  onDrain: () => driver.onDrain(),
  onError: (error, segmentBytes) => {
    if (error.reason === "TooLarge" && segmentBytes !== undefined && driver.count > 0) {
      driver.onTooLarge(error.address, segmentBytes)
    } else onError(error)
  }
})

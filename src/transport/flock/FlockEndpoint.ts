/**
 * Sessions over the modern wire: `connect` opens one, `listen` takes those of others. It joins the handshake, the socket and the
 * driver; what a session carries is not its business.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { Crc } from "../../net/Crc.ts"
import type { Bound, Handler, Path, SocketError } from "../../net/Socket.ts"
import { Socket } from "../../net/Socket.ts"
import { closeCode } from "../../protocol/flock/CloseCode.ts"
import { type Agreement, ClientHandshake } from "../../protocol/flock/handshake/ClientHandshake.ts"
import { clearHandshake } from "../../protocol/flock/handshake/Handshake.ts"
import { read as readOpening } from "../../protocol/flock/handshake/HandshakePacket.ts"
import { ServerHandshake, type ServerHandshakeCounters } from "../../protocol/flock/handshake/ServerHandshake.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { closedUnlessItSucceeds } from "../Scoped.ts"
import * as Timing from "../Timing.ts"
import { make as makeAlarm } from "./Alarm.ts"
import type { OnHandshakePacket } from "./Driver.ts"
import { Driver, type DriverCounters } from "./Driver.ts"
import * as Roaming from "./Migration.ts"
import type { Session } from "./Session.ts"
import { make as makeSession } from "./Session.ts"
import { SessionError } from "./SessionError.ts"
import type { SessionOptions } from "./SessionOptions.ts"
import { connectionOf, drawId, parametersOf, secureRandom } from "./SessionOptions.ts"

export type { SessionOptions } from "./SessionOptions.ts"

export interface ConnectOptions extends SessionOptions {
  /** A name or a literal address. Of several addresses the first that answers is taken. */
  readonly host: string
  readonly port: number
  /** How long an answer is waited for, in milliseconds. Default: 10 s. */
  readonly handshakeMillis?: number | undefined
}

/** Opens a session. When the scope closes the peer is told. */
export const connect = (
  options: ConnectOptions
): Effect.Effect<Session, SocketError | SessionError, Socket | Crc | Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const hosts = yield* socket.resolve(options.host)
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
    const random = secureRandom()
    const answered = yield* Deferred.make<Agreement, SessionError>()
    let calling: ClientHandshake | undefined
    let refusals = 0
    const driver = yield* makeDriver((bytes, start, end, _from, now) => {
      const answer = calling?.handlePacket(bytes, start, end, now)
      if (answer?.type === "OtherVersion") Deferred.unsafeDone(answered, Effect.fail(otherVersion(peer)))
      else if (answer !== undefined) Deferred.unsafeDone(answered, Effect.succeed(answer.agreement))
    })
    const handler = handlerFor(driver, (error) => {
      // Others on the path can say so too: one refusal alone is not believed.
      if (error.reason === "Refused" && ++refusals >= Limits.refusals) {
        Deferred.unsafeDone(answered, Effect.fail(unreachable(peer, error)))
      }
    })
    const { bound, renew } = yield* Roaming.connect(peer, handler, (next) => driver.bind(next, renew))
    driver.bind(bound, renew)
    const local = parametersOf(options, bound)
    const call = new ClientHandshake({
      crc32,
      makeHandshake: clearHandshake(crc32),
      protection: "crc",
      clientId: drawId(random),
      local
    })
    calling = call
    const hello = Effect.sync(() => {
      const bytes = call.pollTransmit(driver.now())
      if (bytes !== undefined) bound.send(peer, bytes.length, copyOf(bytes))
      return call.deadline
    })
    const agreement = yield* Effect.raceFirst(
      Deferred.await(answered),
      Effect.zipRight(Effect.repeat(hello, Timing.untilDeadline), Effect.never)
    ).pipe(Effect.timeoutFail({ duration: options.handshakeMillis, onTimeout: () => silent(peer) }))
    calling = undefined
    const place = { role: "client", path: peer, local, bound, random } as const
    const { link, session } = yield* makeSession(driver, connectionOf(agreement, place, options, driver.now()))
    driver.add(link)
    yield* driven(driver)
    return session
  })

export interface ListenOptions extends SessionOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

export interface ListenerCounters extends DriverCounters, ServerHandshakeCounters {
  /** Sessions turned away because `Limits.sessions` were there, or the listener is closing. */
  readonly turnedAway: number
}

export interface Listener {
  readonly local: Address
  /** Every session that a peer opens. One consumer. */
  readonly incoming: Stream.Stream<Session>
  /** Sessions that are open. */
  readonly sessions: () => number
  readonly counters: () => ListenerCounters
  /** From now on no new session is taken; those that are there go on. */
  readonly refuse: Effect.Effect<void>
  readonly isRefusing: () => boolean
}

/** Takes sessions. When the scope closes every peer is told. */
export const listen = (
  options: ListenOptions
): Effect.Effect<Listener, SocketError, Socket | Crc | Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const { crc32 } = yield* Crc
    const runtime = yield* Effect.runtime<never>()
    const random = secureRandom()
    const incoming = yield* Mailbox.make<Session>({ capacity: Limits.sessions, strategy: "dropping" })
    let serving: { readonly answering: ServerHandshake; readonly bound: Bound } | undefined
    let isRefusing = false
    let turnedAway = 0
    const accept = (agreement: Agreement, path: Path, bound: Bound, now: number): void => {
      // Each that is turned away is there for a moment more: so many that they would fill the memory get no answer.
      if (driver.count >= Limits.sessions + Limits.refusedSessions) return void turnedAway++
      const place = { role: "server", path, local: parametersOf(options, bound), bound, random } as const
      const connection = connectionOf(agreement, place, options, now)
      const { link, session } = Runtime.runSync(runtime)(makeSession(driver, connection))
      const isTaken = !isRefusing && driver.count < Limits.sessions && incoming.unsafeOffer(session)
      driver.add(link)
      if (isTaken) return
      turnedAway++
      connection.close(closeCode.ServerFull, "", now)
    }
    const driver = yield* makeDriver((bytes, start, end, from, now) => {
      const packet = readOpening(crc32, bytes, start, end)
      if (packet === undefined || serving === undefined) return
      const { answering, bound } = serving
      const reaction = answering.handlePacket(packet, from, now)
      if (reaction?.type === "Answer") bound.send(from, reaction.bytes.length, copyOf(reaction.bytes))
      else if (reaction !== undefined) accept(reaction.agreement, reaction.path, bound, now)
    })
    const [host = options.host] = yield* socket.resolve(options.host)
    const bound = yield* socket.bind({ host, port: options.port }, handlerFor(driver, () => undefined))
    driver.bind(bound)
    const answering = new ServerHandshake({
      crc32,
      makeHandshake: clearHandshake(crc32),
      protection: "crc",
      get local() {
        return parametersOf(options, bound, driver.count + 1)
      },
      random
    })
    serving = { answering, bound }
    yield* driven(driver)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        isRefusing = true
        incoming.unsafeDone(Exit.void)
      })
    )
    return {
      local: bound.local,
      incoming: Mailbox.toStream(incoming),
      sessions: () => driver.count,
      counters: () => ({ ...driver.counters, ...answering.counters, turnedAway }),
      refuse: Effect.sync(() => {
        isRefusing = true
      }),
      isRefusing: () => isRefusing
    }
  })

const makeDriver = (onOpening: OnHandshakePacket): Effect.Effect<Driver> =>
  Effect.map(
    Effect.all([Effect.clock, makeAlarm]),
    ([clock, alarm]) => new Driver(() => Timing.nanosToMillis(clock.unsafeCurrentTimeNanos()), alarm, onOpening)
  )

/** At the end every peer is told, and heard once more or waited for a few round trips. */
const driven = (driver: Driver): Effect.Effect<void, never, Scope.Scope> =>
  Effect.addFinalizer(() =>
    Effect.sync(() => driver.leave()).pipe(
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

const copyOf = (bytes: Uint8Array) => (target: Uint8Array): number => {
  target.set(bytes)
  return bytes.length
}

const silent = (address: Address): SessionError => {
  const peer = format(address)
  return new SessionError({ reason: "Silent", peer, message: `${peer} does not answer` })
}

const unreachable = (address: Address, { message }: SocketError): SessionError =>
  new SessionError({ reason: "Unreachable", peer: format(address), message })

const otherVersion = (address: Address): SessionError => {
  const peer = format(address)
  return new SessionError({ reason: "OtherVersion", peer, message: `${peer} speaks another version of the protocol` })
}

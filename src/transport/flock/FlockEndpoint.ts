/**
 * Opens and accepts sessions of flock: connects the handshake, its keys, the socket and the driver.
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
import type { Bound, Path } from "../../net/Socket.ts"
import { copyOf, Socket } from "../../net/Socket.ts"
import { closeCode } from "../../protocol/flock/CloseCode.ts"
import { type ClientAgreement, ClientHandshake } from "../../protocol/flock/handshake/ClientHandshake.ts"
import { read as readOpening } from "../../protocol/flock/handshake/HandshakePacket.ts"
import { ServerHandshake, type ServerHandshakeResult } from "../../protocol/flock/handshake/ServerHandshake.ts"
import { connectionIdOf, form, formAt } from "../../protocol/flock/wire/Packet.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { isReflectorPort } from "../../protocol/ReflectorPort.ts"
import { EventBus } from "../../telemetry/EventBus.ts"
import * as ListenerEvents from "../../telemetry/ListenerEvents.ts"
import { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { bind } from "../Binding.ts"
import * as ConnectByName from "../ConnectByName.ts"
import { ofSocket, SessionError } from "../SessionError.ts"
import { ServerPlaces } from "../streams/ServerPlaces.ts"
import * as Timing from "../Timing.ts"
import type * as Transport from "../Transport.ts"
import { bursts } from "./Bursts.ts"
import { ClassicRefusal } from "./ClassicRefusal.ts"
import { ClientAttempt } from "./ClientAttempt.ts"
import * as ClientSecurity from "./ClientSecurity.ts"
import { capabilities, make as makeSession } from "./FlockSession.ts"
import type { SecurityServices } from "./HandshakeKeys.ts"
import * as Migration from "./Migration.ts"
import { ResetAnswers } from "./ResetAnswers.ts"
import * as ServerSecurity from "./ServerSecurity.ts"
import type { SessionOptions } from "./SessionOptions.ts"
import { connectionOf, drawId, parametersOf, secureRandom } from "./SessionOptions.ts"
import { driven, handlerFor, makeDriver, traced } from "./SocketDriver.ts"

export interface ConnectOptions extends SessionOptions, Transport.ConnectOptions {}

export interface ListenOptions extends SessionOptions, Transport.ListenOptions {}

/** Opens a session. It is closed with the scope, and the peer is informed. */
export const connect = (
  options: ConnectOptions
): Effect.Effect<Transport.Session, SessionError, Socket | SecurityServices | Scope.Scope> =>
  Effect.flatMap(
    ClientSecurity.make(options, options),
    (security) => ConnectByName.connect(Socket, options, (address) => connectTo(address, options, security))
  )

const connectTo = (peer: Address, options: ConnectOptions, security: ClientSecurity.ClientSecurity) =>
  Effect.gen(function*() {
    const { crc32 } = yield* Crc
    const bus = yield* EventBus
    const trace = new PacketTrace(bus, crc32)
    const random = secureRandom()
    const answered = yield* Deferred.make<ClientAgreement, SessionError>()
    const attempt = new ClientAttempt(peer, bus, trace, (outcome) => {
      if (outcome instanceof SessionError) return Deferred.unsafeDone(answered, outcome)
      security.announce(outcome.localId, outcome.remoteId)
      Deferred.unsafeDone(answered, Effect.succeed(outcome))
    })
    const driver = yield* makeDriver(bus, (bytes, start, end, from, now) => {
      trace.unprotected("received", from, bytes, start, end)
      attempt.handlePacket(bytes, start, end, now)
    }, (bytes, from) => trace.unprotected("received", from, bytes))
    const { bound, renew } = yield* Effect.mapError(
      Migration.connect(
        peer,
        handlerFor(driver, (error) => attempt.onReport(error)),
        (next) => driver.bind(next, renew)
      ),
      ofSocket
    )
    driver.bind(bound, renew)
    const local = parametersOf(options, bound)
    attempt.begin(new ClientHandshake({ crc32, ...security.handshake, clientId: drawId(random), local }), bound)
    yield* bursts.through(Effect.void)
    const startedAt = driver.now()
    const turns = Effect.repeat(Effect.sync(() => attempt.turn(driver.now())), Timing.untilDeadline)
    const agreement = yield* Effect.raceFirst(Deferred.await(answered), Effect.zipRight(turns, Effect.never)).pipe(
      Effect.timeoutFail({
        duration: options.handshakeMillis ?? Limits.handshakeMillis,
        onTimeout: () => attempt.atTimeout
      })
    )
    yield* Effect.onError(
      security.learn(agreement.peerKey, agreement.nextKey),
      () => Effect.sync(() => agreement.protection.free())
    )
    const place = { role: "client", path: peer, local, bound, random } as const
    const connection = connectionOf(
      traced(trace, agreement, () => connection.path),
      place,
      options,
      driver.now()
    )
    const { channelBinding, peerKey } = agreement
    const { events, link, session } = yield* makeSession(
      driver,
      connection,
      {
        bus,
        role: "client",
        peerKey,
        ownKey: security.ownKey,
        isTrusted: peerKey !== undefined,
        channelBinding: peerKey === undefined ? undefined : channelBinding
      },
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
): Effect.Effect<Transport.Listener, SessionError, Socket | SecurityServices | Scope.Scope> =>
  Effect.gen(function*() {
    const { crc32 } = yield* Crc
    const runtime = yield* Effect.runtime<never>()
    const bus = yield* EventBus
    const trace = new PacketTrace(bus, crc32)
    const random = secureRandom()
    const security = yield* ServerSecurity.make(options, format(options))
    const places = new ServerPlaces(options)
    const incoming = yield* Mailbox.make<Transport.Session>({ capacity: places.count, strategy: "dropping" })
    let serving: { readonly serverHandshake: ServerHandshake; readonly bound: Bound } | undefined
    let isDraining = false
    let turnedAway = 0
    /** Sessions that were closed because their clients' keys are not allowed, and datagrams from ports of reflectors. */
    let notAllowed = 0
    let reflected = 0
    /** Packets of the handshake with a wrong tag, or without readable fields. */
    let damaged = 0
    const refusal = new ClassicRefusal(crc32, trace)
    const { budget } = places
    const accept = ({ agreement, isIdentity, local, path }: Agreed, bound: Bound, now: number): void => {
      security.announce(agreement.remoteId, agreement.localId)
      const { channelBinding, peerKey } = agreement
      const isAllowed = security.allows === undefined ||
        (isIdentity && peerKey !== undefined && security.allows(peerKey))
      const hasPlace = isAllowed && !isDraining && places.take(path)
      if (!hasPlace && !places.takeRefused()) {
        budget.credit.give(local.maxData)
        agreement.protection.free()
        return void turnedAway++
      }
      const place = { role: "server", path, local, bound, random, budget } as const
      const onForgotten = (): void => {
        budget.credit.give(connection.streams.windowBytes)
        if (hasPlace) places.give(path)
        else places.giveRefused()
      }
      const connection = connectionOf(traced(trace, agreement, () => connection.path), place, options, now)
      const { events, link, session } = Runtime.runSync(runtime)(
        makeSession(driver, connection, {
          bus,
          role: "server",
          onForgotten,
          starts: places.starts,
          peerKey: isIdentity ? peerKey : undefined,
          ownKey: security.publicKey,
          isTrusted: isAllowed && security.allows !== undefined,
          channelBinding: peerKey === undefined ? undefined : channelBinding
        })
      )
      const isTaken = hasPlace && incoming.unsafeOffer(session)
      driver.add(link)
      if (isTaken) return events.onOpened()
      if (isAllowed) turnedAway++
      else {
        notAllowed++
        bus.publish({ _tag: "ClientNotAllowed", peer: format(path), key: isIdentity ? peerKey : undefined })
      }
      connection.close(isAllowed ? closeCode.ServerFull : closeCode.NotAllowed, "", now)
    }
    const driver = yield* makeDriver(bus, (bytes, start, end, from, now) => {
      trace.unprotected("received", from, bytes, start, end)
      if (isReflectorPort(from.port)) return void reflected++
      const packet = readOpening(crc32, bytes, start, end)
      if (packet === undefined) return void damaged++
      if (serving === undefined) return
      const { serverHandshake, bound } = serving
      // HELLO3 is repeated until the client has an answer.
      if (packet.form === form.hello3 && driver.has(packet.serverId)) return
      const reaction = serverHandshake.handlePacket(packet, from, now)
      switch (reaction?._tag) {
        case "Answer":
          return answer(from, reaction.bytes)
        case "Agreed":
          return accept(reaction, bound, now)
        case "Unknown":
          return answerReset(reaction.serverId, end - start, from, now)
      }
    }, (bytes, from, now) => {
      trace.unprotected("received", from, bytes)
      if (formAt(bytes, 0) === form.data) return answerReset(connectionIdOf(bytes, 0), bytes.length, from, now)
      return options.psk === undefined && refusal.answer(bytes, from, serving?.bound, now)
    })
    const answer = (to: Path, bytes: Uint8Array): void => {
      trace.unprotected("sent", to, bytes)
      serving?.bound.send(to, bytes.length, copyOf(bytes))
    }
    const answerReset = (id: number, causeBytes: number, from: Path, now: number): void => {
      const bytes = resets.answer(id, causeBytes, from, now)
      if (bytes !== undefined) answer(from, bytes)
    }
    const resets = new ResetAnswers((id, path) => {
      // The session is there, or will be with HELLO3: its token would end it at the client.
      if (
        serving === undefined || driver.has(id) || serving.serverHandshake.isHalfOpen(id, driver.now())
      ) return undefined
      return security.resetToken(id, path, serving.bound.local)
    }, random)
    let errors = 0
    const bound = yield* bind(options, handlerFor(driver, () => errors++))
    driver.bind(bound)
    const resetToken = (serverId: number, path: Path): Uint8Array => security.resetToken(serverId, path, bound.local)
    const serverHandshake = new ServerHandshake({
      crc32,
      ...security.handshake,
      handshakesPerSecond: options.handshakesPerSecond,
      resetToken,
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
    const counters = () => ({
      ...driver.counters,
      ...serverHandshake.counters,
      damaged,
      withheldResets: resets.counters.withheldResets,
      errors,
      turnedAway,
      notAllowed,
      reflected
    })
    yield* ListenerEvents.published(bus, { wire: "flock", local: format(bound.local), counters })
    return {
      capabilities,
      local: bound.local,
      publicKey: security.publicKey,
      sessions: Mailbox.toStream(incoming),
      open: () => driver.count,
      counters,
      drain: Effect.sync(() => {
        isDraining = true
      }),
      isDraining: () => isDraining
    }
  })

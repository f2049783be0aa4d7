/** Accepts sessions of tcp: bounds the handshakes in progress, decides which clients get a session, and begins it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { format } from "../../net/Address.ts"
import { Crc } from "../../net/Crc.ts"
import { Tcp, type TcpConnection } from "../../net/Tcp.ts"
import { listeningError } from "../../net/Unicast.ts"
import { closeCode } from "../../protocol/flock/CloseCode.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { RecordConnection } from "../../protocol/tcp/RecordConnection.ts"
import { Crypto } from "../../security/Crypto.ts"
import { EventBus } from "../../telemetry/EventBus.ts"
import * as ListenerEvents from "../../telemetry/ListenerEvents.ts"
import { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { make as makeAlarm } from "../Alarm.ts"
import * as ServerTrust from "../ServerTrust.ts"
import { ofSocket, type SessionError } from "../SessionError.ts"
import { ServerPlaces } from "../streams/ServerPlaces.ts"
import * as Timing from "../Timing.ts"
import type { Listener, ListenOptions, Session } from "../Transport.ts"
import { type Greeted, Greetings } from "./Greetings.ts"
import { leaving } from "./Leaving.ts"
import type { TcpServices } from "./TcpClient.ts"
import type { TcpDriver } from "./TcpDriver.ts"
import { parametersOf, pskOf, type TcpOptions } from "./TcpOptions.ts"
import { capabilities, make as makeSession } from "./TcpSession.ts"

/** Accepts sessions. They are closed with the scope, and every peer is informed. */
export const listen = (
  where: ListenOptions,
  options: TcpOptions
): Effect.Effect<Listener, SessionError, TcpServices | Scope.Scope> =>
  Effect.gen(function*() {
    const { crc32 } = yield* Crc
    const crypto = yield* Crypto
    const tcp = yield* Tcp
    const bus = yield* EventBus
    const runtime = yield* Effect.runtime<never>()
    const alarms = yield* makeAlarm
    const now = yield* Timing.monotonic
    const trace = new PacketTrace(bus, crc32)
    const trust = yield* ServerTrust.make(format(where))
    const places = new ServerPlaces(options)
    const { budget } = places
    const incoming = yield* Mailbox.make<Session>({ capacity: places.count, strategy: "dropping" })
    const drivers = new Set<TcpDriver>()
    const counts = { turnedAway: 0, notAllowed: 0, defects: 0 }
    let isDraining = false

    const accept = ({ agreement, connection, half, handshakeMillis, isIdentity, local }: Greeted): void => {
      const { channelBinding, peer, peerKey, protection } = agreement
      const isAllowed = trust.allows === undefined || (isIdentity && trust.allows(peerKey))
      const hasPlace = isAllowed && !isDraining && places.take(connection.peer)
      if (!hasPlace && !places.takeRefused()) {
        budget.credit.give(local.maxData)
        protection.free()
        connection.reset()
        return void counts.turnedAway++
      }
      const recorded = trace.recording(protection, connection.peer)
      const core = new RecordConnection({ role: "server", local, peer, protection: recorded, budget }, now())
      const opened = { connection, core, reader: half.reader, now, makeAlarm: alarms, handshakeMillis }
      const { driver, events, session } = Runtime.runSync(runtime)(makeSession(opened, {
        bus,
        role: "server",
        starts: places.starts,
        peerKey: isIdentity ? peerKey : undefined,
        ownKey: trust.host.publicKey,
        isTrusted: isAllowed && trust.allows !== undefined,
        channelBinding,
        onDefect: () => void counts.defects++,
        onForgotten: () => {
          drivers.delete(driver)
          budget.credit.give(core.streams.windowBytes)
          if (hasPlace) places.give(connection.peer)
          else places.giveRefused()
        }
      }))
      drivers.add(driver)
      const isTaken = hasPlace && incoming.unsafeOffer(session)
      if (isTaken) events.onOpened()
      else if (isAllowed) counts.turnedAway++
      else {
        counts.notAllowed++
        const key = isIdentity ? peerKey : undefined
        bus.publish({ _tag: "ClientNotAllowed", peer: format(connection.peer), key })
      }
      if (!isTaken) core.close(isAllowed ? closeCode.ServerFull : closeCode.NotAllowed, "", now())
      half.handOver(driver)
      driver.begin()
    }
    const greetings = new Greetings({
      handshake: {
        crypto,
        local: trust.host,
        psk: pskOf(options),
        onSecrets: options.onSecrets,
        nextKey: trust.nextKey
      },
      parameters: () =>
        parametersOf(
          {
            ...options,
            idleTimeoutMillis: (options.idleTimeoutMillis ?? Limits.idleTimeoutMillis) * Limits.serverIdleTimeouts
          },
          budget.credit.takeFirst()
        ),
      onDropped: ({ maxData }) => budget.credit.give(maxData),
      onAgreed: accept,
      handshakesPerSecond: options.handshakesPerSecond,
      random: () => (crypto.random(1)[0] ?? 0) / 256,
      now,
      makeAlarm: alarms
    })
    const local = yield* bind(tcp, where, (connection) => greetings.add(connection))
    yield* leaving(() => drivers)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        isDraining = true
        incoming.unsafeDone(Exit.void)
        greetings.end()
      })
    )
    const counters = () => ({ ...greetings.counters, ...counts, strays: 0, otherWire: 0, errors: 0 })
    yield* ListenerEvents.published(bus, { wire: "tcp", local: format(local), counters })
    return {
      capabilities,
      local,
      publicKey: trust.host.publicKey,
      sessions: Mailbox.toStream(incoming),
      open: () => drivers.size,
      counters,
      drain: Effect.sync(() => {
        isDraining = true
      }),
      isDraining: () => isDraining
    }
  })

/** Listens at the first address of a name, a literal address of this machine, or a wildcard. */
const bind = (tcp: Tcp["Type"], { host, port }: ListenOptions, onConnection: (connection: TcpConnection) => void) =>
  Effect.gen(function*() {
    const [first = host] = yield* tcp.resolve(host)
    const address = { host: first, port }
    return yield* listeningError(address) ?? tcp.listen(address, onConnection)
  }).pipe(Effect.mapError(ofSocket))

/** Opens sessions of tcp: connects, shows the keys of this side and judges those of the server, and begins the session. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Address, format } from "../../net/Address.ts"
import { Crc } from "../../net/Crc.ts"
import { Tcp } from "../../net/Tcp.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { RecordConnection } from "../../protocol/tcp/RecordConnection.ts"
import { framed } from "../../protocol/tcp/Records.ts"
import * as TcpLimits from "../../protocol/tcp/TcpLimits.ts"
import { Crypto } from "../../security/Crypto.ts"
import type { Keyring } from "../../security/Keyring.ts"
import { tcpClientHandshake, type TcpServerAnswer } from "../../security/TcpHandshake.ts"
import { EventBus } from "../../telemetry/EventBus.ts"
import { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { make as makeAlarm } from "../Alarm.ts"
import * as ClientTrust from "../ClientTrust.ts"
import * as ConnectByName from "../ConnectByName.ts"
import { changedKey, unknownKey } from "../KeyErrors.ts"
import * as SessionEnd from "../SessionEnd.ts"
import { ofSocket, SessionError } from "../SessionError.ts"
import * as Timing from "../Timing.ts"
import type { ConnectOptions, Session } from "../Transport.ts"
import { HandshakeConnection } from "./HandshakeConnection.ts"
import { leaving } from "./Leaving.ts"
import { parametersOf, pskOf, type TcpOptions } from "./TcpOptions.ts"
import { make as makeSession } from "./TcpSession.ts"

/** What the wire requires. */
export type TcpServices = Tcp | Crc | Crypto | Keyring

/** Opens a session. It is closed with the scope, and the peer is informed. */
export const connect = (
  where: ConnectOptions,
  options: TcpOptions
): Effect.Effect<Session, SessionError, TcpServices | Scope.Scope> =>
  Effect.flatMap(
    ClientTrust.make(where),
    (trust) =>
      ConnectByName.connect(Tcp, where, (address) =>
        Effect.timeoutFail(connectTo(address, options, trust), {
          duration: options.handshakeMillis ?? Limits.handshakeMillis,
          onTimeout: () => SessionEnd.of("Silent", format(address))
        }))
  )

const connectTo = (peer: Address, options: TcpOptions, trust: ClientTrust.ClientTrust) =>
  Effect.gen(function*() {
    const crypto = yield* Crypto
    const { crc32 } = yield* Crc
    const bus = yield* EventBus
    const now = yield* Timing.monotonic
    const tcp = yield* Tcp
    const connection = yield* Effect.mapError(tcp.connect(peer), ofSocket)
    const startedAt = now()
    const parameters = parametersOf(options)
    const isIdentity = trust.ownKey !== undefined
    const handshake = yield* Effect.acquireRelease(
      Effect.sync(() =>
        tcpClientHandshake({
          crypto,
          local: trust.local,
          psk: pskOf(options),
          onSecrets: options.onSecrets,
          isIdentity,
          parameters
        })
      ),
      ({ free }) => Effect.sync(free)
    )
    const answered = yield* Deferred.make<TcpServerAnswer, SessionError>()
    const fail = (error: SessionError) => Deferred.unsafeDone(answered, error)
    const half = new HandshakeConnection(TcpLimits.handshakeRecordBytes, {
      onRecord: (record) => {
        half.hold()
        // Nothing that follows is read before the key is accepted.
        connection.pause()
        const answer = handshake.read(record)
        if (answer === undefined) return fail(foreign(format(peer)))
        Deferred.unsafeDone(answered, Effect.succeed(answer))
      },
      onForeign: () => fail(foreign(format(peer))),
      onOver: (error) => fail(refused(format(peer), error))
    })
    connection.start(half)
    connection.write(framed(handshake.first))
    const answer = yield* Deferred.await(answered)
    const handshakeMillis = now() - startedAt
    const verdict = trust.judge(answer.peerKey)
    if (verdict === "Ask") return yield* unknownKey(format(peer), answer.peerKey)
    if (verdict === "Refuse") return yield* changedKey(format(peer), answer.peerKey)
    yield* trust.learn(answer.peerKey, answer.nextKey)
    const { agreement, last } = answer.accept()
    const core = new RecordConnection({
      role: "client",
      local: parameters,
      peer: agreement.peer,
      protection: new PacketTrace(bus, crc32).recording(agreement.protection, peer)
    }, now())
    const opened = { connection, core, reader: half.reader, now, makeAlarm: yield* makeAlarm, handshakeMillis }
    const { driver, events, session } = yield* makeSession(opened, {
      bus,
      role: "client",
      peerKey: agreement.peerKey,
      ownKey: trust.ownKey,
      isTrusted: true,
      channelBinding: agreement.channelBinding
    })
    yield* leaving(() => [driver])
    connection.write(framed(last))
    half.handOver(driver)
    connection.resume()
    driver.begin()
    events.onOpened()
    return session
  })

/** The peer has ended the connection instead of an answer. */
const refused = (peer: string, cause: unknown): SessionError =>
  new SessionError({
    reason: "Silent",
    peer,
    message: `${peer} has ended the connection without an answer`,
    detail: "Ended",
    cause
  })

const foreign = (peer: string): SessionError =>
  new SessionError({ reason: "OtherVersion", peer, message: `${peer} does not use this version of the wire tcp` })

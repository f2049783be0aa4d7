/**
 * A session of flock: its streams, messages on streams, the close, and statistics. The driver runs its core.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { format } from "../../net/Address.ts"
import { closeCode, type CloseReason, nameOf } from "../../protocol/flock/CloseCode.ts"
import type { Connection, ConnectionEvent } from "../../protocol/flock/Connection.ts"
import type { Role, Stream as CoreStream } from "../../protocol/flock/streams/Stream.ts"
import type { LimitingFactor } from "../../protocol/flock/Transmission.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { Shape as EventBus } from "../../telemetry/EventBus.ts"
import { SessionEvents } from "../../telemetry/SessionEvents.ts"
import type { CongestionStatistics, Statistics } from "../../telemetry/Statistics.ts"
import * as Arrivals from "../Arrivals.ts"
import { notWhole } from "../OptionRange.ts"
import * as SessionEnd from "../SessionEnd.ts"
import { SessionError } from "../SessionError.ts"
import { type SessionStream, streamCode } from "../SessionStream.ts"
import * as Timing from "../Timing.ts"
import type { Capabilities, Envelope, Plan, Session } from "../Transport.ts"
import type { Driver, Link } from "./Driver.ts"
import type { Handle, StreamReason } from "./FlockStream.ts"
import { make as makeStream } from "./FlockStream.ts"
import * as MessageStream from "./MessageStream.ts"
import { PendingHeaders } from "./PendingHeaders.ts"
import { StreamOpener } from "./StreamOpener.ts"

export const capabilities: Capabilities = {
  wire: "flock",
  kinds: undefined,
  metadata: true,
  sizes: true,
  reasons: true,
  fromServer: true,
  streams: true,
  fragments: false
}

export interface Made {
  readonly session: Session
  readonly link: Link
  /** Publishes the end of the session only if its start was published. */
  readonly events: SessionEvents
}

/** Plans a message. Fails for options of fragments, for a size without a digest, and for a header that is too long. */
export const planOf = (
  { fragments, kind, metadata, name, sha256, size }: Envelope<unknown>,
  peer: string
): Effect.Effect<Plan, SessionError> => {
  const unsupported = (detail: string, message: string) =>
    new SessionError({ reason: "Unsupported", peer, detail, message })
  if (fragments !== undefined) {
    return unsupported("Fragments", "flock has no fragments to choose a size for or to damage")
  }
  const problem = kind === "" ? "kind must not be empty" : notWhole("size", size, 0)
  if (problem !== undefined) return unsupported("Envelope", problem)
  if (size !== undefined && sha256 === undefined) {
    return unsupported("Digest", "flock sends the SHA-256 of a message whose size is announced; give both or none")
  }
  const header = Effect.suspend(() => MessageStream.headerOf(peer, { kind, name, size, metadata }))
  return Effect.as(header, { fragments: undefined, fragmentSize: undefined })
}

/** The endpoint of a session. */
interface Owner {
  readonly bus: EventBus
  readonly role: Role
  /** The session is closed, and its peer gets no more answers. */
  readonly onForgotten?: () => void
  /** The public keys of both sides; undefined without keys, and of an anonymous client. */
  readonly peerKey: Uint8Array | undefined
  readonly ownKey: Uint8Array | undefined
  readonly isTrusted: boolean
  readonly channelBinding: Uint8Array | undefined
}

/**
 * Makes the session of `connection`, which `driver` runs. `handshakeMillis` is the round-trip time until one is
 * measured.
 */
export const make = (
  driver: Driver,
  connection: Connection,
  { bus, channelBinding, isTrusted, onForgotten, ownKey, peerKey, role }: Owner,
  handshakeMillis = 0
): Effect.Effect<Made> =>
  Effect.gen(function*() {
    const incoming = yield* Arrivals.make<SessionStream>({
      capacity: Limits.openStreams,
      concurrency: Limits.openStreams,
      giveUp: (stream) => stream.abandon
    })
    const closed = yield* Deferred.make<SessionError>()
    const handles = new Map<number, Handle>()
    let over: SessionError | undefined
    const peer = (): string => format(connection.path)
    const sessionEvents = new SessionEvents(bus, { wire: "flock", role, peer: peer() }, () => statisticsOf(connection))
    const touch = (): void => driver.touch(link)

    const host = {
      connection,
      over: () => over,
      error: (reason: StreamReason, code: number) => SessionEnd.of(streamEnds[reason], peer(), { code }),
      touch,
      forget: (id: number) => void handles.delete(id)
    }
    const handleOf = (core: CoreStream): Handle => {
      const known = handles.get(core.id)
      if (known !== undefined) return known
      const handle = makeStream(host, core)
      handles.set(core.id, handle)
      return handle
    }
    const opener = new StreamOpener({
      tryToOpen: () => connection.streams.open(),
      abandon: (core) => abandon(core),
      over: () => over
    })
    const abandon = (core: CoreStream): void => {
      const handle = handles.get(core.id)
      if (handle !== undefined) return Effect.runSync(handle.stream.abandon)
      // The application has never had the stream: a peer may open and reset many of these.
      connection.streams.reset(core, streamCode.cancelled)
      connection.streams.stop(core, streamCode.cancelled)
      touch()
    }
    const arrive = (core: CoreStream): void => {
      // The queue is full of streams that were not read, some of them abandoned since: this one is refused.
      if (!incoming.offer(handleOf(core).stream)) abandon(core)
    }
    /** Whether the application takes messages: before that, it may take the streams as they are. */
    let readsMessages = false
    const headers = new PendingHeaders(
      { now: () => driver.now(), onReady: arrive, giveUp: abandon },
      yield* Effect.runtime<never>()
    )
    const onClosed = (reason: CloseReason): void => {
      over = errorOf(peer(), reason, ownKey)
      for (const handle of handles.values()) handle.wake()
      handles.clear()
      opener.onOver()
      headers.end()
      incoming.end()
      Deferred.unsafeDone(closed, Effect.succeed(over))
      sessionEvents.onClosed(over.reason)
    }
    const onEvents = (events: ReadonlyArray<ConnectionEvent>): void => {
      for (const event of events) {
        switch (event._tag) {
          case "Opened":
            if (readsMessages) headers.add(event.stream)
            else arrive(event.stream)
            break
          case "Readable":
            headers.onReadable(event.stream)
            handles.get(event.stream.id)?.wake()
            break
          case "Writable":
          case "Settled":
            handles.get(event.stream.id)?.wake()
            break
          case "MayOpen":
            opener.onMayOpen()
            break
          case "Closed":
            onClosed(event.reason)
        }
      }
    }
    const link: Link = { connection, onEvents, onForgotten }

    const openStream = opener.acquire((core) => handleOf(core).stream, (stream) => stream.abandon)
    const send = <E>(envelope: Envelope<E>) =>
      Effect.gen(function*() {
        yield* planOf(envelope, peer())
        const durationMillis = yield* Timing.stopwatch
        const before = statisticsOf(connection)
        const receipt = yield* Effect.scoped(
          Effect.flatMap(openStream, (stream) => MessageStream.send(stream, peer(), envelope))
        )
        const after = statisticsOf(connection)
        return {
          receipt,
          confirmed: true,
          durationMillis: durationMillis(),
          retransmissions: after.lostPackets - before.lostPackets,
          limitedBy: strongest(before.congestion.limitedMillis, after.congestion.limitedMillis),
          fragments: undefined
        }
      })
    const session: Session = {
      capabilities,
      peer: () => ({ ...connection.path, publicKey: peerKey, isTrusted }),
      channelBinding,
      established: Effect.void,
      isEstablished: () => true,
      ping: Effect.sync(() => statisticsOf(connection).minRoundTripMillis ?? handshakeMillis),
      plan: (envelope) => planOf(envelope, peer()),
      openStream,
      openService: (kind, metadata) =>
        Effect.flatMap(openStream, (stream) => MessageStream.open(stream, peer(), { kind, metadata })),
      send,
      serve: (handle) =>
        Effect.suspend(() => {
          readsMessages = true
          return incoming.serve((stream) => Effect.flatMap(MessageStream.receive(stream, peer()), handle))
        }),
      serveStreams: incoming.serve,
      closed: Deferred.await(closed),
      isClosed: () => over !== undefined,
      close: (code = closeCode.NoError, text = "") =>
        Effect.sync(() => {
          const problem = notWhole("code", code, 0)
          if (problem !== undefined) throw new RangeError(problem)
          connection.close(code, text, driver.now())
          driver.touch(link)
        }),
      statistics: () => statisticsOf(connection)
    }
    return { session, link, events: sessionEvents }
  })

const streamEnds: Readonly<Record<StreamReason, SessionEnd.End>> = {
  Reset: "Reset",
  Stopped: "Stopped",
  Left: "StreamLeft"
}

const errorOf = (peer: string, reason: CloseReason, ownKey: Uint8Array | undefined): SessionError => {
  const { by, code, text } = reason
  const facts = {
    code,
    name: nameOf(code),
    text: by === "peer" ? text : "",
    datagramBytes: Limits.leastDatagramBytes,
    ownKey
  }
  if (by === "Idle") return SessionEnd.of("Lost", peer)
  return by === "Reset" ? SessionEnd.of("PeerRestarted", peer) : SessionEnd.of(endOf(reason), peer, facts)
}

/** The end of a session by CLOSE. */
const endOf = ({ by, code }: CloseReason): SessionEnd.End => {
  const isOurs = by === "us"
  switch (nameOf(code)) {
    case undefined:
    case "NoError":
      return isOurs ? "Left" : "Closed"
    case "ServerFull":
      return isOurs ? "TurnedAway" : "ServerFull"
    case "NotAllowed":
      return isOurs ? "Disallowed" : "NotAllowed"
    case "NoViablePath":
      return "PathTooSmall"
    case "InternalError":
      return isOurs ? "OwnDefect" : "PeerDefect"
    default:
      return isOurs ? "PeerViolation" : "OwnViolation"
  }
}

const factors: ReadonlyArray<LimitingFactor> = ["application", "window", "congestion", "pacing"]

/** The factor that limited the sender for the longest time between two readings. */
const strongest = (
  before: CongestionStatistics["limitedMillis"],
  after: CongestionStatistics["limitedMillis"]
): LimitingFactor =>
  factors.reduce((one, other) => after[other] - before[other] > after[one] - before[one] ? other : one)

const statisticsOf = (connection: Connection): Statistics & { readonly congestion: CongestionStatistics } => {
  const { mtuDiscovery, recovery, sent } = connection
  const { receivedBytes, receivedPackets, ...dropped } = connection.counters
  const { isMeasured, minMillis, smoothedMillis } = recovery.roundTrip
  return {
    ...sent,
    deliveredBytes: recovery.rate.deliveredBytes,
    lostPackets: recovery.counters.lostPackets,
    receivedPackets,
    receivedBytes,
    dropped,
    roundTripMillis: isMeasured ? smoothedMillis : undefined,
    minRoundTripMillis: isMeasured ? minMillis : undefined,
    congestion: {
      controller: recovery.congestion.name,
      explanation: recovery.congestion.explain(),
      congestionWindowBytes: recovery.congestion.congestionWindowBytes,
      inFlightBytes: recovery.rate.bytesInFlight,
      datagramBytes: mtuDiscovery.datagramBytes,
      spuriousLosses: recovery.counters.spuriousLosses,
      limitedMillis: { ...connection.limitedMillis }
    }
  }
}

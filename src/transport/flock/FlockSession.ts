/**
 * A session of flock: its streams, messages on streams, the close, and statistics. The driver runs its core.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
import { format } from "../../net/Address.ts"
import { closeCode, type CloseReason, nameOf } from "../../protocol/flock/CloseCode.ts"
import type { Connection, ConnectionEvent } from "../../protocol/flock/Connection.ts"
import type { Role, Stream as CoreStream } from "../../protocol/flock/streams/Stream.ts"
import type { LimitingFactor } from "../../protocol/flock/Transmission.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { Shape as EventBus } from "../../telemetry/EventBus.ts"
import { SessionEvents } from "../../telemetry/SessionEvents.ts"
import type { CongestionStatistics, Statistics } from "../../telemetry/Statistics.ts"
import * as SessionEnd from "../SessionEnd.ts"
import { SessionError } from "../SessionError.ts"
import type { SessionStream } from "../SessionStream.ts"
import * as Timing from "../Timing.ts"
import type { Capabilities, Envelope, Plan, Session } from "../Transport.ts"
import type { Driver, Link } from "./Driver.ts"
import type { Handle, StreamReason } from "./FlockStream.ts"
import { make as makeStream } from "./FlockStream.ts"
import * as MessageStream from "./MessageStream.ts"

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

/** Plans a message. Fails for options of fragments, and for a size without a digest. */
export const planOf = (
  { fragments, sha256, size }: Envelope<unknown>,
  peer: string
): Effect.Effect<Plan, SessionError> => {
  const unsupported = (detail: string, message: string) =>
    new SessionError({ reason: "Unsupported", peer, detail, message })
  if (fragments !== undefined) {
    return unsupported("Fragments", "flock has no fragments to choose a size for or to damage")
  }
  if (size !== undefined && sha256 === undefined) {
    return unsupported("Digest", "flock sends the SHA-256 of a message whose size is announced; give both or none")
  }
  return Effect.succeed({ fragments: undefined, fragmentSize: undefined })
}

/**
 * Makes the session of `connection`, which `driver` runs. `handshakeMillis` is the round-trip time until one is
 * measured.
 */
export const make = (
  driver: Driver,
  connection: Connection,
  { bus, role }: { readonly bus: EventBus; readonly role: Role },
  handshakeMillis = 0
): Effect.Effect<Made> =>
  Effect.gen(function*() {
    const incoming = yield* Mailbox.make<SessionStream>({ capacity: Limits.openStreams, strategy: "dropping" })
    const closed = yield* Deferred.make<SessionError>()
    const handles = new Map<number, Handle>()
    let over: SessionError | undefined
    let openers: Array<() => void> = []
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
    const onClosed = (reason: CloseReason): void => {
      over = errorOf(peer(), reason)
      for (const handle of handles.values()) handle.wake()
      handles.clear()
      for (const opener of openers) opener()
      openers = []
      incoming.unsafeDone(Exit.void)
      Deferred.unsafeDone(closed, Effect.succeed(over))
      sessionEvents.onClosed(over.reason)
    }
    const onEvents = (events: ReadonlyArray<ConnectionEvent>): void => {
      for (const event of events) {
        switch (event._tag) {
          case "Opened": {
            const { stream } = handleOf(event.stream)
            // The queue is full of streams that were not read, some of them abandoned since: this one is refused.
            if (!incoming.unsafeOffer(stream)) Effect.runSync(stream.abandon)
            break
          }
          case "Readable":
          case "Writable":
          case "Settled":
            handles.get(event.stream.id)?.wake()
            break
          case "MayOpen": {
            const waiting = openers
            openers = []
            for (const opener of waiting) opener()
            break
          }
          case "Closed":
            onClosed(event.reason)
        }
      }
    }
    const link: Link = { connection, onEvents }

    const tryToOpen = (): Effect.Effect<CoreStream, SessionError> | undefined => {
      if (over !== undefined) return Effect.fail(over)
      const core = connection.streams.open()
      return core === undefined ? undefined : Effect.succeed(core)
    }
    const opened = Effect.suspend(() =>
      tryToOpen() ?? Effect.async<CoreStream, SessionError>((resume) => {
        const opener = (): void => {
          const outcome = tryToOpen()
          if (outcome === undefined) openers.push(opener)
          else resume(outcome)
        }
        openers.push(opener)
        return Effect.sync(() => {
          openers = openers.filter((other) => other !== opener)
        })
      })
    )
    const openStream = Effect.acquireRelease(
      Effect.map(opened, (core) => handleOf(core).stream),
      (stream) => stream.abandon
    )
    const incomingStreams = Mailbox.toStream(incoming)
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
      peer: () => connection.path,
      established: Effect.void,
      isEstablished: () => true,
      ping: Effect.sync(() => statisticsOf(connection).minRoundTripMillis ?? handshakeMillis),
      plan: (envelope) => planOf(envelope, peer()),
      openStream,
      openService: (kind, metadata) =>
        Effect.flatMap(openStream, (stream) => MessageStream.open(stream, peer(), { kind, metadata })),
      incomingStreams,
      send,
      envelopes: Stream.map(incomingStreams, (stream) =>
        Effect.flatMap(
          Effect.acquireRelease(Effect.succeed(stream), () => stream.abandon),
          () => MessageStream.receive(stream, peer())
        )),
      closed: Deferred.await(closed),
      isClosed: () => over !== undefined,
      close: (code = closeCode.NoError, text = "") =>
        Effect.sync(() => {
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

const errorOf = (peer: string, reason: CloseReason): SessionError => {
  const { by, code, text } = reason
  const facts = { code, name: nameOf(code), text: by === "peer" ? text : "", datagramBytes: Limits.leastDatagramBytes }
  return by === "Idle" ? SessionEnd.of("Lost", peer) : SessionEnd.of(endOf(reason), peer, facts)
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
  const { counters, mtuDiscovery, recovery, sent } = connection
  const { isMeasured, minMillis, smoothedMillis } = recovery.roundTrip
  return {
    ...sent,
    deliveredBytes: recovery.rate.deliveredBytes,
    lostPackets: recovery.counters.lostPackets,
    receivedPackets: counters.receivedPackets,
    receivedBytes: counters.receivedBytes,
    dropped: { damaged: counters.damaged, duplicates: counters.duplicates },
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

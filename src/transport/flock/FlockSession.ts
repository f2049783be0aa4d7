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
import { SessionError } from "../SessionError.ts"
import type { SessionStream } from "../SessionStream.ts"
import * as Timing from "../Timing.ts"
import type { Capabilities, Envelope, Plan, Session } from "../Transport.ts"
import type { Driver, Link } from "./Driver.ts"
import type { Handle, StreamReason } from "./FlockStream.ts"
import { make as makeStream } from "./FlockStream.ts"
import * as MessageStream from "./MessageStream.ts"
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

/** Plans a message. Fails for options of fragments, and for a size without a digest. */
export const planOf = (
  { fragments, kind, sha256, size }: Envelope<unknown>,
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
      error: (reason: StreamReason, code: number) =>
        new SessionError({ reason, peer: peer(), code, message: streamMessage(reason, peer()) }),
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
      abandon: (core) => Effect.runSync(handleOf(core).stream.abandon),
      over: () => over
    })
    const onClosed = (reason: CloseReason): void => {
      over = errorOf(peer(), reason)
      for (const handle of handles.values()) handle.wake()
      handles.clear()
      opener.onOver()
      incoming.end()
      Deferred.unsafeDone(closed, Effect.succeed(over))
      sessionEvents.onClosed(over.reason)
    }
    const onEvents = (events: ReadonlyArray<ConnectionEvent>): void => {
      for (const event of events) {
        switch (event._tag) {
          case "Opened": {
            const { stream } = handleOf(event.stream)
            // The queue is full of streams that were not read, some of them abandoned since: this one is refused.
            if (!incoming.offer(stream)) Effect.runSync(stream.abandon)
            break
          }
          case "Readable":
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
    const link: Link = { connection, onEvents }

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
      peer: () => connection.path,
      established: Effect.void,
      isEstablished: () => true,
      ping: Effect.sync(() => statisticsOf(connection).minRoundTripMillis ?? handshakeMillis),
      plan: (envelope) => planOf(envelope, peer()),
      openStream,
      openService: (kind, metadata) =>
        Effect.flatMap(openStream, (stream) => MessageStream.open(stream, peer(), { kind, metadata })),
      send,
      serve: (handle) => incoming.serve((stream) => Effect.flatMap(MessageStream.receive(stream, peer()), handle)),
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

const streamMessage = (reason: StreamReason, peer: string): string => {
  switch (reason) {
    case "Reset":
      return `${peer} stopped sending before the end`
    case "Stopped":
      return `${peer} does not accept the rest of the data`
    case "Left":
      return `the stream with ${peer} was abandoned by this side`
  }
}

const errorOf = (peer: string, { by, code, text }: CloseReason): SessionError => {
  const name = nameOf(code)
  const because = text === "" ? "" : `: ${text}`
  if (by === "Idle") return new SessionError({ reason: "Lost", peer, message: `${peer} stopped answering` })
  if (name === "ServerFull") {
    return new SessionError({ reason: "ServerFull", peer, code, message: `${peer} accepts no more sessions` })
  }
  if (name !== undefined && name !== "NoError") {
    const whose = by === "peer"
      ? `${peer} ended the session`
      : name === "InternalError"
      ? `a defect of this program ended the session with ${peer}`
      : `${peer} violated the protocol`
    return new SessionError({ reason: "Protocol", peer, code, message: `${whose} (${name})${because}` })
  }
  if (by === "us") {
    return new SessionError({ reason: "Left", peer, code, message: `the session with ${peer} was closed by this side` })
  }
  return new SessionError({ reason: "Closed", peer, code, message: `${peer} ended the session${because}` })
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

/**
 * A session with streams, of any wire: its streams, messages on streams, the close, and its events. The core that moves the frames, and
 * whatever runs it, stand behind a small interface.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { closeCode, type CloseReason } from "../../protocol/flock/CloseCode.ts"
import type { ConnectionEvent } from "../../protocol/flock/Connection.ts"
import type { Role, Stream as CoreStream } from "../../protocol/flock/streams/Stream.ts"
import type { Streams } from "../../protocol/flock/streams/Streams.ts"
import type { LimitingFactor } from "../../protocol/flock/Transmission.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { TokenBucket } from "../../protocol/TokenBucket.ts"
import type { Shape as EventBus } from "../../telemetry/EventBus.ts"
import { SessionEvents } from "../../telemetry/SessionEvents.ts"
import * as Arrivals from "../Arrivals.ts"
import { notWhole } from "../OptionRange.ts"
import * as SessionEnd from "../SessionEnd.ts"
import { SessionError } from "../SessionError.ts"
import { type SessionStream, streamCode } from "../SessionStream.ts"
import * as Timing from "../Timing.ts"
import type { Capabilities, CongestionStatistics, Envelope, Plan, Session, Statistics } from "../Transport.ts"
import type { WireName } from "../Transport.ts"
import { errorOf } from "./CloseErrors.ts"
import * as MessageStream from "./MessageStream.ts"
import { PendingHeaders } from "./PendingHeaders.ts"
import { StartLimit } from "./StartLimit.ts"
import type { Handle, StreamReason } from "./StreamHandle.ts"
import { make as makeStream } from "./StreamHandle.ts"
import { StreamOpener } from "./StreamOpener.ts"

/** The core of a session, as the session uses it. */
export interface SessionCore {
  readonly streams: Streams
  /** The current address of the peer. */
  readonly peer: () => Address
  /** Milliseconds of the monotonic clock. */
  readonly now: () => number
  /** Schedules a turn of the core, after a method of it. */
  readonly touch: () => void
  /** Closes the session at once. */
  readonly close: (code: number, text: string) => void
  readonly statistics: () => Statistics
  /** The round-trip time until one is measured, in milliseconds. */
  readonly handshakeMillis: number
}

/** The endpoint of a session. */
export interface Owner {
  readonly bus: EventBus
  readonly role: Role
  /** What all sessions of a listener share of the beginnings of handlers. */
  readonly starts?: TokenBucket | undefined
  /** The public keys of both sides; undefined without keys, and of an anonymous client. */
  readonly peerKey: Uint8Array | undefined
  readonly ownKey: Uint8Array | undefined
  readonly isTrusted: boolean
  readonly channelBinding: Uint8Array | undefined
}

export interface Made {
  readonly session: Session
  /** Receives the events of the core after each turn. */
  readonly onEvents: (events: ReadonlyArray<ConnectionEvent>) => void
  /** Publishes the end of the session only if its start was published. */
  readonly events: SessionEvents
}

/** The abilities of a wire whose sessions are these. */
export const capabilitiesOf = (wire: WireName): Capabilities => ({
  wire,
  kinds: undefined,
  metadata: true,
  sizes: true,
  reasons: true,
  fromServer: true,
  streams: true,
  fragments: false
})

/** Plans a message. Fails for options of fragments, for a size without a digest, and for a header that is too long. */
export const planOf = (
  wire: WireName,
  { fragments, kind, metadata, name, sha256, size }: Envelope<unknown>,
  peer: string
): Effect.Effect<Plan, SessionError> => {
  const unsupported = (detail: string, message: string) =>
    new SessionError({ reason: "Unsupported", peer, detail, message })
  if (fragments !== undefined) {
    return unsupported("Fragments", `${wire} has no fragments to choose a size for or to damage`)
  }
  const problem = kind === "" ? "kind must not be empty" : notWhole("size", size, 0)
  if (problem !== undefined) return unsupported("Envelope", problem)
  if (size !== undefined && sha256 === undefined) {
    return unsupported("Digest", `${wire} sends the SHA-256 of a message whose size is announced; give both or none`)
  }
  const header = Effect.suspend(() => MessageStream.headerOf(peer, { kind, name, size, metadata }))
  return Effect.as(header, { fragments: undefined, fragmentSize: undefined })
}

/** Makes the session of a core on a wire with these abilities. */
export const make = (
  capabilities: Capabilities,
  core: SessionCore,
  { bus, channelBinding, isTrusted, ownKey, peerKey, role, starts }: Owner
): Effect.Effect<Made> =>
  Effect.gen(function*() {
    const { wire } = capabilities
    const { statistics, streams, touch } = core
    const incoming = yield* Arrivals.make<SessionStream>({
      capacity: Limits.openStreams,
      concurrency: Limits.openStreams,
      giveUp: (stream) => stream.abandon
    })
    const closed = yield* Deferred.make<SessionError>()
    const handles = new Map<number, Handle>()
    let over: SessionError | undefined
    const peer = (): string => format(core.peer())
    const sessionEvents = new SessionEvents(bus, { wire, role, peer: peer() }, statistics)

    const host = {
      streams,
      over: () => over,
      error: (reason: StreamReason, code: number) => SessionEnd.of(streamEnds[reason], peer(), { code }),
      touch,
      forget: (id: number) => void handles.delete(id)
    }
    const handleOf = (stream: CoreStream): Handle => {
      const known = handles.get(stream.id)
      if (known !== undefined) return known
      const handle = makeStream(host, stream)
      handles.set(stream.id, handle)
      return handle
    }
    const opener = new StreamOpener({
      tryToOpen: () => streams.open(),
      abandon: (stream) => abandon(stream),
      over: () => over
    })
    const abandon = (stream: CoreStream): void => {
      const handle = handles.get(stream.id)
      if (handle !== undefined) return Effect.runSync(handle.stream.abandon)
      // The application has never had the stream: a peer may open and reset many of these.
      streams.reset(stream, streamCode.cancelled)
      streams.stop(stream, streamCode.cancelled)
      touch()
    }
    const arrive = (stream: CoreStream): void => {
      // The queue is full of streams that were not read, some of them abandoned since: this one is refused.
      if (!incoming.offer(handleOf(stream).stream)) abandon(stream)
    }
    /** Whether the application takes messages: before that, it may take the streams as they are. */
    let readsMessages = false
    const headers = new PendingHeaders(
      { now: core.now, onReady: arrive, starts: new StartLimit(starts), giveUp: abandon },
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

    const openStream = opener.acquire((stream) => handleOf(stream).stream, (stream) => stream.abandon)
    const send = <E>(envelope: Envelope<E>) =>
      Effect.gen(function*() {
        yield* planOf(wire, envelope, peer())
        const durationMillis = yield* Timing.stopwatch
        const before = statistics()
        const receipt = yield* Effect.scoped(
          Effect.flatMap(openStream, (stream) => MessageStream.send(stream, peer(), envelope))
        )
        const after = statistics()
        return {
          receipt,
          confirmed: true,
          durationMillis: durationMillis(),
          retransmissions: after.lostPackets - before.lostPackets,
          limitedBy: strongest(before.congestion, after.congestion),
          fragments: undefined
        }
      })
    const session: Session = {
      capabilities,
      peer: () => ({ ...core.peer(), publicKey: peerKey, isTrusted }),
      channelBinding,
      established: Effect.void,
      isEstablished: () => true,
      ping: Effect.sync(() => statistics().minRoundTripMillis ?? core.handshakeMillis),
      plan: (envelope) => planOf(wire, envelope, peer()),
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
          core.close(code, text)
          touch()
        }),
      statistics
    }
    return { session, onEvents, events: sessionEvents }
  })

const streamEnds: Readonly<Record<StreamReason, SessionEnd.End>> = {
  Reset: "Reset",
  Stopped: "Stopped",
  Left: "StreamLeft"
}

const factors: ReadonlyArray<LimitingFactor> = ["application", "window", "congestion", "pacing"]

/** The factor that limited the sender for the longest time between two readings, on a wire that measures it. */
const strongest = (
  before: CongestionStatistics | undefined,
  after: CongestionStatistics | undefined
): LimitingFactor | undefined => {
  if (before === undefined || after === undefined) return undefined
  const millis = (factor: LimitingFactor): number => after.limitedMillis[factor] - before.limitedMillis[factor]
  return factors.reduce((one, other) => millis(other) > millis(one) ? other : one)
}

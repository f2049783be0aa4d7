/**
 * A session with a peer, as an embedder holds it: streams in both directions, its end, what it cost. What streams carry is not its
 * business.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { closeCode, type CloseReason, nameOf } from "../../protocol/flock/CloseCode.ts"
import type { Explanation } from "../../protocol/flock/congestion/Congestion.ts"
import type { Connection, ConnectionEvent } from "../../protocol/flock/Connection.ts"
import type { Stream as CoreStream } from "../../protocol/flock/streams/Stream.ts"
import type { LimitingFactor } from "../../protocol/flock/Transmission.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { Driver, Link } from "./Driver.ts"
import type { Incoming, MessageDeclined, Outgoing } from "./MessageStream.ts"
import * as MessageStream from "./MessageStream.ts"
import { SessionError } from "./SessionError.ts"
import type { Handle, SessionStream, StreamReason } from "./SessionStream.ts"
import { make as makeStream } from "./SessionStream.ts"

/** What a session has done so far. Bytes are those of packets. */
export interface Statistics {
  readonly sentPackets: number
  readonly sentBytes: number
  /** Of those that were sent, bytes that have arrived. */
  readonly deliveredBytes: number
  readonly lostPackets: number
  /** Taken for lost and acknowledged later. */
  readonly spuriousLosses: number
  readonly receivedPackets: number
  readonly receivedBytes: number
  /** Dropped: not authentic, or seen before. */
  readonly damagedPackets: number
  readonly duplicatePackets: number
  /** Milliseconds; undefined before one was measured. */
  readonly roundTripMillis: number | undefined
  readonly minRoundTripMillis: number | undefined
  /** Bytes of UDP payload of a full datagram. */
  readonly datagramBytes: number
  readonly inFlightBytes: number
  readonly congestionWindowBytes: number
  /** Milliseconds for which each thing held the sender back. */
  readonly limitedMillis: Readonly<Record<LimitingFactor, number>>
  readonly congestion: string
  readonly explanation: Explanation
}

export interface Session {
  /** Where the peer is now: it may move. */
  readonly peer: () => Address
  /** A new stream; waits while the peer allows no more. When the scope closes it is given up; what was finished still goes. */
  readonly openStream: Effect.Effect<SessionStream, SessionError, Scope.Scope>
  /** The streams that the peer opens. One consumer: take these, or `messages`. */
  readonly incomingStreams: Stream.Stream<SessionStream>
  /** Sends a message on a stream of its own; succeeds with the metadata of the receipt when the receiver has it. */
  readonly send: <E>(message: Outgoing<E>) => Effect.Effect<unknown, E | SessionError | MessageDeclined>
  /** What the peer sends, each to be read by the effect. One is given up when the scope closes before it is answered. */
  readonly messages: Stream.Stream<Effect.Effect<Incoming, SessionError, Scope.Scope>>
  /** Why the session ended, once it has. */
  readonly closed: Effect.Effect<SessionError>
  readonly isClosed: () => boolean
  /** Ends the session at once: streams that are not settled are lost. Codes from 256 on are the application's; 0 is none. */
  readonly close: (code?: number, text?: string) => Effect.Effect<void>
  readonly statistics: () => Statistics
}

export interface Made {
  readonly session: Session
  readonly link: Link
}

/** A session on `connection`, which `driver` drives. */
export const make = (driver: Driver, connection: Connection): Effect.Effect<Made> =>
  Effect.gen(function*() {
    const incoming = yield* Mailbox.make<SessionStream>({ capacity: Limits.openStreams, strategy: "dropping" })
    const closed = yield* Deferred.make<SessionError>()
    const handles = new Map<number, Handle>()
    let over: SessionError | undefined
    let openers: Array<() => void> = []
    const peer = (): string => format(connection.path)
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
    const onClosed = (reason: CloseReason): void => {
      over = errorOf(peer(), reason)
      for (const handle of handles.values()) handle.wake()
      handles.clear()
      for (const opener of openers) opener()
      openers = []
      incoming.unsafeDone(Exit.void)
      Deferred.unsafeDone(closed, Effect.succeed(over))
    }
    const tell = (events: ReadonlyArray<ConnectionEvent>): void => {
      for (const event of events) {
        switch (event.type) {
          case "Opened": {
            const { stream } = handleOf(event.stream)
            // Nobody has taken so many before, some of them given up since: the peer is told that this one is not wanted.
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
    const link: Link = { connection, tell }

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
    const session: Session = {
      peer: () => connection.path,
      openStream,
      incomingStreams,
      send: (message) =>
        Effect.scoped(Effect.flatMap(openStream, (stream) => MessageStream.send(stream, peer(), message))),
      messages: Stream.map(incomingStreams, (stream) =>
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
    return { session, link }
  })

const streamMessage = (reason: StreamReason, peer: string): string => {
  switch (reason) {
    case "Reset":
      return `${peer} gave up what it was sending`
    case "Stopped":
      return `${peer} does not want the rest`
    case "Left":
      return `the stream with ${peer} was given up`
  }
}

const errorOf = (peer: string, { by, code, text }: CloseReason): SessionError => {
  const name = nameOf(code)
  const because = text === "" ? "" : `: ${text}`
  if (by === "Idle") return new SessionError({ reason: "Lost", peer, message: `${peer} has fallen silent` })
  if (name === "ServerFull") {
    return new SessionError({ reason: "ServerFull", peer, code, message: `${peer} takes no more sessions` })
  }
  if (name !== undefined && name !== "NoError") {
    const whose = by === "peer"
      ? `${peer} ended the session`
      : name === "InternalError"
      ? `this program failed over the session with ${peer}`
      : `${peer} broke the protocol`
    return new SessionError({ reason: "Protocol", peer, code, message: `${whose} (${name})${because}` })
  }
  if (by === "us") {
    return new SessionError({ reason: "Left", peer, code, message: `the session with ${peer} was closed` })
  }
  return new SessionError({ reason: "Closed", peer, code, message: `${peer} ended the session${because}` })
}

const statisticsOf = (connection: Connection): Statistics => {
  const { counters, pathMtu, recovery, sent } = connection
  const { isMeasured, minMillis, smoothedMillis } = recovery.roundTrip
  return {
    ...sent,
    deliveredBytes: recovery.rate.deliveredBytes,
    lostPackets: recovery.counters.lostPackets,
    spuriousLosses: recovery.counters.spuriousLosses,
    receivedPackets: counters.receivedPackets,
    receivedBytes: counters.receivedBytes,
    damagedPackets: counters.damaged,
    duplicatePackets: counters.duplicates,
    roundTripMillis: isMeasured ? smoothedMillis : undefined,
    minRoundTripMillis: isMeasured ? minMillis : undefined,
    datagramBytes: pathMtu.datagramBytes,
    inFlightBytes: recovery.rate.bytesInFlight,
    congestionWindowBytes: recovery.congestion.congestionWindowBytes,
    limitedMillis: { ...connection.limitedMillis },
    congestion: recovery.congestion.name,
    explanation: recovery.congestion.explain()
  }
}

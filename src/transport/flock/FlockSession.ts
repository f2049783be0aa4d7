/** A session of flock: the session with streams over its connection, which the driver runs, and its statistics. */
import * as Effect from "effect/Effect"
import type { Connection } from "../../protocol/flock/Connection.ts"
import type { SessionEvents } from "../../telemetry/SessionEvents.ts"
import type { CongestionStatistics, Statistics } from "../../telemetry/Statistics.ts"
import type { SessionError } from "../SessionError.ts"
import * as StreamSession from "../streams/StreamSession.ts"
import type { Capabilities, Envelope, Plan, Session } from "../Transport.ts"
import type { Driver, Link } from "./Driver.ts"

export const capabilities: Capabilities = StreamSession.capabilitiesOf("flock")

/** Plans a message of flock. */
export const planOf = (envelope: Envelope<unknown>, peer: string): Effect.Effect<Plan, SessionError> =>
  StreamSession.planOf("flock", envelope, peer)

export interface Made {
  readonly session: Session
  readonly link: Link
  readonly events: SessionEvents
}

/** The endpoint of a session. */
interface Owner extends StreamSession.Owner {
  /** The session is closed, and its peer gets no more answers. */
  readonly onForgotten?: () => void
}

/**
 * Makes the session of `connection`, which `driver` runs. `handshakeMillis` is the round-trip time until one is
 * measured.
 */
export const make = (
  driver: Driver,
  connection: Connection,
  owner: Owner,
  handshakeMillis = 0
): Effect.Effect<Made> => {
  const core: StreamSession.SessionCore = {
    streams: connection.streams,
    peer: () => connection.path,
    now: () => driver.now(),
    touch: () => void (link !== undefined && driver.touch(link)),
    close: (code, text) => connection.close(code, text, driver.now()),
    statistics: () => statisticsOf(connection),
    handshakeMillis
  }
  let link: Link | undefined
  return Effect.map(StreamSession.make(capabilities, core, owner), ({ events, onEvents, session }) => {
    link = { connection, onEvents, onForgotten: owner.onForgotten }
    return { session, link, events }
  })
}

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

/** A session of tcp: the session with streams over its core, which a driver runs, and its statistics. */
import * as Effect from "effect/Effect"
import type { Address } from "../../net/Address.ts"
import type { TcpConnection } from "../../net/Tcp.ts"
import type { RecordConnection } from "../../protocol/tcp/RecordConnection.ts"
import type { RecordReader } from "../../protocol/tcp/Records.ts"
import type { SessionEvents } from "../../telemetry/SessionEvents.ts"
import type { Statistics } from "../../telemetry/Statistics.ts"
import type { MakeAlarm } from "../Alarm.ts"
import type { SessionError } from "../SessionError.ts"
import * as StreamSession from "../streams/StreamSession.ts"
import type { Capabilities, Envelope, Plan, Session } from "../Transport.ts"
import { TcpDriver } from "./TcpDriver.ts"

export const capabilities: Capabilities = StreamSession.capabilitiesOf("tcp")

/** Plans a message of tcp. */
export const planOf = (envelope: Envelope<unknown>, peer: string): Effect.Effect<Plan, SessionError> =>
  StreamSession.planOf("tcp", envelope, peer)

/** A connection whose handshake is over. */
export interface Opened {
  readonly connection: TcpConnection
  readonly core: RecordConnection
  readonly reader: RecordReader
  /** Returns the milliseconds of the monotonic clock. */
  readonly now: () => number
  readonly makeAlarm: MakeAlarm
  readonly handshakeMillis: number
}

/** The endpoint of a session. */
interface Owner extends StreamSession.Owner {
  /** The connection is over. */
  readonly onForgotten?: () => void
  /** A defect of this program has ended the session. */
  readonly onDefect?: () => void
}

export interface Made {
  readonly session: Session
  readonly driver: TcpDriver
  readonly events: SessionEvents
}

/** Makes the session of a connection. Nothing is read or written before the driver begins. */
export const make = (opened: Opened, owner: Owner): Effect.Effect<Made> =>
  Effect.gen(function*() {
    const { connection, core, handshakeMillis, makeAlarm, now, reader } = opened
    let driver: TcpDriver | undefined
    const { events, onEvents, session } = yield* StreamSession.make(
      capabilities,
      {
        streams: core.streams,
        peer: () => connection.peer,
        now,
        touch: () => driver?.touch(),
        close: (code, text) => core.close(code, text, now()),
        statistics: () => statisticsOf(core),
        handshakeMillis
      },
      owner
    )
    driver = new TcpDriver(connection, core, reader, now, makeAlarm, {
      onEvents,
      onDefect: (cause, peer: Address) => {
        owner.onDefect?.()
        owner.bus.publish({ _tag: "Defect", wire: "tcp", peer: `${peer.host}:${peer.port}`, cause })
      },
      onForgotten: () => owner.onForgotten?.()
    })
    return { session, driver, events }
  })

const statisticsOf = ({ counters, roundTrip }: RecordConnection): Statistics => ({
  sentPackets: counters.sentRecords,
  sentBytes: counters.sentBytes,
  deliveredBytes: counters.deliveredBytes,
  lostPackets: 0,
  receivedPackets: counters.receivedRecords,
  receivedBytes: counters.receivedBytes,
  dropped: {},
  roundTripMillis: roundTrip.isMeasured ? roundTrip.smoothedMillis : undefined,
  minRoundTripMillis: roundTrip.isMeasured ? roundTrip.minMillis : undefined,
  congestion: undefined
})

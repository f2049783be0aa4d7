/** Connects a client, waits for a server that is not there yet, and tells of the connection's beginning and end. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import type { Dialect } from "../../protocol/classic/ClassicFrame.ts"
import type { Connection, ConnectionReason } from "../../transport/classic/ClassicConnection.ts"
import * as Endpoint from "../../transport/classic/ClassicEndpoint.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import { dropped } from "../report/Dropped.ts"
import type { Report, ReportEvent } from "../report/Report.ts"
import * as Format from "../text/Format.ts"

export interface Way {
  readonly to: Address
  readonly dialect: Dialect
  /** The silence that ends the connection. */
  readonly silenceMillis: number
  /** How long a server that is not there is waited for; 0 for not at all. */
  readonly waitMillis: number
}

/** Between two tries to reach a server that is not there yet. */
const retryMillis = 500

/** A connection whose beginning is told; before it nothing is sent, unless a server is waited for. */
export const connect = (
  way: Way,
  report: Report
): Effect.Effect<Connection, Failure, Socket | Crc | Scope.Scope> =>
  Effect.gen(function*() {
    const connection = yield* way.waitMillis > 0 ? awaited(way, report) : open(way, false)
    const peer = format(connection.peer)
    const told = report.emit({ type: "connected", peer })
    yield* connection.hasAnswered() ? told : Effect.forkScoped(Effect.zipRight(connection.connected, told))
    return connection
  })

/** Ends a connection, and tells why it ended if the peer ever answered. */
export const leave = (connection: Connection, report: Report): Effect.Effect<void> =>
  Effect.gen(function*() {
    const isOver = connection.isClosed()
    yield* connection.leave
    if (!connection.hasAnswered()) return
    const reason = isOver ? reasons[(yield* connection.closed).reason] : "left"
    const peer = format(connection.peer)
    yield* report.emit({ type: "disconnected", peer, reason })
    const line = dropped(peer, connection.counters)
    if (line !== undefined) yield* report.detail(line)
  })

type Reason = Extract<ReportEvent, { type: "disconnected" }>["reason"]

const reasons: Readonly<Record<ConnectionReason, Reason>> = {
  Unreachable: "unreachable",
  Lost: "lost",
  Declined: "declined",
  Ended: "ended",
  TooLarge: "tooLarge"
}

/** A connection, or the failure to have one; without `isProbed` nothing need have answered. */
export const open = ({ dialect, silenceMillis, to }: Way, isProbed: boolean) =>
  Effect.mapError(
    Endpoint.connect({ ...to, dialect, silenceMillis, isProbed }),
    (error) => error._tag === "SocketError" ? Failures.ofConnecting(error) : Failures.ofConnection(error)
  )

/** Tries again and again, with a KPA: a message is begun only where a server is. */
const awaited = (way: Way, report: Report) =>
  Effect.gen(function*() {
    const told = yield* Effect.once(report.note(`waiting for ${format(way.to)}`))
    let last: Failure | undefined
    const tried = Effect.tapError(open(way, true), (failure) => {
      last = failure
      return told
    })
    return yield* Effect.retry(tried, {
      schedule: Schedule.spaced(retryMillis),
      while: ({ code }) => passing.has(code)
    })
      .pipe(Effect.timeoutFail({ duration: way.waitMillis, onTimeout: () => last ?? nobody(way) }))
  })

/** What may change while one waits. */
const passing = new Set(["Unreachable", "Refused", "Lost", "Ended", "HostNotFound"])

const nobody = ({ to, waitMillis }: Way): Failure =>
  new Failures.Failure({
    code: "Unreachable",
    exitCode: Failures.ExitCode.unreachable,
    message: `${format(to)} has not answered within ${Format.duration(waitMillis)}`,
    hint: Failures.reachHint
  })

/** Opens a client's session, retries with `--wait`, and reports the start and the end of the session. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { isTransient, SessionError } from "../../transport/SessionError.ts"
import type { Session, Statistics } from "../../transport/Transport.ts"
import { Transport } from "../../transport/Transport.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import { outcomes } from "../errors/SessionOutcomes.ts"
import { dropped } from "../report/Dropped.ts"
import type { Report } from "../report/Report.ts"
import * as Format from "../text/Format.ts"

/** The interval between two attempts to reach a server, in milliseconds. */
const retryMillis = 500

/**
 * Opens a session and reports its start. On a wire without a handshake nothing is sent before the first message, except
 * with a wait for the server.
 */
export const connect = (
  { to, waitMillis }: { readonly to: Address; readonly waitMillis: number },
  report: Report
): Effect.Effect<Session, Failure, Transport | Scope.Scope> =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const { wire } = transport.capabilities
    const attempt = transport.connect({ ...to, isProbed: waitMillis > 0 })
    const session = yield* Effect.mapError(
      waitMillis > 0 ? awaited(attempt, to, waitMillis, report) : attempt,
      (error) => Failures.ofSession(error, wire)
    )
    const connected = report.emit({ type: "connected", peer: format(session.peer()) })
    yield* session.isEstablished() ? connected : Effect.forkScoped(Effect.zipRight(session.established, connected))
    return session
  })

const awaited = <R>(
  attempt: Effect.Effect<Session, SessionError, R>,
  to: Address,
  waitMillis: number,
  report: Report
) =>
  Effect.gen(function*() {
    const noted = yield* Effect.once(report.note(`waiting for ${format(to)}`))
    let last: SessionError | undefined
    const tried = Effect.tapError(attempt, (error) => {
      last = error
      return noted
    })
    return yield* Effect.retry(tried, { schedule: Schedule.spaced(retryMillis), while: isTransient }).pipe(
      Effect.timeoutFail({ duration: waitMillis, onTimeout: () => last ?? silent(to, waitMillis) })
    )
  })

const silent = (to: Address, waitMillis: number): SessionError => {
  const peer = format(to)
  return new SessionError({
    reason: "Silent",
    peer,
    message: `${peer} has not answered within ${Format.duration(waitMillis)}`
  })
}

/** Closes a session, and reports the reason of its end if the peer has ever answered. */
export const leave = (session: Session, report: Report): Effect.Effect<void> =>
  Effect.gen(function*() {
    const error = session.isClosed() ? yield* session.closed : undefined
    yield* session.close()
    if (!session.isEstablished()) return
    const peer = format(session.peer())
    const statistics = session.statistics()
    const line = statistics.congestion === undefined ? undefined : congestionLine(statistics, statistics.congestion)
    if (line !== undefined) yield* report.detail(line)
    const reason = error === undefined ? "left" : outcomes[error.reason].client
    yield* report.emit({ type: "disconnected", peer, reason })
    const droppedLine = dropped(peer, statistics.dropped)
    if (droppedLine !== undefined) yield* report.detail(droppedLine)
  })

const congestionLine = (
  { lostPackets, minRoundTripMillis, sentPackets }: Statistics,
  { congestionWindowBytes, datagramBytes }: NonNullable<Statistics["congestion"]>
): string =>
  `${Format.count(sentPackets, "packet")} sent, ${lostPackets} lost; datagrams of ${datagramBytes} B, ` +
  `round trip ${minRoundTripMillis === undefined ? "unknown" : `${minRoundTripMillis.toFixed(2)} ms`}, ` +
  `window ${Format.size(Math.round(congestionWindowBytes))}`

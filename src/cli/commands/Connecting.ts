/** Opens a client's session, retries with `--wait`, and reports the start and the end of the session. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { Keyring } from "../../security/Keyring.ts"
import { isTransient, SessionError } from "../../transport/SessionError.ts"
import type { Session, Statistics, WireName } from "../../transport/Transport.ts"
import { Transport } from "../../transport/Transport.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import { outcomes } from "../errors/SessionOutcomes.ts"
import * as ConnectedEvent from "../report/ConnectedEvent.ts"
import { dropped } from "../report/Dropped.ts"
import type { Report } from "../report/Report.ts"
import type { Keyed } from "../settings/DestinationKey.ts"
import * as Format from "../text/Format.ts"
import * as TrustFailure from "../trust/TrustFailure.ts"

/** The interval between two attempts to reach a server, in milliseconds. */
const retryMillis = 500

/** A server, and how its key becomes trusted. */
export interface Destination {
  readonly to: Address & Keyed
  /** The time for attempts to reach the server, in milliseconds; 0: one attempt. */
  readonly waitMillis: number
  /** Whether the key in `to` is remembered. */
  readonly remembers?: boolean | undefined
  /** Asks a person whether to trust a key; undefined in a script. */
  readonly isTrusted?: ((server: string, key: Uint8Array) => Effect.Effect<boolean>) | undefined
  /** The command that does the same with a key in its destination, given as text. */
  readonly command?: ((keyText: string) => string) | undefined
}

/**
 * Opens a session and reports its start. On a wire without a handshake nothing is sent before the first message, except
 * with a wait for the server. A key that a person has accepted is remembered. `givenUp` fails when the person ends the wait for a silent
 * server; it runs beside each attempt, not beside the question.
 */
export const connect = <E = never, R = never>(
  destination: Destination,
  report: Report,
  givenUp: Effect.Effect<never, E, R> = Effect.never
): Effect.Effect<Session, Failure | E, Transport | Keyring | Scope.Scope | R> =>
  Effect.gen(function*() {
    const { isTrusted, remembers, to, waitMillis } = destination
    const transport = yield* Transport
    const { wire } = transport.capabilities
    /** Opens a session; the outcome has the error that the destination may remedy. */
    const opened = (key: Uint8Array | undefined, isLearned: boolean) => {
      const attempt = transport.connect({ ...to, key, isProbed: waitMillis > 0 })
      const session = waitMillis > 0 ? awaited(attempt, to, waitMillis, report) : attempt
      const outcome = Effect.raceFirst(Effect.either(session), givenUp)
      return isLearned && key !== undefined
        ? Effect.tap(outcome, ({ _tag }) => _tag === "Right" ? learn(to, key) : Effect.void)
        : outcome
    }
    let outcome = yield* opened(to.key, remembers === true)
    const key = outcome._tag === "Left" && outcome.left.reason === "UnknownKey" ? outcome.left.key : undefined
    if (key !== undefined && isTrusted !== undefined) {
      if (!(yield* isTrusted(format(to), key))) return yield* Effect.fail(TrustFailure.declined(to))
      outcome = yield* opened(key, true)
    }
    if (outcome._tag === "Left") return yield* Effect.flip(failureOf(outcome.left, wire, destination))
    const session = outcome.right
    const connected = Effect.suspend(() => report.emit(ConnectedEvent.of(session.peer())))
    yield* session.isEstablished() ? connected : Effect.forkScoped(Effect.zipRight(session.established, connected))
    return session
  })

/** Remembers the key of a server. */
const learn = (to: Address, key: Uint8Array): Effect.Effect<void, Failure, Keyring> =>
  Effect.flatMap(Keyring, (keyring) => Effect.mapError(keyring.learn(to, { key, next: undefined }), Failures.ofKeyring))

/** The failure of an attempt, with the keys that were expected. */
const failureOf = (
  error: SessionError,
  wire: WireName,
  { command, to }: Destination
): Effect.Effect<Failure, never, Keyring> =>
  Effect.gen(function*() {
    const keyring = yield* Keyring
    const keys = error.reason === "ChangedKey" && to.key === undefined
      ? Effect.map(keyring.expected(to), (expectation) => expectation.keys)
      : Effect.succeed([])
    const known = yield* Effect.orElseSucceed(keys, () => [])
    const facts = { to, isPinned: to.key !== undefined, known, command: command ?? commandFor(to) }
    return TrustFailure.of(error, facts) ?? Failures.ofSession(error, wire)
  })

const commandFor = (to: Address) => (keyText: string): string => `holub send --to ${keyText}@${format(to)} FILE`

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

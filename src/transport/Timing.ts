/**
 * The intervals and timeouts, each with its reason, and the Schedule of all waiting. The cores compute the deadlines.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { TimingValues } from "../protocol/classic/TimingValues.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"

/** The classic wire's intervals (docs/PROTOCOL.md §5). */
export const classic: TimingValues = {
  // RFC 6298 §2.1.
  firstTimeoutMillis: 1000,
  // An honest answer over most paths arrives between two refusals, so that forged ones do not end the connection before it.
  refusedMillis: 250,
  // Below it, the timers of the operating system and the scheduling of the peer dominate the round trip of the path.
  minTimeoutMillis: 20,
  // Twenty attempts within the idle timeout of 20 s: a transfer survives 30 % loss in each direction.
  maxTimeoutMillis: 1000,
  // Longer than a disk needs to sync a file whose blocks were synced during the transfer; an earlier repeat is useless.
  publishTimeoutMillis: 250,
  // As in existing programs; a quarter of the idle timeout.
  keepAliveMillis: 5000,
  // As in existing programs, for every wait.
  idleTimeoutMillis: 20_000,
  // Existing clients repeat a lost frame only after 20 s; two such repeats, and a margin.
  unfinishedMillis: 45_000,
  // Existing programs forget a message after this time.
  memoryMillis: 20_000,
  // The largest delay of a datagram on the paths for which the wire is designed.
  lateMillis: 2000,
  // Longer than any scheduling delay of a healthy machine.
  stallMillis: 1000
}

/**
 * The intervals of a connection with this idle timeout (milliseconds); a keep-alive is sent at least four times in it.
 */
export const classicFor = (idleTimeoutMillis: number): TimingValues => ({
  ...classic,
  idleTimeoutMillis,
  keepAliveMillis: Math.min(classic.keepAliveMillis, idleTimeoutMillis / 4),
  unfinishedMillis: Math.max(classic.unfinishedMillis, idleTimeoutMillis * Limits.serverIdleTimeouts)
})

/** The longest wait of a stopping classic server for idle peers, in milliseconds: a keep-alive interval, and its delay. */
export const farewellMillis = classic.keepAliveMillis + classic.lateMillis

/** The delay between the starts of the attempts to connect to two addresses of a name, in milliseconds (RFC 8305 §8). */
export const attemptDelayMillis = 250

/** The interval of the checks whether a stopping server has finished its messages, in milliseconds. */
export const drainPollMillis = 20

/** The interval between two progress reports of one message, in milliseconds. */
export const progressMillis = 100

/**
 * Repeats an effect that returns the deadline of its next run: milliseconds of the monotonic clock, Infinity for never.
 * Retransmissions, keep-alives and idle timeouts wait with it.
 */
export const untilDeadline: Schedule.Schedule<number, number> = Schedule.identity<number>().pipe(
  Schedule.modifyDelayEffect((deadlineMillis) =>
    Effect.map(Effect.clock, (clock) => waitOf(deadlineMillis - nanosToMillis(clock.unsafeCurrentTimeNanos())))
  )
)

/**
 * The Duration of `millis` milliseconds, at least zero. It is rounded up to whole nanoseconds, the unit of clocks: a
 * sleep that is rounded down ends before its deadline, again and again.
 */
export const waitOf = (millis: number): Duration.Duration =>
  millis === Infinity ? Duration.infinity : Duration.nanos(BigInt(Math.max(0, Math.ceil(millis * 1e6))))

/** Converts a reading of the monotonic clock to the unit of the cores: fractional milliseconds. */
export const nanosToMillis = (nanos: bigint): number => Number(nanos) / 1e6

/** Reads the monotonic clock of this fiber, in fractional milliseconds: the unit of the cores. */
export const monotonic: Effect.Effect<() => number> = Effect.map(
  Effect.clock,
  (clock) => () => nanosToMillis(clock.unsafeCurrentTimeNanos())
)

/** Starts a stopwatch; the function returns the milliseconds since the start. */
export const stopwatch: Effect.Effect<() => number> = Effect.map(Effect.clock, (clock) => {
  const startedAt = clock.unsafeCurrentTimeNanos()
  return () => nanosToMillis(clock.unsafeCurrentTimeNanos() - startedAt)
})

/**
 * The constants of waiting, each with its reason, and the one Schedule that waits. What is due, and when, the cores know.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { TimingValues } from "../protocol/classic/TimingValues.ts"

/** The classic wire's intervals (docs/PROTOCOL.md §5). */
export const classic: TimingValues = {
  // RFC 6298 §2.1.
  firstTimeoutMillis: 1000,
  // Below it the timers of the operating system and the other end's scheduling decide, not the path.
  minTimeoutMillis: 20,
  // Twenty tries within the idle timeout of 20 s: 30 % loss each way is survived.
  maxTimeoutMillis: 1000,
  // More than a disk needs to sync a file whose blocks were synced in passing; a repeat before that would be noise.
  publishTimeoutMillis: 250,
  // What existing programs do, and a quarter of the idle timeout.
  keepAliveMillis: 5000,
  // What existing programs use for every wait.
  idleTimeoutMillis: 20_000,
  // Existing clients repeat a lost frame only after 20 s; twice that, and a margin.
  unfinishedMillis: 45_000,
  // What existing programs forget it after.
  memoryMillis: 20_000,
  // What a datagram may be late on a path that the wire is fit for.
  lateMillis: 2000,
  // More than any scheduling delay of a healthy machine.
  stallMillis: 1000
}

/** The intervals of a connection with this idle timeout: keep-alives are frequent enough to be answered within it. */
export const classicFor = (idleTimeoutMillis: number): TimingValues => ({
  ...classic,
  idleTimeoutMillis,
  keepAliveMillis: Math.min(classic.keepAliveMillis, idleTimeoutMillis / 4),
  unfinishedMillis: Math.max(classic.unfinishedMillis, idleTimeoutMillis * 2.25)
})

/** How long one of several addresses of a name may take to answer before the next is tried. */
export const probeMillis = 1000

/** Between two looks whether a server that ends has come to rest. */
export const drainPollMillis = 20

/** Between two reports of the progress of one message. */
export const progressMillis = 100

/**
 * Repeats an effect that returns the deadline of its next run: milliseconds of the monotonic clock, Infinity for never.
 * Retransmission, keep-alive and the loss of a peer all wait by it.
 */
export const untilDeadline: Schedule.Schedule<number, number> = Schedule.identity<number>().pipe(
  Schedule.modifyDelayEffect((deadlineMillis) =>
    Effect.map(Effect.clock, (clock) => waitOf(deadlineMillis - nanosToMillis(clock.unsafeCurrentTimeNanos())))
  )
)

/** A wait of fractional milliseconds, none if they are over. Clocks count nanoseconds: what is left of one would come too early for ever. */
export const waitOf = (millis: number): Duration.Duration =>
  millis === Infinity ? Duration.infinity : Duration.nanos(BigInt(Math.max(0, Math.ceil(millis * 1e6))))

/** A reading of the monotonic clock as the cores take it: fractional milliseconds. */
export const nanosToMillis = (nanos: bigint): number => Number(nanos) / 1e6

/** Tells the milliseconds since now. */
export const stopwatch: Effect.Effect<() => number> = Effect.map(Effect.clock, (clock) => {
  const startedAt = clock.unsafeCurrentTimeNanos()
  return () => nanosToMillis(clock.unsafeCurrentTimeNanos() - startedAt)
})

/**
 * Calls to entities of a site, tried again while they move: an entity that moves interrupts the calls to it, a host that has died ends
 * them with errors of the cluster.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as ClusterLimits from "./ClusterLimits.ts"
import { RoomLost } from "./SiteEntities.ts"

const again = new RoomLost({ reason: "the host that runs it does not answer", isPassing: true })

/** Soon at first, for an entity that moves. */
const retries = Schedule.exponential(ClusterLimits.firstRetryMillis).pipe(
  Schedule.union(Schedule.spaced(ClusterLimits.mostRetryMillis)),
  Schedule.resetAfter(ClusterLimits.mostRetryMillis),
  Schedule.whileInput(({ isPassing }: RoomLost) => isPassing)
)

/** Repeats a call until it succeeds, or fails for good. */
export const answered = <A, R>(call: Effect.Effect<A, unknown, R>): Effect.Effect<A, RoomLost, R> =>
  Effect.retry(
    Effect.flatMap(Effect.exit(call), (exit) => {
      if (Exit.isSuccess(exit)) return Effect.succeed(exit.value)
      const error = Option.getOrUndefined(Cause.failureOption(exit.cause))
      return Effect.fail(error instanceof RoomLost ? error : again)
    }),
    retries
  )

/** Repeats a session for ever, also when it has ended without an error, until it fails for good. */
export const kept = <R>(session: Effect.Effect<unknown, unknown, R>): Effect.Effect<never, RoomLost, R> =>
  answered(Effect.zipRight(session, again))

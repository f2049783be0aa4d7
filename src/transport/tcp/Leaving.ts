/** The end of sessions with the scope of their owner: each is closed, and its peer has a time to end the connection too. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { TcpDriver } from "./TcpDriver.ts"

/** Adds a finalizer that closes the sessions that are there then, waits for at most `Limits.leavingMillis`, and ends what is left. */
export const leaving = (drivers: () => Iterable<TcpDriver>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.addFinalizer(() =>
    Effect.suspend(() => {
      const ending = [...drivers()]
      for (const driver of ending) driver.leave()
      return Effect.forEach(ending, ({ over }) => over, { discard: true }).pipe(
        // In a fiber of its own: a finalizer is uninterruptible, so that its own wait would outlast the timeout.
        Effect.timeoutOption(Limits.leavingMillis),
        Effect.interruptible,
        Effect.forkDaemon,
        Effect.flatMap(Fiber.join),
        Effect.ensuring(Effect.sync(() => {
          for (const driver of ending) driver.stop()
        }))
      )
    })
  )

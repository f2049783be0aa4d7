/**
 * Gives up a message whose sender makes no progress: a keep-alive is none. In each interval a byte of the body must
 * arrive, and a least amount while others need what the message holds. The time that the receiver needs itself is not
 * counted.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { format } from "../net/Address.ts"
import type { Address } from "../net/Address.ts"
import * as SessionEnd from "../transport/SessionEnd.ts"
import type { SessionError } from "../transport/SessionError.ts"
import type { Incoming } from "../transport/Transport.ts"
import * as TransferLimits from "./TransferLimits.ts"

export interface PaceOptions {
  /** The interval in which a byte must arrive, in milliseconds. */
  readonly progressMillis: number
  /** Whether others need what this message holds: then `TransferLimits.scarceBytesPerSecond` must arrive. */
  readonly isScarce: () => boolean
}

/**
 * Runs `take` with the body of the message. Fails with `Stalled`, and interrupts `take`, when the body makes no progress
 * while `take` waits for it.
 */
export const required = <A, E, R>(
  { arrivedBytes, body }: Pick<Incoming, "arrivedBytes" | "body">,
  peer: Address,
  { isScarce, progressMillis }: PaceOptions,
  take: (body: Incoming["body"]) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | SessionError, R> =>
  Effect.suspend(() => {
    let isAwaited = false
    const watched: Incoming["body"] = (leastBytes) =>
      Stream.unwrapScoped(Effect.map(Stream.toPull(body(leastBytes)), (pull) =>
        Stream.repeatEffectChunkOption(Effect.suspend(() => {
          isAwaited = true
          return Effect.ensuring(
            pull,
            Effect.sync(() => {
              isAwaited = false
            })
          )
        }))))
    const watch = Effect.gen(function*() {
      for (;;) {
        const before = arrivedBytes()
        const wasAwaited = isAwaited
        yield* Effect.sleep(progressMillis)
        const leastBytes = isScarce() ? TransferLimits.scarceBytesPerSecond * progressMillis / 1000 : 1
        if (wasAwaited && isAwaited && arrivedBytes() - before < leastBytes) {
          return
        }
      }
    })
    return Effect.raceFirst(
      take(watched),
      Effect.zipRight(watch, SessionEnd.of("Stalled", format(peer), { silentMillis: progressMillis }))
    )
  })

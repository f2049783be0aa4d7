/**
 * Computes the hashes of passwords, two at a time. Others wait in a queue that sources share, so that many attempts of one source leave
 * places for others. Beyond its share a source is refused.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { Shares } from "../../protocol/Shares.ts"
import * as PasswordHash from "../../security/PasswordHash.ts"
import { type Cost, Scrypt } from "../../security/Scrypt.ts"
import * as Limits from "./AccountLimits.ts"

/** Too many passwords of this source wait, or of all. */
export class PoolFull extends Data.TaggedError("PoolFull") {}

export interface PasswordPool {
  /** scrypt of a password, for a source. */
  readonly derive: (
    source: string,
    password: Uint8Array,
    salt: Uint8Array,
    cost: Cost
  ) => Effect.Effect<Uint8Array, PoolFull>
}

export const make: Effect.Effect<PasswordPool, never, Scrypt> = Effect.gen(function*() {
  const scrypt = yield* Scrypt
  const permits = yield* Effect.makeSemaphore(Limits.hashesAtOnce)
  const places = new Shares(
    Limits.hashesAtOnce + Limits.waitingHashes,
    Limits.waitingHashesOfSource,
    Limits.waitingHashesForNewcomers
  )
  return {
    derive: (source, password, salt, cost) =>
      Effect.acquireUseRelease(
        Effect.suspend(() => places.take(source) ? Effect.void : Effect.fail(new PoolFull())),
        // A thread cannot be interrupted: its permit is taken until it has ended.
        () =>
          permits.withPermits(1)(
            Effect.uninterruptible(scrypt.derive(password, salt, cost, PasswordHash.hashBytes))
          ),
        () => Effect.sync(() => places.give(source))
      )
  }
})

/**
 * Joins turns that wait for the disk into one transaction: a sync costs a millisecond whatever it syncs. Bounded by bytes: beyond that,
 * rooms wait. A turn that conflicts with what is stored fails alone.
 */
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import { StoreError } from "./Store.ts"
import * as Limits from "./StoreLimits.ts"
import type { Turn } from "./StoreWrites.ts"
import * as TurnSize from "./TurnSize.ts"

interface Waiting {
  readonly turn: Turn
  readonly done: Deferred.Deferred<void, StoreError>
}

/**
 * Returns `commit`, which completes when the turn is durable. `write` makes all writes of some turns durable, in their order, or none. A
 * turn that was accepted is written, interrupted or not. The end of the scope waits for the turns that were accepted. `gathering` runs before
 * each group: turns that come meanwhile are in it.
 */
export const make = (
  write: (turns: ReadonlyArray<Turn>) => Effect.Effect<void, StoreError>,
  gathering: Effect.Effect<void> = Effect.void
): Effect.Effect<(turn: Turn) => Effect.Effect<void, StoreError>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const space = yield* Effect.makeSemaphore(Limits.waitingBytes)
    const mailbox = yield* Mailbox.make<Waiting>()
    const group = (waiting: ReadonlyArray<Waiting>): Effect.Effect<void> =>
      Effect.matchEffect(Effect.catchAllDefect(write(waiting.map(({ turn }) => turn)), failed), {
        onSuccess: () => Effect.forEach(waiting, ({ done }) => Deferred.succeed(done, undefined), { discard: true }),
        onFailure: (error) =>
          error.reason === "Conflict" && waiting.length > 1
            ? Effect.forEach(waiting, (one) => group([one]), { discard: true })
            : Effect.forEach(waiting, ({ done }) => Deferred.fail(done, error), { discard: true })
      })
    const loop: Effect.Effect<void> = Effect.flatMap(mailbox.takeAll, ([waiting, isOver]) =>
      Effect.zipRight(
        Chunk.isEmpty(waiting)
          ? Effect.void
          : Effect.flatMap(
            Effect.zipRight(gathering, mailbox.clear),
            (later) => group([...waiting, ...later])
          ),
        isOver ? Effect.void : Effect.suspend(() => loop)
      ))
    const writer = yield* Effect.forkDaemon(loop)
    yield* Effect.addFinalizer(() => Effect.zipRight(mailbox.end, Fiber.await(writer)))

    return (turn) =>
      Effect.suspend(() => {
        if (turn.length === 0) return Effect.void
        const bytes = TurnSize.of(turn)
        if (typeof bytes === "string") return Effect.fail(new StoreError({ reason: "Invalid", message: bytes }))
        const accepted = Effect.gen(function*() {
          const done = yield* Deferred.make<void, StoreError>()
          if (!(yield* mailbox.offer({ turn, done }))) {
            return yield* new StoreError({ reason: "Closed", message: "the store is closed" })
          }
          yield* Deferred.await(done)
        })
        return space.withPermits(Math.max(bytes, Limits.leastTurnBytes))(Effect.uninterruptible(accepted))
      })
  })

/** A bug of ours must not leave rooms waiting. */
const failed = (cause: unknown): Effect.Effect<never, StoreError> =>
  Effect.fail(new StoreError({ reason: "Io", message: `the store has failed: ${String(cause)}; report this`, cause }))

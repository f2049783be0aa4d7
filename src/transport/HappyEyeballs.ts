/**
 * Attempts to connect to the addresses of one name, in parallel with staggered starts (Happy Eyeballs, RFC 8305). It knows no
 * wire: an attempt is any scoped effect.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { ipVersionOf } from "../net/Address.ts"
import * as NetLimits from "../net/NetLimits.ts"

/** The addresses of a name in the order in which they are tried: each once, families in turn, at most `NetLimits.triedAddresses`. */
export const triedInOrder = (resolved: ReadonlyArray<string>): ReadonlyArray<string> =>
  interleaved([...new Set(resolved)]).slice(0, NetLimits.triedAddresses)

/**
 * The addresses with their families in turn, beginning with the family of the first (RFC 8305 §4). Within a family the order is
 * that of the resolver.
 */
export const interleaved = (addresses: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first] = addresses
  if (first === undefined) return []
  const isPreferred = (address: string): boolean => ipVersionOf(address) === ipVersionOf(first)
  const preferred = addresses.filter(isPreferred)
  const others = addresses.filter((address) => !isPreferred(address))
  const longest = Math.max(preferred.length, others.length)
  return Array.from({ length: longest }, (_, at) => [preferred[at], others[at]]).flat().filter((address) =>
    address !== undefined
  )
}

/**
 * Starts one attempt after another: the next when `delayMillis` have passed since the start of the one before, or at once when
 * that has failed. The first success is the result, and its resources live in the surrounding scope. All other attempts are
 * interrupted, and their resources released, also those of a second success. Without a success it fails with the errors of all
 * attempts, in their order. There must be at least one attempt.
 */
export const firstSuccess = <A, E, R>(
  attempts: ReadonlyArray<Effect.Effect<A, E, R>>,
  delayMillis: number
): Effect.Effect<A, ReadonlyArray<E>, Exclude<R, Scope.Scope> | Scope.Scope> =>
  Effect.gen(function*() {
    const scope = yield* Effect.scope
    const running = yield* Scope.fork(scope, ExecutionStrategy.parallel)
    const result = yield* Deferred.make<A, ReadonlyArray<E>>()
    const errors = new Map<number, E>()

    /** Runs one attempt in a scope of its own, which stays open for the first success only. */
    const run = (attempt: Effect.Effect<A, E, R>, index: number) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
          const exit = yield* Effect.exit(restore(Scope.extend(attempt, own)))
          if (Exit.isSuccess(exit) && (yield* Deferred.succeed(result, exit.value))) return
          yield* Scope.close(own, exit)
          if (Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause)) return
          const error = Cause.failureOption(exit.cause)
          if (Option.isNone(error)) return yield* Deferred.failCause(result, Cause.die(Cause.squash(exit.cause)))
          errors.set(index, error.value)
          if (errors.size === attempts.length) {
            yield* Deferred.fail(result, attempts.flatMap((_, at) => errors.get(at) ?? []))
          }
        })
      )
    const starting = Effect.gen(function*() {
      for (const [index, attempt] of attempts.entries()) {
        const fiber = yield* Effect.forkIn(run(attempt, index), running)
        yield* Effect.timeoutOption(Fiber.await(fiber), delayMillis)
      }
      return yield* Effect.never
    })
    return yield* Effect.raceFirst(Deferred.await(result), starting).pipe(
      // Another attempt may have to inform its peer that it leaves: the result does not wait for that, the scope does.
      Effect.ensuring(Effect.forkIn(Effect.uninterruptible(Scope.close(running, Exit.void)), scope))
    )
  })

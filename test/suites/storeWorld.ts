/** Where a store for tests is, and why it fails. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { Reason, Shape, StoreError } from "../../src/conversation/store/Store.ts"

/** A place for a store. What one store has made durable, the next one at this place has. One at a time. */
export interface StoreWorld {
  readonly open: Effect.Effect<Shape, StoreError, Scope.Scope>
}

export type MakeStoreWorld = Effect.Effect<StoreWorld, never, Scope.Scope>

/** The reason why an effect fails; undefined if it does not. */
export const reasonOf = <A>(effect: Effect.Effect<A, StoreError>): Effect.Effect<Reason | undefined> =>
  Effect.map(Effect.either(effect), (result) => Either.isLeft(result) ? result.left.reason : undefined)

/** A store whose failures are reported to its server, whatever part of it was at work: what it reports is to be durable, so it must end. */
import * as Effect from "effect/Effect"
import type { Reason, Shape, Stored, StoreError } from "./Store.ts"

/** Calls `onFailure` with each failure that is one of the store, and none of what was written. */
export const of = (store: Shape, onFailure: (error: StoreError) => void): Shape => {
  const watched = <A>(result: Stored<A>): Stored<A> =>
    Effect.tapError(result, (error) => Effect.sync(() => refusals.has(error.reason) ? undefined : onFailure(error)))
  const members = Object.entries(store).map(([name, member]: readonly [string, Member]) => [
    name,
    typeof member === "function" ? (...values: ReadonlyArray<unknown>) => watched(member(...values)) : watched(member)
  ])
  return Object.fromEntries(members)
}

/** What the store has refused, as it should. */
const refusals: ReadonlySet<Reason> = new Set<Reason>(["Conflict", "Invalid"])

type Member = Stored<unknown> | ((...values: ReadonlyArray<unknown>) => Stored<unknown>)

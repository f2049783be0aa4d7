/** Publishes the beginning of a listener, and its end with the scope. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Shape as EventBus } from "./EventBus.ts"
import type { ListenerOpened } from "./TransportEvents.ts"

/** Listeners numbered so far. */
let listeners = 0

export const published = (
  bus: EventBus,
  about: Omit<ListenerOpened, "_tag" | "id">
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.suspend(() => {
    const id = ++listeners
    return Effect.acquireRelease(
      Effect.sync(() => bus.publish({ _tag: "ListenerOpened", id, ...about })),
      () => Effect.sync(() => bus.publish({ _tag: "ListenerClosed", id }))
    )
  })

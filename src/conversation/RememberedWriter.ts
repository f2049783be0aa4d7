/** Writes what a room remembers after it has changed: one write at a time, and of several changes only the latest. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Remembered } from "../apps/App.ts"

/** What a room remembers, as JSON. */
export const RememberedJson = Schema.parseJson(Schema.Record({ key: Schema.String, value: Schema.String }))

/** Returns a function that has something written: soon, and before the scope closes. */
export const make = (
  write: (remembered: Remembered) => Effect.Effect<void>
): Effect.Effect<(remembered: Remembered) => void, never, Scope.Scope> =>
  Effect.gen(function*() {
    let latest: Remembered | undefined
    const changed = yield* Effect.makeLatch(false)
    const written = Effect.suspend(() => {
      const remembered = latest
      latest = undefined
      changed.unsafeClose()
      return remembered === undefined ? Effect.void : write(remembered)
    })
    yield* Effect.addFinalizer(() => written)
    yield* Effect.forkScoped(Effect.interruptible(
      Effect.forever(Effect.zipRight(changed.await, Effect.uninterruptible(written)))
    ))
    return (remembered) => {
      latest = remembered
      changed.unsafeOpen()
    }
  })

/**
 * The service `Storage` on Node's file system, composed of `NodeSource` and `NodeInbox`. A failed acquisition releases
 * its resources immediately.
 */
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { type Shape, Storage } from "../../storage/Storage.ts"
import * as Files from "./Files.ts"
import * as NodeInbox from "./NodeInbox.ts"
import * as NodeSource from "./NodeSource.ts"

/** `Storage` with the given system calls, which a test can replace. */
export const make = (files: Files.Files): Shape => ({
  source: (path) => allOrNothing(NodeSource.source(files, path)),
  spool: (name, bytes) => allOrNothing(NodeSource.spool(files, name, bytes)),
  inbox: (options) =>
    Effect.map(NodeInbox.open(files, options), (inbox) => ({
      ...inbox,
      sink: (name, expectedBytes) => allOrNothing(inbox.sink(name, expectedBytes))
    }))
})

/** `Storage` on node:fs. */
export const layer: Layer.Layer<Storage> = Layer.sync(Storage, () => make(Files.make()))

/** On failure, releases names, reserved bytes and descriptors at once: the caller's scope may close much later. */
const allOrNothing = <A, E>(acquisition: Effect.Effect<A, E, Scope.Scope>): Effect.Effect<A, E, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
      return yield* restore(Scope.extend(acquisition, scope)).pipe(
        Effect.onExit((exit) => Exit.isFailure(exit) ? Scope.close(scope, exit) : Effect.void)
      )
    })
  )

/** A receiver that reads and accepts every message of every session, until the scope closes. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Listener } from "../../src/transport/Transport.ts"

export const acceptAll = (listener: Listener) =>
  Effect.forkScoped(
    Stream.runForEach(listener.sessions, ({ serve }) =>
      Effect.fork(serve((incoming) =>
        Effect.zipRight(Stream.runDrain(incoming.body(1)), incoming.accept())
      )))
  )

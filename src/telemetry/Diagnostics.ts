/**
 * Logs what transports publish, through Effect's Logger: sessions at the level Debug, hints at Info, defects at Error with
 * their cause.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { EventBus } from "./EventBus.ts"
import type { LastingEvent } from "./TransportEvents.ts"

const log = (event: LastingEvent): Effect.Effect<void> => {
  switch (event._tag) {
    case "SessionOpened": {
      const { id, peer, role, wire } = event
      return Effect.annotateLogs(Effect.logDebug("session opened"), { id, wire, role, peer })
    }
    case "SessionClosed": {
      const { id, peer, reason, role, statistics, wire } = event
      const { lostPackets, receivedBytes, sentBytes } = statistics
      return Effect.annotateLogs(
        Effect.logDebug("session closed"),
        { id, wire, role, peer, reason, sentBytes, receivedBytes, lostPackets }
      )
    }
    case "PeerHint": {
      const { peer, speaks } = event
      return Effect.annotateLogs(Effect.logInfo("the peer speaks another wire"), { peer, speaks })
    }
    case "Defect": {
      const { cause, peer, wire } = event
      const message = "this program failed over a packet or a session; other sessions go on"
      return Effect.annotateLogs(Effect.logError(message, Cause.die(cause)), { wire, peer })
    }
  }
}

/** Logs the events from now on, until the layer's scope closes. */
export const layer: Layer.Layer<never> = Layer.scopedDiscard(
  Effect.gen(function*() {
    const { events, slid } = yield* Effect.flatMap(EventBus, (bus) => bus.subscribe())
    let reported = 0
    const logged = (event: LastingEvent): Effect.Effect<void> => {
      const missing = slid() - reported
      reported += missing
      return missing === 0
        ? log(event)
        : Effect.zipRight(
          Effect.logWarning(`${missing} events were not logged: there were too many at once`),
          log(event)
        )
    }
    yield* Effect.forkScoped(Stream.runForEach(events, logged))
  })
)

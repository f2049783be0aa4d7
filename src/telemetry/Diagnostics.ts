/**
 * Logs what transports publish, through Effect's Logger: sessions at the level Debug, hints at Info, defects at Error with
 * their cause.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { format } from "../net/Address.ts"
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
    case "ListenerOpened": {
      const { local, wire } = event
      return Effect.annotateLogs(Effect.logDebug("listening"), { wire, local })
    }
    case "ListenerClosed":
      return Effect.void
    case "PeerHint": {
      const { peer, speaks } = event
      return Effect.annotateLogs(Effect.logInfo("the peer speaks another wire"), { peer, speaks })
    }
    case "ClientNotAllowed":
      return Effect.annotateLogs(Effect.logInfo("the key of a client is not allowed"), { peer: event.peer })
    case "Defect": {
      const { cause, peer, wire } = event
      const message = "a defect of this program ended a session or dropped a packet; other sessions continue"
      return Effect.annotateLogs(Effect.logError(message, Cause.die(cause)), { wire, peer })
    }
    case "ServiceConnected":
    case "ServiceDisconnected": {
      const { app, peer, transport } = event
      const message = event._tag === "ServiceConnected" ? "a client has connected" : "a client has disconnected"
      return Effect.annotateLogs(Effect.logDebug(message), { app, transport, peer: format(peer) })
    }
    case "ServiceDefect":
      return Effect.annotateLogs(
        Effect.logError("an app failed on an input of a client, which is disconnected", Cause.die(event.cause)),
        { app: event.app }
      )
    case "ServiceReceived":
    case "ServiceSent":
    case "ServiceLogged":
      return Effect.void
  }
}

/** Logs the events from now on, until the layer's scope closes. */
export const layer: Layer.Layer<never> = Layer.scopedDiscard(
  Effect.gen(function*() {
    const bus = yield* EventBus
    const scope = yield* Scope.make()
    const { events, slid } = yield* Scope.extend(bus.subscribe(), scope)
    let reported = 0
    const missing = Effect.suspend(() => {
      const more = slid() - reported
      reported += more
      return more === 0
        ? Effect.void
        : Effect.logWarning(`${more} events were not logged: there were too many at once`)
    })
    const logging = Stream.runForEach(events, (event) => Effect.zipRight(missing, log(event)))
    const fiber = yield* Effect.forkDaemon(Effect.zipRight(logging, missing))
    // The events that wait when the layer's scope closes are logged as well.
    yield* Effect.addFinalizer(() => Effect.zipRight(Scope.close(scope, Exit.void), Fiber.await(fiber)))
  })
)

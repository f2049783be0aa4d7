/**
 * Reports the events of rooms. Between the bus, which never waits, and the report is a bounded queue; what slides away while a reader
 * is slow is counted, and the number is reported.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { format } from "../../net/Address.ts"
import { EventBus } from "../../telemetry/EventBus.ts"
import type { ServiceEvent } from "../../telemetry/ServiceEvents.ts"
import type { LastingEvent } from "../../telemetry/TransportEvents.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { count, harmless } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import type { Report, ReportEvent } from "./Report.ts"

/**
 * Reports the events of rooms until the scope closes; then the waiting ones. `isDetailed`: the report shows single messages;
 * otherwise they are not gathered.
 */
export const reported = (
  report: Pick<Report, "emit">,
  isDetailed: boolean
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const bus = yield* EventBus
    const isWanted = (event: LastingEvent) =>
      isOfRoom(event) && (isDetailed || (event._tag !== "ServiceReceived" && event._tag !== "ServiceSent"))
    const done = yield* Effect.makeLatch(false)
    // Finalizers run in reverse order: the subscription ends, and its Stream with it.
    yield* Effect.addFinalizer(() => done.await)
    const { events, slid } = yield* bus.subscribe(TextLimits.waitingEvents, isWanted)
    let told = 0
    const leftOut = Effect.suspend(() => {
      const number = slid() - told
      if (number === 0) return Effect.void
      told += number
      return report.emit({
        type: "warning",
        code: "EventsLeftOut",
        message: `${count(number, "event")} of apps not shown, because the reader of this output was too slow`
      })
    })
    const one = (event: LastingEvent) =>
      isOfRoom(event) ? Effect.zipRight(leftOut, report.emit(ofRoom(event))) : Effect.void
    yield* Stream.runForEach(events, one).pipe(
      Effect.zipRight(leftOut),
      Effect.ensuring(done.open),
      Effect.forkDaemon
    )
  })

/** Whether an event is one of a room. */
export const isOfRoom = (event: LastingEvent): event is ServiceEvent => event._tag.startsWith("Service")

/** The line of an event. */
export const ofRoom = (event: ServiceEvent): ReportEvent => {
  const { app } = event
  switch (event._tag) {
    case "ServiceConnected":
      return { type: "connected", ...connectionOf(event) }
    case "ServiceReceived":
      return { type: "received", ...connectionOf(event), bytes: event.bytes, text: event.text }
    case "ServiceSent":
      return { type: "sent", ...connectionOf(event), bytes: event.bytes }
    case "ServiceDisconnected": {
      const { message, reason, receivedBytes, sentBytes } = event
      return { type: "disconnected", ...connectionOf(event), reason, message, receivedBytes, sentBytes }
    }
    case "ServiceLogged":
      return { type: "logged", app, text: event.text }
    case "ServiceDefect": {
      const [what = "", where = ""] = Cause.pretty(Cause.die(event.cause)).split("\n")
      return {
        type: "error",
        code: "AppDefect",
        exitCode: ExitCode.unclassified,
        message: `${app} has met a defect of this program; its other clients continue: ${harmless(what + where)}`,
        hint: "please report it"
      }
    }
  }
}

const connectionOf = (
  { app, peer, transport }: Extract<ServiceEvent, { readonly transport: unknown }>
) => ({ app, transport, peer: format(peer) })

/** An event with the time at which it happened, Unix time in milliseconds. */
export interface Past {
  readonly event: ServiceEvent
  readonly millis: number
}

/** The latest events of rooms, for the operator's console. */
export interface History {
  readonly events: () => ReadonlyArray<Past>
  readonly clear: () => void
}

/** Keeps the latest events until the scope closes. */
export const history: Effect.Effect<History, never, Scope.Scope> = Effect.gen(function*() {
  const bus = yield* EventBus
  const clock = yield* Clock.clockWith(Effect.succeed)
  const kept: Array<Past> = []
  yield* bus.listen((event) => {
    if (!isOfRoom(event)) return
    kept.push({ event, millis: clock.unsafeCurrentTimeMillis() })
    if (kept.length > TextLimits.rememberedEvents) kept.shift()
  })
  return { events: () => Array.from(kept), clear: () => void kept.splice(0) }
})

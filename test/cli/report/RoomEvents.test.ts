import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { ReportEvent } from "../../../src/cli/report/Report.ts"
import * as RoomEvents from "../../../src/cli/report/RoomEvents.ts"
import * as TextLimits from "../../../src/cli/text/TextLimits.ts"
import * as EventBus from "../../../src/telemetry/EventBus.ts"
import type { ServiceEvent } from "../../../src/telemetry/ServiceEvents.ts"

const about = { app: "echo", transport: "tcp", peer: { host: "192.0.2.7", port: 7 } } as const
const received: ServiceEvent = { _tag: "ServiceReceived", ...about, bytes: 4, text: "ahoj" }
const connected: ServiceEvent = { _tag: "ServiceConnected", ...about }

/** Publishes events on a bus whose events are reported; the report waits for `slowly`. */
const reporting = (
  published: ReadonlyArray<ServiceEvent>,
  isDetailed: boolean,
  slowly: Effect.Effect<void> = Effect.void
) =>
  Effect.gen(function*() {
    const events: Array<ReportEvent> = []
    const emit = (event: ReportEvent) => Effect.zipRight(slowly, Effect.sync(() => void events.push(event)))
    const scope = yield* Scope.make()
    yield* Scope.extend(RoomEvents.reported({ emit }, isDetailed), scope)
    const bus = yield* EventBus.EventBus
    for (const event of published) bus.publish(event)
    yield* Scope.close(scope, Exit.void)
    return events
  }).pipe(Effect.provideService(EventBus.EventBus, EventBus.make()))

describe("the events of rooms", () => {
  it.effect("are reported before the end of the server", () =>
    Effect.map(reporting([connected, received], true), (events) => {
      expect(events).toEqual([
        { type: "connected", app: "echo", transport: "tcp", peer: "192.0.2.7:7" },
        { type: "received", app: "echo", transport: "tcp", peer: "192.0.2.7:7", bytes: 4, text: "ahoj" }
      ])
    }))

  it.effect("are without single messages, unless the report shows them", () =>
    Effect.map(reporting([connected, received, { _tag: "ServiceSent", ...about, bytes: 4 }], false), (events) => {
      expect(events.map(({ type }) => type)).toEqual(["connected"])
    }))

  it.effect("that slide away while the reader is slow are counted", () => {
    const many = Array.from({ length: TextLimits.waitingEvents + 10 }, () => received)
    return Effect.map(reporting(many, true), (events) => {
      expect(events.length).toBe(TextLimits.waitingEvents + 1)
      expect(events).toContainEqual({
        type: "warning",
        code: "EventsLeftOut",
        message: "10 events of apps not shown, because the reader of this output was too slow"
      })
    })
  })

  it.effect("have a defect as an error, which ends nothing", () =>
    Effect.map(reporting([{ _tag: "ServiceDefect", app: "echo", cause: new Error("oops") }], false), ([event]) => {
      expect(event).toMatchObject({ type: "error", code: "AppDefect", message: expect.stringContaining("oops") })
    }))

  it.scoped("are kept for the operator, the latest ones", () =>
    Effect.gen(function*() {
      const { clear, events } = yield* RoomEvents.history
      const bus = yield* EventBus.EventBus
      for (let number = 0; number < TextLimits.rememberedEvents + 5; number++) {
        bus.publish({ _tag: "ServiceLogged", app: "sink", text: String(number) })
      }
      expect(events().length).toBe(TextLimits.rememberedEvents)
      expect(events()[0]).toMatchObject({ event: { text: "5" } })
      clear()
      expect(events()).toEqual([])
    }).pipe(Effect.provideService(EventBus.EventBus, EventBus.make())))
})

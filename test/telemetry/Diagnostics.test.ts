import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Diagnostics from "../../src/telemetry/Diagnostics.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import type { LastingEvent } from "../../src/telemetry/TransportEvents.ts"
import { statistics } from "../suites/statistics.ts"

const session = { id: 1, wire: "flock", role: "server", peer: "192.0.2.7:4040" } as const
const opened: LastingEvent = { _tag: "SessionOpened", ...session, statistics }
const closed: LastingEvent = {
  _tag: "SessionClosed",
  ...session,
  reason: "Lost",
  statistics: statistics({ sentBytes: 1, receivedBytes: 2, lostPackets: 3 })
}
const hint: LastingEvent = { _tag: "PeerHint", peer: "192.0.2.7:4040", speaks: "classic" }
const defect: LastingEvent = { _tag: "Defect", wire: "flock", peer: "192.0.2.7:4040", cause: new Error("no sense") }

/** The log entries of these events. */
const logged = (events: ReadonlyArray<LastingEvent>) =>
  Effect.gen(function*() {
    const lines: Array<
      { readonly level: string; readonly text: string; readonly annotations: object; readonly cause: string }
    > = []
    const recorder = Logger.make(({ annotations, cause, logLevel, message }) => {
      const text = Array.isArray(message) ? message.map(String).join(" ") : String(message)
      const named = Object.fromEntries(HashMap.toEntries(annotations))
      lines.push({
        level: logLevel.label,
        text,
        annotations: named,
        cause: Cause.isEmpty(cause) ? "" : Cause.pretty(cause)
      })
    })
    const bus = EventBus.make()
    const logging = Layer.mergeAll(
      Logger.replace(Logger.defaultLogger, recorder),
      Logger.minimumLogLevel(LogLevel.All)
    )
    yield* Layer.build(Diagnostics.layer).pipe(
      Effect.zipRight(Effect.yieldNow()),
      Effect.zipRight(Effect.sync(() => events.forEach(bus.publish))),
      Effect.scoped,
      Effect.provide(logging),
      Effect.provideService(EventBus.EventBus, bus)
    )
    return lines
  })

describe("diagnostics", () => {
  it.scoped("log sessions at the level Debug, with their statistics", () =>
    Effect.gen(function*() {
      expect(yield* logged([opened, closed])).toMatchObject([
        { level: "DEBUG", text: "session opened", annotations: session },
        {
          level: "DEBUG",
          text: "session closed",
          annotations: { ...session, reason: "Lost", sentBytes: 1, receivedBytes: 2, lostPackets: 3 }
        }
      ])
    }))

  it.scoped("log a hint at Info, and a defect at Error with its cause", () =>
    Effect.gen(function*() {
      const lines = yield* logged([hint, defect])
      expect(lines).toMatchObject([
        { level: "INFO", annotations: { peer: "192.0.2.7:4040", speaks: "classic" } },
        { level: "ERROR", annotations: { peer: "192.0.2.7:4040", wire: "flock" } }
      ])
      expect(lines[1]?.cause).toContain("no sense")
    }))

  it.scoped("report the number of dropped events when the queue overflows", () =>
    Effect.gen(function*() {
      const lines = yield* logged(Array.from({ length: 1030 }, () => hint))
      expect(lines[0]).toMatchObject({ level: "WARN", text: "6 events were not logged: there were too many at once" })
      expect(lines.length).toBe(1 + 1024)
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import { SessionEvents } from "../../src/telemetry/SessionEvents.ts"
import type { LastingEvent } from "../../src/telemetry/TransportEvents.ts"
import { statistics } from "../suites/statistics.ts"

const about = { wire: "flock", role: "client", peer: "192.0.2.7:4040" } as const

const recording = Effect.gen(function*() {
  const bus = EventBus.make()
  const seen: Array<LastingEvent> = []
  yield* bus.listen((event) => seen.push(event))
  return { bus, seen }
})

describe("the events of a session", () => {
  it.scoped("are its start and its end, each once, with the last statistics", () =>
    Effect.gen(function*() {
      const { bus, seen } = yield* recording
      let sentBytes = 1
      const events = new SessionEvents(bus, about, () => statistics({ sentBytes }))
      events.onOpened()
      events.onOpened()
      sentBytes = 2
      events.onClosed("Lost")
      events.onClosed("Left")
      events.onOpened()
      const [opened, closed] = seen
      expect(seen.length).toBe(2)
      expect(opened).toMatchObject({ _tag: "SessionOpened", ...about })
      expect(closed).toMatchObject({ _tag: "SessionClosed", ...about, reason: "Lost", statistics: { sentBytes: 2 } })
      expect(opened).toMatchObject({ id: closed?._tag === "SessionClosed" ? closed.id : "none" })
    }))

  it.scoped("do not exist for a session that was never opened", () =>
    Effect.gen(function*() {
      const { bus, seen } = yield* recording
      new SessionEvents(bus, about, statistics).onClosed("Silent")
      expect(seen).toEqual([])
    }))

  it.scoped("have a distinct number for each session", () =>
    Effect.gen(function*() {
      const { bus, seen } = yield* recording
      for (let number = 0; number < 3; number++) new SessionEvents(bus, about, statistics).onOpened()
      expect(new Set(seen.map((event) => "id" in event ? event.id : undefined)).size).toBe(3)
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as ListenerDrops from "../../../src/cli/report/ListenerDrops.ts"
import type { ReportEvent } from "../../../src/cli/report/Report.ts"
import * as EventBus from "../../../src/telemetry/EventBus.ts"
import * as ListenerEvents from "../../../src/telemetry/ListenerEvents.ts"

/** A listener whose counters can be set, and what is reported of it. */
const listening = Effect.gen(function*() {
  const bus = EventBus.make()
  const events: Array<ReportEvent> = []
  const [reporting, listener] = [yield* Scope.make(), yield* Scope.make()]
  yield* Scope.extend(ListenerDrops.reported(bus, (event) => Effect.sync(() => events.push(event))), reporting)
  const counters = { strays: 0, malformed: 0 }
  const about = { wire: "flock", local: "h:1", counters: () => counters } as const
  yield* Scope.extend(ListenerEvents.published(bus, about), listener)
  return {
    counters,
    events,
    close: Scope.close(listener, Exit.void),
    end: Scope.close(reporting, Exit.void),
    /** A flood at 50,000 datagrams a second. */
    flood: (seconds: number) =>
      Effect.repeatN(
        Effect.zipRight(TestClock.adjust("100 millis"), Effect.sync(() => void (counters.malformed += 5000))),
        10 * seconds - 1
      )
  }
})

describe("what a listener drops", () => {
  it.effect("is reported within a second, then once in ten seconds, with its rate, and never while nothing is", () =>
    Effect.gen(function*() {
      const { counters, end, events, flood } = yield* listening
      yield* TestClock.adjust("1 minutes")
      expect(events).toEqual([])
      yield* flood(1)
      yield* TestClock.adjust("1 seconds")
      expect(events).toMatchObject([{ type: "dropped", wire: "flock", reasons: { malformed: expect.any(Number) } }])
      yield* flood(30)
      yield* TestClock.adjust("20 seconds")
      expect(events).toHaveLength(5)
      const totals = events.map((event) => event.type === "dropped" ? event.total : 0)
      expect(totals.reduce((sum, total) => sum + total, 0)).toBe(counters.malformed)
      for (const event of events.slice(2, 4)) {
        if (event.type === "dropped") expect(event.total / event.durationMillis).toBeCloseTo(50, -1)
      }
      yield* TestClock.adjust("1 minutes")
      expect(events).toHaveLength(5)
      yield* end
      expect(events).toHaveLength(5)
    }))

  it.effect("is reported to the last datagram at the end of the listener, or of the reports", () =>
    Effect.gen(function*() {
      const first = yield* listening
      first.counters.strays = 3
      yield* first.close
      yield* TestClock.adjust("1 seconds")
      expect(first.events).toMatchObject([{ type: "dropped", total: 3, reasons: { strays: 3 } }])
      const second = yield* listening
      second.counters.malformed = 2
      yield* second.end
      expect(second.events).toMatchObject([{ total: 2, reasons: { malformed: 2 } }])
    }))
})

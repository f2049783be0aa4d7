import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import * as ListenerEvents from "../../src/telemetry/ListenerEvents.ts"
import * as Metrics from "../../src/telemetry/Metrics.ts"
import type { Statistics } from "../../src/telemetry/Statistics.ts"
import { reading } from "../suites/metricReading.ts"
import { statistics } from "../suites/statistics.ts"

const about = { wire: "flock", role: "client", peer: "192.0.2.7:4040" } as const

/** The change of a metric while an effect runs: other tests share the metrics of the process. */
const change = <E, R>(effect: Effect.Effect<void, E, R>, name: string, tags?: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const before = reading(name, tags)
    yield* effect
    return reading(name, tags) - before
  })

/** The metrics of a bus, and a session whose statistics can be set. */
const observing = Effect.gen(function*() {
  const bus = EventBus.make()
  const scope = yield* Scope.make()
  yield* Layer.buildWithScope(Metrics.layer, scope).pipe(Effect.provideService(EventBus.EventBus, bus))
  let current: Statistics = statistics()
  const id = 1_000_001
  return {
    bus,
    set: (changed: Partial<Statistics>) => Effect.sync(() => current = statistics(changed)),
    open: Effect.sync(() => bus.publish({ _tag: "SessionOpened", id, ...about, statistics: () => current })),
    close: (reason: string) =>
      Effect.sync(() => bus.publish({ _tag: "SessionClosed", id, ...about, reason, statistics: current })),
    fail: Effect.sync(() => bus.publish({ _tag: "Defect", wire: "flock", peer: about.peer, cause: "thrown" })),
    end: Scope.close(scope, Exit.void)
  }
})

const limited = (millis: Partial<Record<"application" | "window" | "congestion" | "pacing", number>>) =>
  ({
    controller: "bbr",
    explanation: {},
    congestionWindowBytes: 0,
    inFlightBytes: 0,
    datagramBytes: 1200,
    spuriousLosses: 0,
    limitedMillis: { application: 0, window: 0, congestion: 0, pacing: 0, ...millis }
  }) as unknown as NonNullable<Statistics["congestion"]>

describe("metrics", () => {
  it.effect("count the packets and bytes of open sessions every second, without counting any twice", () =>
    Effect.gen(function*() {
      const { close, end, open, set } = yield* observing
      yield* open
      const sent = change(
        Effect.zipRight(set({ sentBytes: 100, lostPackets: 1 }), TestClock.adjust("3 seconds")),
        "holub_sent_bytes_total",
        { wire: "flock", role: "client" }
      )
      expect(yield* sent).toBe(100)
      expect(yield* change(Effect.zipRight(set({ sentBytes: 250 }), close("Left")), "holub_sent_bytes_total")).toBe(150)
      yield* end
    }))

  it.effect("count open sessions, and ended ones by their reason", () =>
    Effect.gen(function*() {
      const { close, end, open } = yield* observing
      expect(yield* change(open, "holub_sessions_open")).toBe(1)
      expect(yield* change(close("Lost"), "holub_sessions_closed_total", { reason: "Lost" })).toBe(1)
      expect(yield* change(Effect.zipRight(open, close("Left")), "holub_sessions_open")).toBe(0)
      expect(yield* change(open, "holub_sessions_opened_total")).toBe(1)
      yield* close("Left")
      yield* end
    }))

  it.effect("count dropped packets, and the time for which each factor limited the sender", () =>
    Effect.gen(function*() {
      const { close, end, open, set } = yield* observing
      yield* open
      yield* set({ dropped: { damaged: 2 }, congestion: limited({ pacing: 40 }) })
      yield* TestClock.adjust("1 seconds")
      const dropped = change(
        Effect.zipRight(
          set({ dropped: { damaged: 5, duplicates: 1 }, congestion: limited({ pacing: 70, window: 5 }) }),
          TestClock.adjust("1 seconds")
        ),
        "holub_dropped_total",
        { reason: "damaged" }
      )
      expect(yield* dropped).toBe(3)
      const last = set({ dropped: { damaged: 5 }, congestion: limited({ pacing: 100, window: 5 }) })
      const pacing = change(Effect.zipRight(last, close("Left")), "holub_limited_millis_total", { factor: "pacing" })
      expect(yield* pacing).toBe(30)
      yield* end
    }))

  it.effect("have a round trip for each reading with a measured one", () =>
    Effect.gen(function*() {
      const { close, end, open, set } = yield* observing
      yield* open
      expect(yield* change(TestClock.adjust("2 seconds"), "holub_round_trip_millis")).toBe(0)
      yield* set({ roundTripMillis: 12 })
      expect(yield* change(TestClock.adjust("2 seconds"), "holub_round_trip_millis")).toBe(2)
      yield* close("Left")
      yield* end
    }))

  it.effect("count what listeners dropped and refused, by reason, until their end", () =>
    Effect.gen(function*() {
      const { bus, end } = yield* observing
      const counters = { strays: 3 }
      const listening = ListenerEvents.published(bus, {
        wire: "flock",
        local: "h:1",
        counters: () => ({ ...counters })
      })
      const scope = yield* Scope.make()
      yield* Scope.extend(listening, scope)
      const name = "holub_listener_total"
      const tags = { wire: "flock", reason: "strays" }
      expect(yield* change(TestClock.adjust("2 seconds"), name, tags)).toBe(3)
      counters.strays = 5
      expect(yield* change(Scope.close(scope, Exit.void), name, tags)).toBe(2)
      counters.strays = 9
      expect(yield* change(TestClock.adjust("2 seconds"), name, tags)).toBe(0)
      yield* end
    }))

  it.effect("count no session as open any more when their scope closes", () =>
    Effect.gen(function*() {
      const { end, open } = yield* observing
      expect(yield* change(Effect.zipRight(open, end), "holub_sessions_open")).toBe(0)
    }))

  it.effect("count defects", () =>
    Effect.gen(function*() {
      const { end, fail } = yield* observing
      expect(yield* change(fail, "holub_defects_total", { wire: "flock" })).toBe(1)
      yield* end
    }))

  it.effect("read the statistics a last time when their scope closes", () =>
    Effect.gen(function*() {
      const { close, end, open, set } = yield* observing
      yield* open
      expect(yield* change(Effect.zipRight(set({ sentBytes: 7 }), end), "holub_sent_bytes_total")).toBe(7)
      expect(yield* change(Effect.zipRight(set({ sentBytes: 9 }), close("Left")), "holub_sent_bytes_total")).toBe(0)
    }))
})

import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import * as ListenerEvents from "../../src/telemetry/ListenerEvents.ts"
import type { LastingEvent } from "../../src/telemetry/TransportEvents.ts"

it.scoped("a listener publishes its beginning, and its end with its scope, each with its number", () =>
  Effect.gen(function*() {
    const bus = EventBus.make()
    const seen: Array<LastingEvent> = []
    yield* bus.listen((event) => seen.push(event))
    const about = { wire: "classic", local: "127.0.0.1:4040", counters: () => ({ strays: 0 }) } as const
    for (let turn = 0; turn < 2; turn++) yield* Effect.scoped(ListenerEvents.published(bus, about))
    expect(seen.map(({ _tag }) => _tag)).toEqual(
      ["ListenerOpened", "ListenerClosed", "ListenerOpened", "ListenerClosed"]
    )
    const [first, , second, last] = seen.map((event) => "id" in event ? event.id : undefined)
    expect(second).not.toBe(first)
    expect(last).toBe(second)
    expect(seen[0]).toMatchObject(about)
  }))

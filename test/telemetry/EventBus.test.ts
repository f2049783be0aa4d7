import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import type { LastingEvent, TransportEvent } from "../../src/telemetry/TransportEvents.ts"

const hint = (number: number): LastingEvent => ({ _tag: "PeerHint", peer: `peer:${number}`, speaks: "classic" })
const packet: TransportEvent = {
  _tag: "Packet",
  wire: "classic",
  direction: "sent",
  peer: "peer:1",
  frame: undefined,
  isIntact: false,
  bytes: new Uint8Array(1)
}

describe("a bus", () => {
  it.effect("calls its listeners synchronously, in the order of publishing, until their scope closes", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const seen: Array<TransportEvent> = []
      yield* Effect.scoped(Effect.gen(function*() {
        yield* bus.listen((event) => seen.push(event))
        bus.publish(hint(1))
        bus.publish(hint(2))
        expect(seen).toEqual([hint(1), hint(2)])
      }))
      bus.publish(hint(3))
      expect(seen.length).toBe(2)
    }))

  it.scoped("passes packets to tracers only, and all other events to the listeners", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const seen: Array<TransportEvent> = []
      const traced: Array<TransportEvent> = []
      yield* bus.listen((event) => seen.push(event))
      yield* bus.trace((event) => traced.push(event))
      bus.publish(packet)
      bus.publish(hint(1))
      expect([seen, traced]).toEqual([[hint(1)], [packet]])
    }))

  it.effect("reports whether packets have a tracer: a listener of other events does not count", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      yield* Effect.scoped(
        Effect.zipRight(bus.listen(() => undefined), Effect.sync(() => expect(bus.isTraced()).toBe(false)))
      )
      yield* Effect.scoped(
        Effect.zipRight(bus.trace(() => undefined), Effect.sync(() => expect(bus.isTraced()).toBe(true)))
      )
      expect(bus.isTraced()).toBe(false)
    }))

  it.scoped("passes the newest events to a slow subscriber, and counts the dropped ones", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const { events, slid } = yield* bus.subscribe(3)
      for (let number = 1; number <= 5; number++) bus.publish(hint(number))
      expect(slid()).toBe(2)
      const taken = yield* Stream.runCollect(Stream.take(events, 3))
      expect(Chunk.toReadonlyArray(taken)).toEqual([hint(3), hint(4), hint(5)])
      bus.publish(hint(6))
      expect(slid()).toBe(2)
    }))

  it.scoped("counts as slid what was pushed out, not what the subscriber has not finished yet", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const { events, slid } = yield* bus.subscribe(4)
      const taken: Array<LastingEvent> = []
      const goOn = yield* Effect.makeLatch(false)
      for (let number = 1; number <= 4; number++) bus.publish(hint(number))
      const taking = Stream.runForEach(
        events,
        (event) => Effect.zipRight(goOn.await, Effect.sync(() => taken.push(event)))
      )
      const fiber = yield* Effect.fork(taking)
      yield* Effect.repeatN(Effect.yieldNow(), 10)
      for (let number = 5; number <= 8; number++) bus.publish(hint(number))
      expect(slid()).toBe(0)
      bus.publish(hint(9))
      expect(slid()).toBe(1)
      yield* goOn.open
      yield* Effect.repeatN(Effect.yieldNow(), 100)
      expect(taken).toEqual([1, 2, 3, 4, 6, 7, 8, 9].map(hint))
      yield* Fiber.interrupt(fiber)
    }))

  it.scoped("logs what a listener throws, and calls the others", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const logged: Array<string> = []
      const recorder = Logger.make(({ cause, message }) =>
        void logged.push(`${String(message)} ${Cause.pretty(cause)}`)
      )
      const seen: Array<TransportEvent> = []
      const failing = bus.listen(() => {
        throw new Error("no sense")
      })
      yield* Effect.provide(failing, Logger.replace(Logger.defaultLogger, recorder))
      yield* bus.listen((event) => seen.push(event))
      bus.publish(hint(1))
      expect(seen).toEqual([hint(1)])
      expect(logged).toEqual([expect.stringMatching(/^a listener of the EventBus failed Error: no sense/)])
    }))

  it.effect("is separate for each program that provides it, and has no subscribers by default", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const provided = yield* Effect.provideService(EventBus.EventBus, EventBus.EventBus, bus)
      expect(provided).toBe(bus)
      expect((yield* EventBus.EventBus).isTraced()).toBe(false)
    }))
})

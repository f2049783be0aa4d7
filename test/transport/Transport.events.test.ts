/** The events of the start and the end of a session, on every wire. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Crc } from "../../src/net/Crc.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import type { LastingEvent } from "../../src/telemetry/TransportEvents.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { passing } from "../suites/flockNetwork.ts"
import { acceptAll } from "./acceptAll.ts"

const server = { host: "192.0.2.1", port: 4040 }
const wires = { classic: ClassicTransport.layer(), flock: FlockTransport.layer() }

/** The events of a program over a wire. */
const eventsOf = <A, E>(
  wire: keyof typeof wires,
  program: Effect.Effect<A, E, Effect.Effect.Context<ReturnType<typeof listen>>>
) =>
  Effect.gen(function*() {
    const bus = EventBus.make()
    const events: Array<LastingEvent> = []
    yield* bus.listen((event) => events.push(event))
    const network = Layer.merge(SocketMemory.layer(), Crc.layer)
    yield* passing(Effect.scoped(program)).pipe(
      Effect.provide(Layer.provide(wires[wire], network)),
      Effect.provideService(EventBus.EventBus, bus)
    )
    return events
  })

const send = Outbox.textEnvelope("ok")

describe.each(["classic", "flock"] as const)("a session of %s", (wire) => {
  it.scoped("publishes its start and its end on both sides, with its statistics", () =>
    Effect.gen(function*() {
      const events = yield* eventsOf(
        wire,
        Effect.gen(function*() {
          yield* acceptAll(yield* listen(server))
          yield* Effect.scoped(Effect.flatMap(connect(server), (session) => session.send(send)))
          yield* Effect.sleep("1 seconds")
        })
      )
      const of = (role: string) => events.filter((event) => "role" in event && event.role === role)
      expect(of("client")).toMatchObject([
        { _tag: "SessionOpened", wire, peer: "192.0.2.1:4040" },
        { _tag: "SessionClosed", wire, peer: "192.0.2.1:4040", reason: "Left" }
      ])
      expect(of("server")).toMatchObject([
        { _tag: "SessionOpened", wire },
        { _tag: "SessionClosed", wire, reason: "Closed" }
      ])
      for (const event of events) {
        if (event._tag !== "SessionClosed") continue
        expect(event.statistics.sentPackets).toBeGreaterThan(1)
        expect(event.statistics.receivedBytes).toBeGreaterThan(1)
      }
      expect(new Set(events.map((event) => "id" in event ? event.id : 0)).size).toBe(2)
    }))

  it.scoped("publishes nothing if no server answers", () =>
    Effect.gen(function*() {
      const connecting = Effect.flatMap(connect({ ...server, isProbed: true }), (session) => session.send(send))
      expect(yield* eventsOf(wire, Effect.exit(connecting))).toEqual([])
    }))

  it.scoped("publishes the end of every session when the listener's scope closes", () =>
    Effect.gen(function*() {
      const events = yield* eventsOf(
        wire,
        Effect.gen(function*() {
          yield* Effect.scoped(Effect.gen(function*() {
            yield* acceptAll(yield* listen(server))
            for (let number = 0; number < 3; number++) {
              yield* Effect.forkDaemon(Effect.scoped(Effect.flatMap(connect(server), (session) =>
                Effect.zipRight(session.send(send), session.closed))))
            }
            yield* Effect.sleep("1 seconds")
          }))
          yield* Effect.sleep("10 seconds")
        })
      )
      const atServer = events.flatMap((event) =>
        "role" in event && event.role === "server" ? [event._tag] : []
      )
      expect(atServer.filter((tag) => tag === "SessionOpened").length).toBe(3)
      expect(atServer.filter((tag) => tag === "SessionClosed").length).toBe(3)
    }))
})

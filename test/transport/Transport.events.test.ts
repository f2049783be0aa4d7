/** The events of the start and the end of a session, on every wire. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { crc32 } from "node:zlib"
import { Crc } from "../../src/net/Crc.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import type { LastingEvent } from "../../src/telemetry/TransportEvents.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"
import { passing } from "../suites/flockNetwork.ts"
import { acceptAll } from "./acceptAll.ts"

const server = { host: "192.0.2.1", port: 4040 }
const wires = { classic: ClassicTransport.layer(), flock: FlockTransport.layer() }

/** The events of a program over a wire. */
const eventsOf = <A, E>(
  wire: keyof typeof wires,
  program: Effect.Effect<A, E, Effect.Effect.Context<ReturnType<typeof listen>> | Socket>,
  faults: Layer.Layer<Socket, never, Socket> = Faults.layer({ seed: 1 })
) =>
  Effect.gen(function*() {
    const bus = EventBus.make()
    const events: Array<LastingEvent> = []
    yield* bus.listen((event) => events.push(event))
    const network = Layer.mergeAll(Layer.provide(faults, SocketMemory.layer()), Crc.layer, keyed)
    yield* passing(Effect.scoped(program)).pipe(
      Effect.provide(Layer.provideMerge(wires[wire], network)),
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
      expect(new Set(events.flatMap((event) => "role" in event ? [event.id] : [])).size).toBe(2)
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

describe("the statistics of a session of classic", () => {
  const closings = (events: ReadonlyArray<LastingEvent>, role: string) =>
    events.flatMap((event) => event._tag === "SessionClosed" && event.role === role ? [event] : [])

  it.scoped("are its own when a client connects again from the same port", () =>
    Effect.gen(function*() {
      const events = yield* eventsOf(
        "classic",
        Effect.gen(function*() {
          yield* listen(server)
          const socket = yield* Socket
          const client = yield* socket.bind({ host: "192.0.2.9", port: 5000 }, {
            onRun: () => undefined,
            onError: () => undefined
          })
          const fin = { kind: Frame.Kind.fin, sequenceNumber: 0, fragmentCount: 0, fragmentSize: Frame.headerBytes }
          const inf = (fragmentCount: number) => ({ ...fin, kind: Frame.Kind.inf, fragmentCount, fragmentSize: 18 })
          const [text, nothing] = [new TextEncoder().encode("T"), new Uint8Array(0)]
          for (const [header, payload] of [[inf(2), text], [fin, nothing], [inf(3), text], [fin, nothing]] as const) {
            client.send(server, undefined, (target) => Frame.encode(target, header, payload, crc32))
            yield* Effect.sleep("1 seconds")
          }
        })
      )
      const closed = closings(events, "server")
      expect(closed.map(({ peer, statistics }) => [peer, statistics.receivedPackets])).toEqual([
        ["192.0.2.9:5000", 2],
        ["192.0.2.9:5000", 2]
      ])
    }))

  it.scoped("keep what was delivered and repeated when its transfer fails", () =>
    Effect.gen(function*() {
      const script = Array.from({ length: 400 }, (_, nth) =>
        ({ kind: "DAT", sequenceNumber: 5, direction: "sent", nth: nth + 1, fate: "drop" }) as const)
      const events = yield* eventsOf(
        "classic",
        Effect.gen(function*() {
          yield* acceptAll(yield* listen(server))
          const session = yield* connect(server)
          yield* Effect.exit(session.send(Outbox.textEnvelope("x".repeat(100), { fragmentSize: 10 })))
        }),
        Faults.layer({ seed: 1, script })
      )
      const [lost] = closings(events, "client")
      expect(lost).toMatchObject({ reason: "Lost", statistics: { deliveredBytes: 40 } })
      expect(lost?.statistics.lostPackets).toBeGreaterThan(5)
    }))
})

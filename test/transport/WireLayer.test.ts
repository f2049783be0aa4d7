import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { Crc } from "../../src/net/Crc.ts"
import * as EventBus from "../../src/telemetry/EventBus.ts"
import type { LastingEvent } from "../../src/telemetry/TransportEvents.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { textEnvelope } from "../../src/transfer/Outbox.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"
import { passing } from "../suites/flockNetwork.ts"

const address = { host: "127.0.0.1", port: 4040 }
const network = Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed)

describe("the options of a wire", () => {
  const wrong = [
    ["maxDatagramBytes", FlockTransport.layer({ maxDatagramBytes: 10 })],
    ["limitBytesPerSecond", FlockTransport.layer({ limitBytesPerSecond: 0 })],
    ["maxDatagramBytes", FlockTransport.layer({ maxDatagramBytes: 1300.5 })],
    ["idleTimeoutMillis", FlockTransport.layer({ idleTimeoutMillis: -5 })],
    ["idleTimeoutMillis", FlockTransport.layer({ idleTimeoutMillis: Infinity })],
    ["handshakeMillis", FlockTransport.layer({ handshakeMillis: NaN })],
    ["congestion", FlockTransport.layer({ congestion: "vegas" as never })],
    ["idleTimeoutMillis", ClassicTransport.layer({ idleTimeoutMillis: 0 })],
    ["dialect", ClassicTransport.layer({ dialect: "morse" as never })]
  ] as const

  it.scoped("that are out of their range are a defect with their name when the layer is built", () =>
    Effect.forEach(wrong, ([name, layer]) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(Layer.build(Layer.provide(layer, network)))
        expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain(`${name} must be`)
      })))

  it.scoped("that the configuration has out of their range are an error of the configuration", () =>
    Effect.gen(function*() {
      const settings = Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["MTU", "10"]])))
      const layer = FlockTransport.layerConfig({ maxDatagramBytes: Config.integer("MTU") })
      const error = yield* Effect.flip(Layer.build(Layer.provide(layer, Layer.merge(network, settings))))
      expect(String(error)).toContain("maxDatagramBytes must be a whole number, 1200 to 65507, not 10")
    }))
})

describe.each([["classic", ClassicTransport.layer()], ["flock", FlockTransport.layer()]] as const)(
  "the layer of %s",
  (wire, layer) => {
    const wrongAddresses = [70_000, -1, NaN, Infinity, 80.5, "80" as never].map((port) => ({ host: "127.0.0.1", port }))

    it.scoped("refuses an address that is none before anything is opened, and says which value it has (L6)", () =>
      Effect.gen(function*() {
        const named = { ...address, host: "" }
        for (const where of [...wrongAddresses, named]) {
          for (const attempt of [Effect.asVoid(connect(where)), Effect.asVoid(listen(where))]) {
            const { detail, message, reason } = yield* Effect.flip(attempt)
            expect([reason, detail]).toEqual(["Unsupported", "Address"])
            expect(message).toContain(
              where === named ? "host must be a name or an address, not \"\"" : `not ${where.port}`
            )
          }
        }
        const none = yield* Effect.flip(connect({ ...address, port: 0 }))
        expect(none.message).toBe("port must be a whole number, 1 to 65535, not 0")
      }).pipe(Effect.scoped, Effect.provide(Layer.provide(layer, network))))

    it.scoped.each([NaN, -1, 1.5, Infinity])(
      "refuses a message whose size is %d (L6)",
      (size) =>
        Effect.gen(function*() {
          yield* listen(address)
          const session = yield* passing(connect({ ...address, isProbed: true }))
          const error = yield* Effect.flip(session.send({ ...textEnvelope("a"), size }))
          expect(error).toMatchObject({ reason: "Unsupported", detail: "Envelope" })
          expect(error.message).toContain(`size must be a whole number, at least 0, not ${size}`)
        }).pipe(Effect.scoped, Effect.provide(Layer.provide(layer, network)))
    )

    it.scoped("publishes on the EventBus that its layer was given, whatever the program has", () =>
      Effect.gen(function*() {
        const bus = EventBus.make()
        const events: Array<LastingEvent> = []
        yield* bus.listen((event) => events.push(event))
        const wired = Layer.provide(layer, Layer.merge(network, Layer.succeed(EventBus.EventBus, bus)))
        yield* Effect.gen(function*() {
          yield* listen(address)
          yield* passing(connect({ ...address, isProbed: true }))
        }).pipe(Effect.scoped, Effect.provide(wired))
        expect(events[0]).toMatchObject({ _tag: "ListenerOpened", wire })
        expect(events.map(({ _tag }) => _tag)).toContain("SessionOpened")
      }))
  }
)

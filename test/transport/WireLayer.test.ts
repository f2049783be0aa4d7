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
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import * as WireLayer from "../../src/transport/WireLayer.ts"
import { passing } from "../suites/flockNetwork.ts"

const address = { host: "127.0.0.1", port: 4040 }
const network = Layer.merge(SocketMemory.layer(), Crc.layer)

describe("the options of a wire", () => {
  it("are in their range, or name what is not", () => {
    expect(WireLayer.outOfRange("size", undefined, 1)).toBeUndefined()
    expect(WireLayer.outOfRange("size", 1, 1, 2)).toBeUndefined()
    expect(WireLayer.outOfRange("size", 3, 1, 2)).toBe("size must be 1 to 2, not 3")
    expect(WireLayer.outOfRange("size", NaN, 1)).toBe("size must be at least 1, not NaN")
    expect(WireLayer.unknownName("kind", "c", ["a", "b"])).toBe("kind must be a, b, not \"c\"")
  })

  const wrong = [
    ["maxDatagramBytes", FlockTransport.layer({ maxDatagramBytes: 10 })],
    ["limitBytesPerSecond", FlockTransport.layer({ limitBytesPerSecond: 0 })],
    ["idleTimeoutMillis", FlockTransport.layer({ idleTimeoutMillis: -5 })],
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
      expect(String(error)).toContain("maxDatagramBytes must be 1200 to 65507, not 10")
    }))
})

describe.each([["classic", ClassicTransport.layer()], ["flock", FlockTransport.layer()]] as const)(
  "the layer of %s",
  (wire, layer) => {
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

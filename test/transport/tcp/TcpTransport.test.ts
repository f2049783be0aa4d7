import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { layer, layerConfig } from "../../../src/transport/tcp/TcpTransport.ts"
import { connect, listen, Transport } from "../../../src/transport/Transport.ts"
import { address, network } from "../../suites/tcpNetwork.ts"

describe("tcp as a Transport", () => {
  it.scoped("connects and listens", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const session = yield* connect(address)
      const all = { wire: "tcp", streams: true, metadata: true, reasons: true, fromServer: true, fragments: false }
      expect([session.capabilities, listener.capabilities]).toMatchObject([all, all])
    }).pipe(Effect.provide(Layer.provide(layer(), network()))))

  it.effect("plans messages without a connection", () =>
    Effect.gen(function*() {
      const { plan } = yield* Transport
      const body = () => Stream.empty
      expect(yield* plan({ kind: "text", body })).toEqual({ fragments: undefined, fragmentSize: undefined })
      expect(yield* Effect.flip(plan({ kind: "text", body, fragments: {} }))).toMatchObject({ detail: "Fragments" })
    }).pipe(Effect.provide(Layer.provide(layer(), network()))))

  it.effect("refuses options out of their range", () =>
    Effect.gen(function*() {
      const config = layerConfig({ idleTimeoutMillis: Config.integer("IDLE") })
      const provider = ConfigProvider.fromMap(new Map([["IDLE", "0"]]))
      const configured = Layer.provide(config, Layer.merge(network(), Layer.setConfigProvider(provider)))
      expect(Exit.isFailure(yield* Effect.exit(Effect.provide(Transport, configured)))).toBe(true)
      const built = Effect.provide(Transport, Layer.provide(layer({ sessions: 0 }), network()))
      expect(Exit.isFailure(yield* Effect.exit(built))).toBe(true)
    }))
})

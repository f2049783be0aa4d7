import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Crc } from "../../../src/net/Crc.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import * as ClassicTransport from "../../../src/transport/classic/ClassicTransport.ts"
import { connect, listen, Transport } from "../../../src/transport/Transport.ts"
import { passing } from "../../suites/flockNetwork.ts"

const address = { host: "127.0.0.1", port: 4040 }
const network = Layer.merge(SocketMemory.layer(), Crc.layer)
const wire = Layer.provide(ClassicTransport.layer({ idleTimeoutMillis: 1_000 }), network)

describe("the classic wire as a Transport", () => {
  it.scoped("reads its options from the configuration", () =>
    Effect.gen(function*() {
      const configured = ClassicTransport.layerConfig({ dialect: Config.literal("frame", "payload")("DIALECT") })
      const built = (dialect: string) =>
        Layer.build(Layer.provide(
          configured,
          Layer.merge(network, Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["DIALECT", dialect]]))))
        ))
      expect(Context.get(yield* built("payload"), Transport).capabilities.wire).toBe("classic")
      expect(String(yield* Effect.flip(built("morse")))).toContain("DIALECT")
    }))

  it.scoped("closes a session with the scope that opened it, not with its own", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const scope = yield* Scope.make()
      const client = yield* Scope.extend(connect({ ...address, isProbed: true }), scope)
      const server = yield* Effect.flatten(Stream.runHead(listener.sessions))
      expect([client.isClosed(), listener.open()]).toEqual([false, 1])
      yield* Scope.close(scope, Exit.void)
      expect(yield* server.closed).toMatchObject({ reason: "Closed" })
      expect(client.isClosed()).toBe(true)
    }).pipe(Effect.provide(wire)))

  it.scoped("fails with a SessionError: an address in use, no server", () =>
    Effect.gen(function*() {
      yield* listen(address)
      expect(yield* Effect.flip(listen(address))).toMatchObject({ _tag: "SessionError", reason: "AddressInUse" })
      const nowhere = { ...address, port: 5050, isProbed: true }
      expect(yield* passing(Effect.flip(connect(nowhere)))).toMatchObject({
        _tag: "SessionError",
        reason: "Unreachable"
      })
    }).pipe(Effect.provide(wire)))

  it.effect("plans a message before there is a session", () =>
    Effect.gen(function*() {
      const { plan } = yield* Transport
      const body = () => Stream.empty
      expect(yield* plan({ kind: "text", size: 2_000, body })).toEqual({ fragments: 2, fragmentSize: 1_445 })
      expect(yield* Effect.flip(plan({ kind: "rpc", body }))).toMatchObject({ reason: "Unsupported", detail: "Kind" })
    }).pipe(Effect.provide(wire)))
})

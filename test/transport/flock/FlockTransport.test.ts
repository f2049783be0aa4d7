import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Crc } from "../../../src/net/Crc.ts"
import { messageHeaderBytes } from "../../../src/protocol/ProtocolLimits.ts"
import * as Digest from "../../../src/storage/Digest.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import * as FlockTransport from "../../../src/transport/flock/FlockTransport.ts"
import { connect, listen, Transport } from "../../../src/transport/Transport.ts"
import { keyed } from "../../security/keyed.ts"
import { passing } from "../../suites/flockNetwork.ts"

const address = { host: "127.0.0.1", port: 4040 }
const network = Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed)
const configured = FlockTransport.layerConfig({ congestion: Config.literal("bbr", "cubic")("CONGESTION") })
const withSettings = (settings: ReadonlyArray<readonly [string, string]>) =>
  Layer.provide(configured, Layer.merge(network, Layer.setConfigProvider(ConfigProvider.fromMap(new Map(settings)))))

describe("flock as a Transport", () => {
  it.scoped("reads its options from the configuration", () =>
    Effect.gen(function*() {
      yield* listen(address)
      const session = yield* passing(connect(address))
      expect(session.statistics().congestion?.controller).toBe("cubic")
    }).pipe(Effect.provide(withSettings([["CONGESTION", "cubic"]]))))

  it.scoped("fails with a ConfigError for a missing value", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Layer.build(withSettings([["CONGESTION", "vegas"]])))
      expect(String(error)).toContain("CONGESTION")
    }))

  it.scoped("refuses fragments, a size without a digest, and a header that is too long, before a datagram is sent", () =>
    Effect.gen(function*() {
      const transport = yield* Transport
      const body = () => Stream.empty
      const failures = [
        { kind: "text", fragments: { fragmentSize: 5 }, body },
        { kind: "text", size: 0, body },
        { kind: "note", metadata: "x".repeat(messageHeaderBytes), body }
      ]
      const details = yield* Effect.forEach(failures, (envelope) => Effect.flip(transport.plan(envelope)))
      expect(details).toMatchObject([
        { reason: "Unsupported", detail: "Fragments" },
        { reason: "Unsupported", detail: "Digest" },
        { reason: "Unsupported", detail: "HeaderTooLong" }
      ])
      const whole = { kind: "text", size: 0, sha256: Digest.ofBytes(new Uint8Array(0)), body }
      expect(yield* transport.plan(whole)).toEqual({ fragments: undefined, fragmentSize: undefined })
    }).pipe(Effect.provide(Layer.provide(FlockTransport.layer(), network))))
})

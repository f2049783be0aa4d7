import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeTcp from "../../../src/node/net/NodeTcp.ts"
import { End, listening, tcpSuite } from "../../suites/tcp.ts"
import { loopbacks } from "../loopbacks.ts"

for (const host of loopbacks) tcpSuite(`node:net at ${host}`, NodeTcp.layer, host)

it.scoped("at the wildcard of both families, a client of IPv4 has an address of IPv4", () =>
  Effect.gen(function*() {
    const { end, local } = yield* listening("::")
    const client = new End(yield* NodeTcp.make.connect({ host: "127.0.0.1", port: local.port }))
    const { connection } = yield* end()
    expect(connection.peer).toEqual(client.connection.local)
    expect(connection.local).toEqual({ host: "127.0.0.1", port: local.port })
  }).pipe(Effect.provide(NodeTcp.layer)))

it.scoped("resolves names with the system, and does not connect to an address that is no host's", () =>
  Effect.gen(function*() {
    expect(yield* NodeTcp.make.resolve("127.0.0.1")).toEqual(["127.0.0.1"])
    expect(yield* NodeTcp.make.resolve("localhost")).toContain("127.0.0.1")
    expect(yield* Effect.flip(NodeTcp.make.connect({ host: "127.0.0.1%lo", port: 9 }))).toMatchObject({
      reason: "InvalidZone"
    })
    expect(yield* Effect.flip(NodeTcp.make.connect({ host: "fe80::1", port: 9 }))).toMatchObject({
      reason: "InvalidZone"
    })
    expect(yield* Effect.flip(NodeTcp.make.listen({ host: "192.0.2.1", port: 0 }, () => undefined))).toMatchObject({
      reason: "AddressNotAvailable"
    })
  }))

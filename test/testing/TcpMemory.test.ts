import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NetLimits from "../../src/net/NetLimits.ts"
import { Tcp } from "../../src/net/Tcp.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import { End, listening, tcpSuite } from "../suites/tcp.ts"

tcpSuite("TCP in memory", TcpMemory.layer(), "127.0.0.1")
tcpSuite("TCP in memory, byte by byte", TcpMemory.layer({ readBytes: 997 }), "::1")

it.scoped("delivers at most so many bytes with one read", () =>
  Effect.gen(function*() {
    const { connect } = yield* Tcp
    const { end, local } = yield* listening("127.0.0.1", false)
    const client = yield* connect(local)
    const server = yield* end()
    const lengths: Array<number> = []
    server.start({ onBytes: ({ length }) => lengths.push(length) })
    client.start({
      onBytes: () => undefined,
      onEnd: () => undefined,
      onDrain: () => undefined,
      onClose: () => undefined
    })
    client.write(new Uint8Array(2))
    client.write(new Uint8Array(3))
    yield* server.until(({ receivedBytes }) => receivedBytes === 5)
    expect(lengths).toEqual([2, 2, 1])
  }).pipe(Effect.provide(TcpMemory.layer({ readBytes: 2 }))))

it.scoped("gives one host at most its share of a listener, and others have room", () =>
  Effect.gen(function*() {
    const at = TcpMemory.network()
    const tcp = at()
    const local = yield* tcp.listen({ host: "192.0.2.1", port: 0 }, (connection) =>
      new End(connection, false).start({ onBytes: (bytes) => connection.write(bytes) }))
    const most = Math.floor(NetLimits.acceptedConnections / 3)
    const many = yield* Effect.replicateEffect(
      Effect.map(at("192.0.2.2").connect(local), (one) =>
        new End(one)),
      most + 1
    )
    const last = many.at(-1)
    if (last !== undefined) yield* last.has("Reset")
    expect(many.filter(({ events }) => events.length > 0).length).toBe(1)
    const other = new End(yield* at("192.0.2.3").connect(local))
    many[0]?.connection.reset()
    const again = new End(yield* at("192.0.2.2").connect(local))
    for (const one of [other, again]) {
      one.connection.finish()
      expect(one.events).toEqual([])
    }
  }))

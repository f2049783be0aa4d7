import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { address, content, firstStream, network, newWire, pair, passing } from "../../suites/flockNetwork.ts"

describe("a client whose address has become unreachable", () => {
  it.scoped("continues the session from another socket", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const { client, server } = yield* pair()
      const before = server.peer()
      const stream = yield* client.openStream
      const sending = yield* Effect.fork(Effect.zipRight(stream.write(content(2_000_000)), stream.finish))
      const theirs = yield* passing(firstStream(server))
      wire.deadPorts.add(before.port)
      const got = yield* passing(Effect.gen(function*() {
        let count = 0
        for (;;) {
          const bytes = yield* theirs.read()
          if (bytes === undefined) return count
          count += bytes.length
        }
      }))
      expect(got).toBe(2_000_000)
      yield* Fiber.join(sending)
      expect(server.peer().host).toBe(before.host)
      expect(server.peer().port).not.toBe(before.port)
      expect([client.isClosed(), server.isClosed(), client.peer().host]).toEqual([false, false, address.host])
    }).pipe(Effect.provide(network(wire)))
  })

  it.scoped("detects it by a keep-alive while the application is idle", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* TestClock.adjust("1 seconds")
      const before = server.peer()
      wire.deadPorts.add(before.port)
      yield* TestClock.adjust("25 seconds")
      expect(server.peer().port).not.toBe(before.port)
      yield* TestClock.adjust("60 seconds")
      expect([client.isClosed(), server.isClosed()]).toEqual([false, false])
    }).pipe(Effect.provide(network(wire)))
  })

  it.scoped("opens no other socket while its packets are acknowledged", () => {
    const wire = newWire()
    return Effect.gen(function*() {
      const { client, server } = yield* pair()
      const before = server.peer()
      const stream = yield* client.openStream
      yield* stream.write(content(500_000))
      yield* TestClock.adjust("60 seconds")
      expect([server.peer(), client.isClosed()]).toEqual([before, false])
    }).pipe(Effect.provide(network(wire)))
  })
})

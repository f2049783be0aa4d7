/** Paths that carry no datagrams of the size that flock needs. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../../src/net/Crc.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import { connect, listen } from "../../../src/transport/flock/FlockEndpoint.ts"
import { keyed } from "../../security/keyed.ts"
import { type BrokenPath, brokenPath, onPath } from "../../suites/brokenPath.ts"
import { address, firstStream, pair, passing } from "../../suites/flockNetwork.ts"

const network = (path: BrokenPath) =>
  Layer.mergeAll(Layer.provide(onPath(path), SocketMemory.layer()), Crc.layer, keyed)

describe("connect", () => {
  it.scoped("says after three refused HELLOs that the path is too small, not that the peer is silent (W14)", () => {
    const path = brokenPath({ mtuBytes: 1192 })
    return Effect.gen(function*() {
      yield* listen(address)
      const connecting = yield* Effect.fork(Effect.flip(connect(address)))
      yield* TestClock.adjust("900 millis")
      expect(yield* Fiber.join(connecting)).toMatchObject({
        reason: "TooLarge",
        message: "the path to 127.0.0.1:4040 carries no datagrams of 1200 bytes"
      })
      expect(path.sent).toEqual([1200, 1200, 1200])
    }).pipe(Effect.provide(network(path)))
  })

  it.scoped.each(["Refused", "Unreachable", "TooLarge"] as const)(
    "is not ended by a forged report for each HELLO, %s, when the server answers",
    (forged) =>
      Effect.gen(function*() {
        yield* listen(address)
        const session = yield* passing(connect(address))
        expect(session.isClosed()).toBe(false)
      }).pipe(Effect.provide(network(brokenPath({ forged }))))
  )
})

describe("an open session", () => {
  const writing = Effect.gen(function*() {
    const { client, server } = yield* pair()
    const stream = yield* client.openStream
    yield* stream.write(new Uint8Array(1))
    const theirs = yield* passing(firstStream(server))
    yield* passing(theirs.read())
    return { client, server, stream, theirs }
  })

  it.scoped("whose path becomes too small ends with this reason on both sides, after three seconds (W14)", () => {
    const path = brokenPath()
    return Effect.gen(function*() {
      const { client, server, stream } = yield* writing
      path.mtuBytes = 1192
      yield* stream.write(new Uint8Array(10_000))
      yield* TestClock.adjust("2900 millis")
      expect(client.isClosed()).toBe(false)
      yield* TestClock.adjust("1500 millis")
      expect([client.isClosed(), server.isClosed()]).toEqual([true, true])
      const expected = { reason: "TooLarge", message: expect.stringMatching(/carries no datagrams of 1200 bytes$/) }
      expect(yield* client.closed).toMatchObject(expected)
      expect(yield* server.closed).toMatchObject(expected)
    }).pipe(Effect.provide(network(path)))
  })

  it.scoped("survives an interface that is too small for two seconds", () => {
    const path = brokenPath()
    return Effect.gen(function*() {
      const { client, stream, theirs } = yield* writing
      path.mtuBytes = 1192
      yield* stream.write(new Uint8Array(10_000))
      yield* TestClock.adjust("2 seconds")
      path.mtuBytes = Infinity
      expect((yield* passing(theirs.read()))?.length).toBeGreaterThan(0)
      yield* TestClock.adjust("10 seconds")
      expect(client.isClosed()).toBe(false)
    }).pipe(Effect.provide(network(path)))
  })
})

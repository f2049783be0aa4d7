import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { Tcp } from "../../src/net/Tcp.ts"
import * as NetworkMemory from "../../src/testing/NetworkMemory.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import * as TcpTransport from "../../src/transport/tcp/TcpTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"

const server = { host: "192.0.2.1", port: 4040 }

/** The round trip of a session over a network with these options, in virtual milliseconds. */
const roundTrip = (options?: NetworkMemory.Options) =>
  Effect.gen(function*() {
    const measuring = yield* Effect.fork(
      Effect.gen(function*() {
        yield* listen(server)
        const session = yield* connect(server)
        return yield* session.ping
      }).pipe(
        Effect.scoped,
        Effect.provide(Layer.provide(FlockTransport.layer(), Layer.merge(NetworkMemory.layer(options), keyed)))
      )
    )
    yield* TestClock.adjust("1 minutes")
    return yield* Fiber.join(measuring)
  })

describe("a network in memory", () => {
  it.effect("connects a client and a server of a wire, with the faults and the delays that a test asks for", () =>
    Effect.gen(function*() {
      expect(yield* roundTrip()).toBe(0)
      const faults: Array<unknown> = []
      const script = [{ kind: "HELLO", nth: 1, fate: "drop" }] as const
      const slow = yield* roundTrip({
        faults: { seed: 1, delayMillis: 50, script, onFault: (fault) => faults.push(fault) }
      })
      expect(slow).toBeGreaterThanOrEqual(100)
      expect(faults).toContainEqual(expect.objectContaining({ kind: "HELLO", fate: "drop" }))
    }))

  it.effect("carries the wire tcp", () =>
    Effect.gen(function*() {
      yield* listen(server)
      const session = yield* connect(server)
      yield* session.ping
      expect(session.capabilities.wire).toBe("tcp")
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.provide(TcpTransport.layer(), Layer.merge(NetworkMemory.layer(), keyed)))
    ))

  it.effect("has connections of TCP, with the reads that a test asks for", () =>
    Effect.gen(function*() {
      const tcp = yield* Tcp
      const reads: Array<number> = []
      const silent = { onEnd: () => undefined, onDrain: () => undefined, onClose: () => undefined }
      yield* tcp.listen(server, (connection) =>
        connection.start({ ...silent, onBytes: ({ length }) => void reads.push(length) }))
      const client = yield* tcp.connect(server)
      client.start({
        ...silent,
        onBytes: () =>
          undefined
      })
      client.write(new Uint8Array(3))
      yield* TestClock.adjust(0)
      expect(reads).toEqual([1, 1, 1])
    }).pipe(Effect.scoped, Effect.provide(NetworkMemory.layer({ tcp: { readBytes: 1 } }))))
})

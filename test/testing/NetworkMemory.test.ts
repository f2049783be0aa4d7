import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as NetworkMemory from "../../src/testing/NetworkMemory.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
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
})

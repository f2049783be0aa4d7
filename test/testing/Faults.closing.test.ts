import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Endpoint from "../../src/transport/classic/ClassicEndpoint.ts"
import { address, network } from "../suites/virtualNetwork.ts"

it.scoped("a socket that closes does not take back what it has sent: a last FIN arrives over a slow path", () =>
  Effect.gen(function*() {
    const listener = yield* Endpoint.listen(address)
    const reason = yield* Effect.fork(Stream.runHead(Stream.mapEffect(listener.peers, (peer) => peer.closed)))
    const visit = Effect.gen(function*() {
      const connection = yield* Endpoint.connect(address)
      yield* connection.probe
    })
    yield* Effect.fork(Effect.scoped(visit))
    yield* TestClock.adjust("2 seconds")
    expect(yield* Fiber.join(reason)).toMatchObject({ value: { reason: "Closed" } })
  }).pipe(Effect.provide(network([], [], { delayMillis: 100 }))))

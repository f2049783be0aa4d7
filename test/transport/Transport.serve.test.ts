/** Messages that the application does not handle, over every wire: their senders learn it. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../src/net/Crc.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { textEnvelope } from "../../src/transfer/Outbox.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import type { Incoming, Session } from "../../src/transport/Transport.ts"
import * as Transport from "../../src/transport/Transport.ts"
import * as TransportLimits from "../../src/transport/TransportLimits.ts"
import { keyed } from "../security/keyed.ts"
import { address, passing } from "../suites/flockNetwork.ts"

const wires = { classic: ClassicTransport.layer(), flock: FlockTransport.layer() }
const over = (wire: keyof typeof wires) =>
  Effect.provide(Layer.provide(wires[wire], Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed)))

/** What the sender of a text learns when the receiver's application drops it. */
const outcomes = { classic: { reason: "Declined" }, flock: { reason: "Abandoned" } }

/** A client, and a server that does `serving` with each of its sessions. */
const world = (serving: (session: Session) => Effect.Effect<unknown>) =>
  Effect.gen(function*() {
    const listener = yield* Transport.listen(address)
    yield* Effect.forkScoped(Stream.runForEach(listener.sessions, (session) => Effect.fork(serving(session))))
    return yield* passing(Transport.connect({ ...address, isProbed: true }))
  })

const accepting = (incoming: Incoming) => Effect.zipRight(Stream.runDrain(incoming.body(1)), incoming.accept())

describe.each(["classic", "flock"] as const)("a message over %s that the application drops (L3)", (wire) => {
  it.scoped("because no handler answers it fails at its sender at once", () =>
    Effect.gen(function*() {
      const client = yield* world(({ serve }) => serve(() => Effect.void))
      const sending = yield* Effect.fork(Effect.flip(client.send(textEnvelope("a"))))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(sending)).toMatchObject(outcomes[wire])
    }).pipe(over(wire)))

  it.scoped("because it serves no messages fails at its sender after a time", () =>
    Effect.gen(function*() {
      const client = yield* world(() => Effect.void)
      const sending = yield* Effect.fork(Effect.flip(client.send(textEnvelope("a"))))
      yield* TestClock.adjust(TransportLimits.untakenMillis - 1000)
      expect((yield* Fiber.poll(sending))._tag).toBe("None")
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(sending)).toMatchObject(outcomes[wire])
    }).pipe(over(wire)))

  it.scoped("because it is interrupted in the handler fails at its sender at once", () =>
    Effect.gen(function*() {
      const client = yield* world(({ serve }) => Effect.timeoutOption(serve(() => Effect.never), "3 seconds"))
      const sending = yield* Effect.fork(Effect.flip(client.send(textEnvelope("a"))))
      yield* TestClock.adjust("4 seconds")
      expect(yield* Fiber.join(sending)).toMatchObject(outcomes[wire])
    }).pipe(over(wire)))

  it.scoped("arrives if the application serves within that time", () =>
    Effect.gen(function*() {
      const client = yield* world(({ serve }) => Effect.delay(serve(accepting), TransportLimits.untakenMillis - 1000))
      const sending = yield* Effect.fork(client.send(textEnvelope("a")))
      yield* TestClock.adjust(TransportLimits.untakenMillis)
      expect(yield* Fiber.join(sending)).toMatchObject({ confirmed: true })
    }).pipe(over(wire)))
})

describe("a session over flock", () => {
  it.scoped("carries further messages after more were dropped than may be open at the same time", () =>
    Effect.gen(function*() {
      let arrived = 0
      const client = yield* world(({ serve }) =>
        serve((incoming) => ++arrived > 2 * Limits.openStreams ? accepting(incoming) : Effect.void)
      )
      const many = Array.from({ length: 2 * Limits.openStreams }, () => Effect.flip(client.send(textEnvelope("a"))))
      const errors = yield* passing(Effect.all(many, { concurrency: "unbounded" }))
      expect(new Set(errors.map((error) => error.message))).toEqual(
        new Set(["127.0.0.1:4040 gave up the message before it was complete: it was stopped, or it failed"])
      )
      expect(yield* passing(client.send(textEnvelope("b")))).toMatchObject({ confirmed: true })
    }).pipe(over("flock")))

  it.scoped("abandons a stream when its handler ends", () =>
    Effect.gen(function*() {
      const client = yield* world(({ serveStreams }) => serveStreams(() => Effect.void))
      const stream = yield* client.openStream
      yield* stream.write(Uint8Array.of(1))
      expect(yield* passing(Effect.flip(stream.read()))).toMatchObject({ reason: "Reset" })
    }).pipe(over("flock")))
})

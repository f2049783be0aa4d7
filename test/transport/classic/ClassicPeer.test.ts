import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { sendText } from "../../../src/transfer/Outbox.ts"
import * as Endpoint from "../../../src/transport/classic/ClassicEndpoint.ts"
import type { Incoming } from "../../../src/transport/classic/ClassicPeer.ts"
import { ofConnection } from "../../../src/transport/classic/ClassicSession.ts"
import { address, services } from "../../suites/memoryWorld.ts"
import { arrivedMessages } from "../../suites/virtualNetwork.ts"

const withMessage = <A, E>(
  text: string,
  use: (incoming: Incoming, sending: Fiber.Fiber<unknown, unknown>) => Effect.Effect<A, E>
) =>
  Effect.gen(function*() {
    const listener = yield* Endpoint.listen(address)
    const arrived = yield* arrivedMessages(listener)
    const connection = yield* Endpoint.connect(address)
    const sending = yield* Effect.fork(sendText(ofConnection(connection), text, { fragmentSize: 1445 }))
    return yield* use(yield* arrived, sending)
  }).pipe(Effect.scoped, Effect.provide(services()))

describe("an incoming message", () => {
  it.effect("emits its content as blocks, which together equal the sent content", () =>
    withMessage("päť ".repeat(60_000), (incoming, sending) =>
      Effect.gen(function*() {
        const blocks = Chunk.toReadonlyArray(yield* Stream.runCollect(incoming.blocks))
        expect(blocks.length).toBeGreaterThan(1)
        expect(Buffer.concat(blocks).toString()).toBe("päť ".repeat(60_000))
        expect(incoming.arrivedBytes()).toBe(Buffer.byteLength("päť ".repeat(60_000)))
        yield* incoming.accept
        yield* Fiber.join(sending)
      })))

  it.effect("delays its sender while its blocks are not read", () =>
    withMessage("x".repeat(4_000_000), (incoming) =>
      Effect.gen(function*() {
        yield* TestClock.adjust("3 seconds")
        expect(incoming.arrivedBytes()).toBeLessThanOrEqual(Limits.unwrittenBytes + Limits.receivedBlockBytes)
      })))

  it.effect("is not delivered until it is accepted", () =>
    withMessage("hello", (incoming, sending) =>
      Effect.gen(function*() {
        yield* Stream.runDrain(incoming.blocks)
        yield* TestClock.adjust("10 seconds")
        expect(yield* Fiber.poll(sending)).toMatchObject({ _tag: "None" })
        yield* incoming.accept
        expect(yield* Fiber.join(sending)).toMatchObject({ confirmed: true })
      })))

  it.effect("that is refused fails at its sender as Declined", () =>
    withMessage("hello", (incoming, sending) =>
      Effect.gen(function*() {
        yield* incoming.refuse
        expect(yield* Effect.flip(Fiber.join(sending))).toMatchObject({ reason: "Declined" })
      })))

  it.effect("whose sender leaves fails with the reason", () =>
    withMessage("x".repeat(4_000_000), (incoming, sending) =>
      Effect.gen(function*() {
        yield* Fiber.interrupt(sending)
        const error = yield* Effect.flip(Stream.runDrain(incoming.blocks))
        expect(error).toMatchObject({ _tag: "SessionError", reason: "Closed" })
      })))
})

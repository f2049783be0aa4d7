import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Pace from "../../src/transfer/Pace.ts"
import * as TransferLimits from "../../src/transfer/TransferLimits.ts"
import type { Incoming } from "../../src/transport/Transport.ts"

const peer = { host: "192.0.2.1", port: 4040 }
const progressMillis = 60_000

/** A message whose bytes `arrive` brings; `take` waits `workMillis` with each block. */
const taking = (isScarce = false, workMillis = 0) =>
  Effect.gen(function*() {
    const queue = yield* Queue.unbounded<Uint8Array>()
    let arrivedBytes = 0
    const incoming: Pick<Incoming, "arrivedBytes" | "body"> = {
      arrivedBytes: () => arrivedBytes,
      body: () => Stream.take(Stream.fromQueue(queue), 3)
    }
    const arrive = (bytes: number) =>
      Effect.zipRight(Effect.sync(() => arrivedBytes += bytes), Queue.offer(queue, new Uint8Array(bytes)))
    const take = (body: Incoming["body"]) =>
      Stream.runForEach(body(1), () => Effect.sleep(workMillis)).pipe(Effect.as("taken"))
    const fiber = yield* Effect.fork(
      Effect.either(Pace.required(incoming, peer, { progressMillis, isScarce: () => isScarce }, take))
    )
    return { arrive, fiber }
  })

describe("a message", () => {
  it.effect("of which nothing arrives for the interval is given up, with the peer's name (S4)", () =>
    Effect.gen(function*() {
      const { arrive, fiber } = yield* taking()
      yield* arrive(1)
      yield* TestClock.adjust("2 minutes")
      expect(yield* Fiber.join(fiber)).toMatchObject({
        left: {
          reason: "Stalled",
          peer: "192.0.2.1:4040",
          message: "192.0.2.1:4040 has not gone on with its message for 60 s"
        }
      })
    }))

  it.effect("may be as slow as a byte in each interval, while nobody needs its place", () =>
    Effect.gen(function*() {
      const { arrive, fiber } = yield* taking()
      for (let count = 0; count < 3; count++) {
        yield* TestClock.adjust("50 seconds")
        yield* arrive(1)
      }
      expect(yield* Fiber.join(fiber)).toMatchObject({ right: "taken" })
    }))

  it.effect("needs a least pace while others need its place", () =>
    Effect.gen(function*() {
      const least = TransferLimits.scarceBytesPerSecond * progressMillis / 1000
      for (
        const [bytes, outcome] of [[least - 1, { left: { reason: "Stalled" } }], [least, { right: "taken" }]] as const
      ) {
        const { arrive, fiber } = yield* taking(true)
        yield* TestClock.adjust("1 seconds")
        for (let count = 0; count < 3; count++) {
          yield* arrive(bytes)
          yield* TestClock.adjust(progressMillis)
        }
        expect(yield* Fiber.join(fiber)).toMatchObject(outcome)
      }
    }))

  it.effect("is not given up for the time that its receiver needs", () =>
    Effect.gen(function*() {
      const { arrive, fiber } = yield* taking(false, 600_000)
      for (let count = 0; count < 3; count++) yield* arrive(1)
      yield* TestClock.adjust("29 minutes")
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 minutes")
      expect(yield* Fiber.join(fiber)).toMatchObject({ right: "taken" })
    }))
})

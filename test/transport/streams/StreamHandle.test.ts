import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import type { SessionStream } from "../../../src/transport/SessionStream.ts"
import type { Session } from "../../../src/transport/Transport.ts"
import { content, firstStream, network, pair, passing } from "../../suites/flockNetwork.ts"

const bytesOf = (stream: SessionStream) =>
  Effect.map(Stream.runCollect(stream.bytes), (blocks) => Buffer.concat(Chunk.toReadonlyArray(blocks)))

const writeAndFinish = (stream: SessionStream, bytes: Uint8Array) => Effect.zipRight(stream.write(bytes), stream.finish)

const block = content(Limits.sourceBlockBytes)

/** Writes blocks until it is interrupted, and counts them. */
const writingForEver = (stream: SessionStream, written: { blocks: number }) =>
  Effect.forever(Effect.tap(stream.write(block), () => written.blocks++))

/** Both ends of a stream that the client has opened. */
const opened = (client: Session, server: Session) =>
  Effect.gen(function*() {
    const ours = yield* client.openStream
    yield* ours.write(Uint8Array.of(1))
    const theirs = yield* firstStream(server)
    yield* theirs.read()
    return { ours, theirs }
  })

describe("a stream", () => {
  it.scoped("carries bytes in both directions, in order, until each side finishes", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const [question, answer] = [content(300_000), content(200_001)]
      const serving = yield* Effect.fork(
        Effect.flatMap(firstStream(server), (stream) => Effect.zipLeft(bytesOf(stream), writeAndFinish(stream, answer)))
      )
      const ours = yield* client.openStream
      yield* passing(writeAndFinish(ours, question))
      expect((yield* passing(bytesOf(ours))).equals(answer)).toBe(true)
      expect((yield* Fiber.join(serving)).equals(question)).toBe(true)
      yield* passing(ours.settled)
      expect([ours.readBytes(), ours.ackedBytes()]).toEqual([answer.length, question.length])
      expect(yield* ours.read()).toBeUndefined()
    }).pipe(Effect.provide(network())))

  it.scoped("waits until the requested bytes have arrived, or the stream ends", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const { ours, theirs } = yield* opened(client, server)
      const reading = yield* Effect.fork(theirs.read(5))
      yield* ours.write(Uint8Array.of(1, 2, 3, 4))
      yield* TestClock.adjust("50 millis")
      expect(yield* Fiber.poll(reading)).toMatchObject({ _tag: "None" })
      yield* ours.write(Uint8Array.of(5, 6))
      expect(yield* passing(Fiber.join(reading))).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6))
      yield* writeAndFinish(ours, Uint8Array.of(7))
      expect(yield* passing(theirs.read(5))).toEqual(Uint8Array.of(7))
      expect(yield* theirs.read(5)).toBeUndefined()
    }).pipe(Effect.provide(network())))

  it.scoped("blocks its writer when its reader stops, and no other stream", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const { ours, theirs } = yield* opened(client, server)
      const written = { blocks: 0 }
      const writing = yield* Effect.fork(writingForEver(ours, written))
      yield* TestClock.adjust("2 seconds")
      const held = written.blocks
      yield* TestClock.adjust("2 seconds")
      expect(written.blocks).toBe(held)
      expect(held * Limits.sourceBlockBytes).toBeGreaterThan(Limits.unsentBytes)
      expect(held * Limits.sourceBlockBytes).toBeLessThanOrEqual(
        Limits.firstStreamWindowBytes + Limits.unsentBytes + Limits.sourceBlockBytes
      )
      const other = yield* client.openStream
      yield* writeAndFinish(other, content(100_000))
      const incoming = yield* firstStream(server)
      expect((yield* passing(bytesOf(incoming))).length).toBe(100_000)
      yield* theirs.read(1_000_000)
      yield* passing(Effect.repeat(theirs.read(), { until: () => theirs.readBytes() > Limits.firstStreamWindowBytes }))
      yield* Fiber.interrupt(writing)
      expect(written.blocks).toBeGreaterThan(held)
    }).pipe(Effect.provide(network())))

  it.scoped("that its writer resets, or its reader stops, fails on the other side with the code", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const { ours, theirs } = yield* opened(client, server)
      const reading = yield* Effect.fork(Effect.flip(theirs.read()))
      yield* ours.reset(7)
      expect(yield* passing(Fiber.join(reading))).toMatchObject({ _tag: "SessionError", reason: "Reset", code: 7 })
      yield* ours.stop(9)
      yield* TestClock.adjust("50 millis")
      const error = yield* Effect.flip(theirs.write(Uint8Array.of(1)))
      expect(error).toMatchObject({ reason: "Stopped", code: 9, peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) })
      expect(yield* Effect.flip(theirs.settled)).toMatchObject({ reason: "Stopped", code: 9 })
    }).pipe(Effect.provide(network())))

  it.scoped.each([NaN, -1, 1.5, Infinity])(
    "or session that is ended with the code %d is a defect of the caller only",
    (code) =>
      Effect.gen(function*() {
        const { client, server } = yield* pair()
        const { ours, theirs } = yield* opened(client, server)
        for (const verb of [ours.reset(code), ours.stop(code), client.close(code)]) {
          const exit = yield* Effect.exit(verb)
          expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain(
            `code must be a whole number, at least 0, not ${code}`
          )
        }
        yield* ours.write(Uint8Array.of(2))
        expect(yield* passing(theirs.read())).toEqual(Uint8Array.of(2))
      }).pipe(Effect.provide(network()))
  )

  it.scoped("that is abandoned fails pending reads and writes on both sides", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const scope = yield* Scope.make()
      const { ours, theirs } = yield* Scope.extend(opened(client, server), scope)
      const waiting = [
        yield* Effect.fork(Effect.flip(Effect.asVoid(ours.read()))),
        yield* Effect.fork(Effect.flip(Effect.asVoid(theirs.read()))),
        yield* Effect.fork(Effect.flip(theirs.settled)),
        yield* Effect.fork(Effect.flip(ours.settled))
      ]
      yield* TestClock.adjust("1 seconds")
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("50 millis")
      const errors = yield* Fiber.join(Fiber.all(waiting))
      expect(errors.map(({ reason }) => reason)).toEqual(["Left", "Reset", "Stopped", "Left"])
    }).pipe(Effect.provide(network())))

  it.scoped("that was finished arrives although its scope has closed", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* Effect.scoped(
        Effect.flatMap(client.openStream, (stream) => writeAndFinish(stream, Uint8Array.of(1, 2, 3)))
      )
      expect(yield* passing(Effect.flatMap(firstStream(server), bytesOf))).toEqual(Buffer.of(1, 2, 3))
    }).pipe(Effect.provide(network())))

  it.scoped("returns its written blocks when they are acknowledged", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const { ours, theirs } = yield* opened(client, server)
      const blocks = [content(1000), content(2000)]
      yield* Effect.forEach(blocks, ours.write)
      yield* passing(theirs.read(3000))
      yield* TestClock.adjust("20 millis")
      const released = ours.released()
      expect(released.slice(-2)).toEqual(blocks)
      expect(released.at(-1)).toBe(blocks[1])
      expect(ours.released()).toEqual([])
    }).pipe(Effect.provide(network())))

  it.scoped("still returns received bytes after the session has ended", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      const { ours, theirs } = yield* opened(client, server)
      yield* ours.write(Uint8Array.of(1, 2, 3))
      yield* TestClock.adjust("50 millis")
      yield* client.close()
      yield* server.closed
      expect(yield* theirs.read(100)).toEqual(Uint8Array.of(1, 2, 3))
      expect(yield* Effect.flip(theirs.read())).toMatchObject({ reason: "Closed" })
      expect(yield* Effect.flip(ours.write(Uint8Array.of(1)))).toMatchObject({ reason: "Left" })
    }).pipe(Effect.provide(network())))
})

/**
 * Many sessions with one listener at the same time, in memory. In real time: TestClock takes a turn of the event loop
 * for each of a thousand sleepers.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { connect, listen } from "../../src/transport/flock/FlockEndpoint.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { address, network, newWire } from "./flockNetwork.ts"

/** Answers every byte that arrives on any stream of any session with the same byte. */
const echoing = (listener: Effect.Effect.Success<ReturnType<typeof listen>>) =>
  Effect.forkScoped(
    Stream.runForEach(listener.sessions, (session) =>
      Effect.fork(session.serveStreams((stream) =>
        Effect.zipRight(Stream.runForEach(stream.bytes, stream.write), stream.finish)
      )))
  )

const requestEcho = (session: Session, word: Uint8Array) =>
  Effect.scoped(Effect.gen(function*() {
    const stream = yield* session.openStream
    yield* stream.write(word)
    yield* stream.finish
    return yield* stream.read(word.length)
  }))

/** Opens `count` sessions, each of which receives the echo of its own word; none closes before all have theirs. */
export const sessionsAtOnce = (count: number) =>
  Effect.gen(function*() {
    const small = { ...address, maxDatagramBytes: Limits.leastDatagramBytes }
    const listener = yield* listen(small)
    yield* echoing(listener)
    const words = Array.from({ length: count }, (_, number) => new TextEncoder().encode(`word ${number}`))
    const all = yield* Deferred.make<void>()
    let answered = 0
    yield* Effect.forEach(words, (word) =>
      Effect.scoped(Effect.gen(function*() {
        const session = yield* connect(small)
        expect(yield* requestEcho(session, word)).toEqual(word)
        if (++answered === words.length) {
          expect(listener.open()).toBe(words.length)
          yield* Deferred.succeed(all, undefined)
        }
        yield* Deferred.await(all)
      })), { concurrency: "unbounded", discard: true })
    expect(answered).toBe(words.length)
    expect(listener.open()).toBe(0)
  }).pipe(Effect.provide(network()))

/** Opens `count` sessions at once, and closes them at once, with a server that receives 64 runs in a turn of the event loop. */
export const closedAtOnce = (count: number) => {
  const wire = newWire()
  return Effect.gen(function*() {
    wire.roomInTurn = 64
    const listener = yield* listen(address)
    const scopes = yield* Effect.replicateEffect(Scope.make(), count)
    yield* Effect.forEach(scopes, (scope) => Scope.extend(connect(address), scope), { concurrency: "unbounded" })
    yield* Effect.repeat(Effect.sleep("10 millis"), { until: () => listener.open() === count })
    // Everything is acknowledged, so that nothing but CLOSE is sent.
    yield* Effect.sleep("100 millis")
    yield* Effect.forEach(scopes, (scope) => Scope.close(scope, Exit.void), { concurrency: "unbounded" })
    // A session that has not received CLOSE would stay for the idle timeout of 30 s.
    const forgotten = Effect.repeat(Effect.sleep("10 millis"), { until: () => listener.open() === 0 })
    yield* Effect.timeoutOption(forgotten, "20 seconds")
    expect(listener.open()).toBe(0)
  }).pipe(Effect.scoped, Effect.provide(network(wire)))
}

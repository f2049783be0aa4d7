/**
 * Many sessions with one listener at the same time, in memory. A thousand need real time: TestClock takes a turn of the event loop
 * for each sleeper.
 */
import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
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

/** The time of the test, and a turn of the event loop for the pause of a Gate, which waits for one and not for a time. */
const withTurns = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) => {
    const sleep = (duration: Duration.Duration) => Duration.toMillis(duration) === 0 ? turn : clock.sleep(duration)
    return Effect.withClock(effect, Object.assign(Object.create(clock) as Clock.Clock, { sleep }))
  })

const turn = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))

/**
 * Opens `count` sessions at once, and closes them at once, in virtual time. The server has room for 64 runs in a turn of the event loop, and
 * none is lost for want of it.
 */
export const closedAtOnce = (count: number) => {
  const wire = newWire()
  // What is lost is repeated later, in a time that does not pass here.
  const isFull = Effect.repeat(turn, { until: () => wire.overflows > 0 })
  return Effect.gen(function*() {
    // Closed after a success only: its end waits for sessions that are left.
    const whole = yield* Scope.make()
    const listener = yield* Scope.extend(listen(address), whole)
    const scopes = yield* Effect.replicateEffect(Scope.make(), count)
    wire.roomInTurn = 64
    const opening = Effect.forEach(scopes, (scope) => Scope.extend(connect(address), scope), {
      concurrency: "unbounded"
    })
    yield* Effect.raceFirst(opening, isFull)
    expect([listener.open(), wire.overflows]).toEqual([count, 0])
    // Everything is acknowledged, so that nothing but CLOSE is sent. Timers of all sessions are due at once: they have room.
    wire.roomInTurn = Infinity
    yield* TestClock.adjust("1 seconds")
    wire.roomInTurn = 64
    const closing = Effect.forEach(scopes, (scope) => Scope.close(scope, Exit.void), { concurrency: "unbounded" })
    yield* Effect.raceFirst(Effect.disconnect(closing), isFull)
    expect([listener.open(), wire.overflows]).toEqual([0, 0])
    yield* Scope.close(whole, Exit.void)
  }).pipe(withTurns, Effect.provide(network(wire)))
}

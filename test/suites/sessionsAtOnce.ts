/**
 * Many sessions with one listener at the same time, in memory. In real time: TestClock takes a turn of the event loop
 * for each of a thousand sleepers.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect } from "vitest"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { connect, listen } from "../../src/transport/flock/FlockEndpoint.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { address, network } from "./flockNetwork.ts"

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

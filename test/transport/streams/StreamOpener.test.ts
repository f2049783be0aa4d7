import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { OutOfOrderSpace } from "../../../src/protocol/flock/streams/OutOfOrderSpace.ts"
import { Stream as CoreStream } from "../../../src/protocol/flock/streams/Stream.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { SessionError } from "../../../src/transport/SessionError.ts"
import { StreamOpener } from "../../../src/transport/streams/StreamOpener.ts"
import { network, pair, passing } from "../../suites/flockNetwork.ts"

const space = new OutOfOrderSpace({ windowBytes: 0 })

/** An opener whose peer allows `allowed` streams. */
const opening = (allowed: number) => {
  const state = { allowed, opened: 0, abandoned: [] as Array<number>, over: undefined as SessionError | undefined }
  const opener = new StreamOpener({
    tryToOpen: () => state.opened < state.allowed ? new CoreStream(2 * state.opened++, 0, 0, space) : undefined,
    abandon: ({ id }) => state.abandoned.push(id),
    over: () => state.over
  })
  const raise = (count: number): void => {
    state.allowed += count
    opener.onMayOpen()
  }
  /** Holds a stream until it is interrupted, and records when it gives the stream back. */
  const holding = (closed: Array<number>, taken: Array<number> = []) =>
    opener.acquire(({ id }) => id, (id) => Effect.sync(() => closed.push(id))).pipe(
      Effect.tap((id) => Effect.sync(() => taken.push(id))),
      Effect.zipRight(Effect.never),
      Effect.scoped
    )
  return { state, opener, raise, holding }
}

const over = new SessionError({ reason: "Closed", peer: "192.0.2.1:4040", message: "over" })

describe("an opener of streams", () => {
  it.scoped("answers requests in their order, as many as the peer allows", () =>
    Effect.gen(function*() {
      const { holding, raise } = opening(1)
      const ids: Array<number> = []
      yield* Effect.forEach([1, 2, 3, 4], () => Effect.fork(holding([], ids)))
      yield* TestClock.adjust("1 second")
      expect(ids).toEqual([0])
      raise(2)
      yield* TestClock.adjust("1 second")
      expect(ids).toEqual([0, 2, 4])
      raise(1)
      yield* TestClock.adjust("1 second")
      expect(ids).toEqual([0, 2, 4, 6])
    }))

  it.scoped("fails the requests that wait, and later ones, when the session is over", () =>
    Effect.gen(function*() {
      const { holding, opener, state } = opening(0)
      const waiting = yield* Effect.fork(Effect.flip(holding([])))
      yield* TestClock.adjust("1 second")
      state.over = over
      opener.onOver()
      expect([yield* Fiber.join(waiting), yield* Effect.flip(holding([]))]).toEqual([over, over])
    }))

  it.scoped("loses no stream that opens in the instant of an interruption: the next request has it, or it is abandoned", () =>
    Effect.gen(function*() {
      const { holding, raise, state } = opening(0)
      const [closed, taken]: [Array<number>, Array<number>] = [[], []]
      const first = yield* Effect.fork(holding(closed, taken))
      const second = yield* Effect.fork(holding(closed, taken))
      yield* TestClock.adjust("1 second")
      const me = yield* Effect.fiberId
      // The fiber has the interruption and the stream before it runs again.
      first.unsafeInterruptAsFork(me)
      raise(1)
      yield* TestClock.adjust("1 second")
      expect([taken, closed, state.abandoned]).toEqual([[0], [], []])
      yield* Fiber.interrupt(second)
      expect([taken, closed, state.abandoned]).toEqual([[0], [0], []])
      const third = yield* Effect.fork(holding(closed, taken))
      yield* TestClock.adjust("1 second")
      third.unsafeInterruptAsFork(me)
      raise(1)
      yield* Fiber.await(third)
      expect([taken, closed, state.abandoned]).toEqual([[0], [0], [2]])
    }))

  it.scoped("has each stream closed once, at whichever step its fiber is interrupted", () =>
    Effect.forEach(Array.from({ length: 200 }, (_, number) => number), (number) =>
      Effect.gen(function*() {
        const { holding, raise, state } = opening(0)
        const closed: Array<number> = []
        // A fiber that yields often: every pair of this distance and this time meets another step of it.
        const fiber = yield* Effect.fork(Effect.withMaxOpsBeforeYield(holding(closed), 12 + number % 20))
        yield* TestClock.adjust("1 second")
        raise(1)
        for (let step = 0; step < number / 20; step++) yield* Effect.yieldNow()
        yield* Fiber.interrupt(fiber)
        expect([...closed, ...state.abandoned]).toEqual([0])
      })))
})

describe("the wait for a stream of a session", () => {
  it.scoped("ends when it is interrupted, as does the send of a message, and costs the session nothing", () =>
    Effect.gen(function*() {
      const { client, server } = yield* pair()
      yield* Effect.fork(server.serveStreams(() => Effect.void))
      const scope = yield* Scope.make()
      yield* Effect.forEach(
        Array.from({ length: Limits.openStreams }),
        () => Scope.extend(client.openStream, scope),
        { discard: true }
      )
      const waiting = yield* Effect.fork(Effect.timeoutOption(Effect.scoped(client.openStream), "1 second"))
      const sending = yield* Effect.fork(client.send({ kind: "note", body: () => Stream.empty }))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "None" })
      expect(Exit.isInterrupted(yield* Fiber.interrupt(sending))).toBe(true)
      yield* Scope.close(scope, Exit.void)
      expect((yield* passing(Effect.scoped(client.openStream))).id).toBe(2 * Limits.openStreams)
    }).pipe(Effect.provide(network())))
})

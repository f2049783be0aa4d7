import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import { SessionError } from "../../src/transport/SessionError.ts"
import * as SharedSession from "../../src/transport/SharedSession.ts"
import type { Session } from "../../src/transport/Transport.ts"
import { Transport } from "../../src/transport/Transport.ts"

const where = { host: "192.0.2.1", port: 4040 }
const lost = new SessionError({ reason: "Lost", peer: "192.0.2.1:4040", message: "it stopped answering" })
const silent = new SessionError({ reason: "Silent", peer: "192.0.2.1:4040", message: "it does not answer" })

/** Lets all fibers run until they wait. */
const turns = Effect.repeatN(Effect.yieldNow(), 20)

/** A wire whose attempts to connect are counted and wait; the test answers each. */
const wire = Effect.gen(function*() {
  const answers: Array<Deferred.Deferred<() => void, SessionError>> = []
  const open = yield* Ref.make(0)
  const connect = Effect.gen(function*() {
    const answer = yield* Deferred.make<() => void, SessionError>()
    answers.push(answer)
    yield* Deferred.await(answer)
    yield* Effect.acquireRelease(Ref.update(open, (count) => count + 1), () => Ref.update(open, (count) => count - 1))
    return sessions[answers.indexOf(answer)] as Session
  })
  const sessions: Array<Partial<Session>> = []
  const layer = Layer.succeed(Transport, { connect: () => connect } as unknown as Transport["Type"])
  /** Opens the session of the attempt, or lets it fail. Returns the end of the session. */
  const answer = (attempt: number, error?: SessionError) =>
    Effect.gen(function*() {
      const over = yield* Deferred.make<SessionError>()
      let isClosed = false
      sessions[attempt] = { closed: Deferred.await(over), isClosed: () => isClosed }
      yield* turns
      yield* (error === undefined
        ? Deferred.succeed(answers[attempt]!, () => undefined)
        : Deferred.fail(answers[attempt]!, error))
      yield* turns
      return Effect.zipRight(Effect.sync(() => void (isClosed = true)), Deferred.succeed(over, lost))
    })
  return { answer, attempts: () => answers.length, layer, open: Ref.get(open), session: (at: number) => sessions[at] }
})

describe("a shared session", () => {
  it.scoped("is opened once for requests at the same time, and not before the first", () =>
    Effect.gen(function*() {
      const { answer, attempts, layer, session } = yield* wire
      const shared = yield* Effect.provide(SharedSession.make(where), layer)
      expect(attempts()).toBe(0)
      const getting = yield* Effect.fork(Effect.all([shared.get, shared.get, shared.get], { concurrency: "unbounded" }))
      yield* turns
      yield* answer(0)
      expect(yield* Fiber.join(getting)).toEqual([session(0), session(0), session(0)])
      expect(yield* shared.get).toBe(session(0))
      expect(attempts()).toBe(1)
    }))

  it.scoped("is opened anew, once, when it is over, and released then", () =>
    Effect.gen(function*() {
      const { answer, attempts, layer, open, session } = yield* wire
      const shared = yield* Effect.provide(SharedSession.make(where), layer)
      const first = yield* Effect.fork(shared.get)
      yield* turns
      const end = yield* answer(0)
      yield* Fiber.join(first)
      expect(yield* open).toBe(1)
      yield* end
      const getting = yield* Effect.fork(Effect.all([shared.get, shared.get], { concurrency: "unbounded" }))
      yield* turns
      expect(yield* open).toBe(0)
      yield* answer(1)
      expect(yield* Fiber.join(getting)).toEqual([session(1), session(1)])
      expect(attempts()).toBe(2)
    }))

  it.scoped("fails all requests of a failed attempt, and connects at the next request", () =>
    Effect.gen(function*() {
      const { answer, attempts, layer, session } = yield* wire
      const shared = yield* Effect.provide(SharedSession.make(where), layer)
      const getting = yield* Effect.fork(
        Effect.all([Effect.flip(shared.get), Effect.flip(shared.get)], { concurrency: "unbounded" })
      )
      yield* turns
      yield* answer(0, silent)
      expect(yield* Fiber.join(getting)).toEqual([silent, silent])
      const again = yield* Effect.fork(shared.get)
      yield* turns
      yield* answer(1)
      expect(yield* Fiber.join(again)).toBe(session(1))
      expect(attempts()).toBe(2)
    }))

  it.scoped("is opened for the other requests when the first one is interrupted", () =>
    Effect.gen(function*() {
      const { answer, attempts, layer, session } = yield* wire
      const shared = yield* Effect.provide(SharedSession.make(where), layer)
      const first = yield* Effect.fork(shared.get)
      const second = yield* Effect.fork(shared.get)
      yield* turns
      yield* Fiber.interrupt(first)
      yield* answer(0)
      expect(yield* Fiber.join(second)).toBe(session(0))
      expect(attempts()).toBe(1)
    }))

  it.scoped("ends with its scope: waiting and later requests fail", () =>
    Effect.gen(function*() {
      const { answer, layer, open } = yield* wire
      const scope = yield* Scope.make()
      const shared = yield* Effect.provide(Scope.extend(SharedSession.make(where), scope), layer)
      const waiting = yield* Effect.fork(Effect.flip(shared.get))
      yield* turns
      yield* Scope.close(scope, Exit.void)
      expect(yield* Fiber.join(waiting)).toMatchObject({ reason: "Left" })
      expect(yield* Effect.flip(shared.get)).toMatchObject({ reason: "Left", peer: "192.0.2.1:4040" })

      const other = yield* Scope.make()
      const opened = yield* Effect.provide(Scope.extend(SharedSession.make(where), other), layer)
      const getting = yield* Effect.fork(opened.get)
      yield* turns
      yield* answer(1)
      yield* Fiber.join(getting)
      expect(yield* open).toBe(1)
      yield* Scope.close(other, Exit.void)
      expect(yield* open).toBe(0)
    }))
})

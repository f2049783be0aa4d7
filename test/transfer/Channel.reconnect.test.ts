import { describe, expect, it } from "@effect/vitest"
import * as Array from "effect/Array"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import * as Channel from "../../src/transfer/Channel.ts"
import { ChannelError } from "../../src/transfer/ChannelError.ts"
import * as Router from "../../src/transfer/Router.ts"
import type * as Service from "../../src/transfer/Service.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import type { Listener, Transport } from "../../src/transport/Transport.ts"
import { listen } from "../../src/transport/Transport.ts"
import type { Wire } from "../suites/flockNetwork.ts"
import { address, network, newWire, passing } from "../suites/flockNetwork.ts"

class Till extends Channel.Tag<Till>()("till", {
  /** Adds to the sum: two deliveries add twice. */
  add: { message: Schema.Int, receipt: Schema.Int },
  read: { message: Schema.Null, receipt: Schema.Int, isIdempotent: true },
  scan: { message: Schema.Null, receipt: Schema.Int, hasBody: true },
  count: { message: Schema.Null, receipt: Schema.Int, hasBody: true, isIdempotent: true }
}) {}

/** The sum, the number of read messages, and what a handler does before it answers. */
const newTill = () => ({ sum: 0, reads: 0, before: Effect.void as Effect.Effect<void> })

const bytesOf = ({ body }: Service.Call<null>) => Stream.runFold(body, 0, (sum, block) => sum + block.length)

const serving = (till: ReturnType<typeof newTill>) =>
  Channel.serve(Till, {
    add: ({ message }) =>
      Effect.suspend(() => {
        till.sum += message
        return Effect.as(till.before, till.sum)
      }),
    read: () =>
      Effect.suspend(() => {
        till.reads++
        return Effect.map(till.before, () => till.sum)
      }),
    scan: bytesOf,
    count: bytesOf
  })

/** Runs a server of the till until `stop`. */
const started = (till: ReturnType<typeof newTill>) =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
    const listener = yield* Scope.extend(listen(address), scope)
    yield* Effect.forkIn(Stream.runDrain(Router.run(listener, [serving(till)])), scope)
    return { listener, stop: passing(Scope.close(scope, Exit.void)) }
  })

const often = Schedule.intersect(Schedule.spaced("500 millis"), Schedule.recurs(20))

/** A test with a client of the till. */
const withTill = <E>(
  test: (till: Channel.Client<typeof Till["messages"]>, wire: Wire) => Effect.Effect<void, E, Transport | Scope.Scope>,
  schedule: Schedule.Schedule<unknown> = often
) =>
() => {
  const wire = newWire()
  return Effect.gen(function*() {
    const scope = yield* Scope.make()
    const client = Scope.extend(Channel.client(Till, { ...address, schedule }), scope)
    yield* Effect.onExit(
      Effect.flatMap(client, (till) => Scope.extend(test(till, wire), scope)),
      (exit) => passing(Scope.close(scope, exit))
    )
  }).pipe(Effect.provide(Layer.provide(FlockTransport.layer(), network(wire))))
}

const count = (listener: Listener) => Effect.sync(listener.open)

describe("a client of a channel", () => {
  it.effect(
    "connects with its first call, again when the session is over, by its schedule",
    withTill((till) =>
      Effect.gen(function*() {
        const early = yield* Effect.fork(till.add(1))
        yield* passing(Effect.sleep("11 seconds"))
        const first = yield* started(newTill())
        expect(yield* passing(Fiber.join(early))).toBe(1)
        yield* first.stop
        const waiting = yield* Effect.fork(till.add(2))
        yield* passing(Effect.sleep("1 seconds"))
        yield* started(newTill())
        expect(yield* passing(Fiber.join(waiting))).toBe(2)
      })
    )
  )

  it.effect(
    "fails when its schedule ends: nothing was delivered",
    withTill((till) =>
      Effect.gen(function*() {
        const error = yield* passing(Effect.flip(till.add(1)))
        expect(error).toMatchObject({ _tag: "ChannelError", reason: "Unreachable", delivered: "No" })
        expect(error.cause.reason).toMatch(/^(?:Silent|Unreachable)$/)
      }), Schedule.recurs(2))
  )

  it.effect(
    "whose session ends before the receipt does not repeat the call, and tells that it may have been delivered",
    withTill((till) =>
      Effect.gen(function*() {
        const store = { ...newTill(), before: Effect.never as Effect.Effect<void> }
        const { stop } = yield* started(store)
        const calling = yield* Effect.fork(Effect.flip(till.add(5)))
        yield* passing(Effect.repeat(Effect.sleep("1 millis"), { until: () => store.sum === 5 }))
        yield* stop
        yield* started(store)
        const error = yield* passing(Fiber.join(calling))
        expect(error).toMatchObject({ reason: "Lost", delivered: "Unknown", kind: "till/add" })
        expect(error.message).toContain("may have been delivered")
        expect(store.sum).toBe(5)
      })
    )
  )

  it.effect(
    "repeats an idempotent call whose session ends before the receipt",
    withTill((till) =>
      Effect.gen(function*() {
        const store = { ...newTill(), before: Effect.never as Effect.Effect<void> }
        const { stop } = yield* started(store)
        const calling = yield* Effect.fork(till.read(null))
        yield* passing(Effect.repeat(Effect.sleep("1 millis"), { until: () => store.reads === 1 }))
        yield* stop
        store.before = Effect.void
        yield* started(store)
        expect(yield* passing(Fiber.join(calling))).toBe(0)
        expect(store.reads).toBe(2)
      })
    )
  )

  it.effect(
    "repeats a call that a stopping server refused, at the next server",
    withTill((till) =>
      Effect.gen(function*() {
        const old = yield* started(newTill())
        yield* passing(till.read(null))
        yield* passing(old.listener.drain)
        const calling = yield* Effect.fork(till.add(3))
        yield* passing(Effect.sleep("1 seconds"))
        yield* old.stop
        const store = newTill()
        yield* started(store)
        expect(yield* passing(Fiber.join(calling))).toBe(3)
        expect(store.sum).toBe(3)
      })
    )
  )

  it.effect(
    "does not run the Stream of a body twice, unless its message is idempotent: its first bytes may be gone",
    withTill((till) =>
      Effect.gen(function*() {
        const old = yield* started(newTill())
        yield* passing(till.read(null))
        yield* passing(old.listener.drain)
        const runs = { scan: 0, count: 0 }
        const body = (name: keyof typeof runs) =>
          Stream.suspend(() => {
            runs[name]++
            return Stream.make(new Uint8Array(7))
          })
        const scanning = yield* Effect.fork(Effect.flip(till.scan(null, body("scan"))))
        const counting = yield* Effect.fork(till.count(null, body("count")))
        yield* passing(Effect.sleep("1 seconds"))
        yield* old.stop
        yield* started(newTill())
        const error = yield* passing(Fiber.join(scanning))
        expect(error).toMatchObject({ reason: "Refused", delivered: "No", cause: { detail: "Leaving" } })
        expect(yield* passing(Fiber.join(counting))).toBe(7)
        expect(runs.scan).toBe(1)
        expect(runs.count).toBeGreaterThan(1)
      })
    )
  )

  it.effect(
    "shares one session among its calls, and waits with more than a session carries",
    withTill((till) =>
      Effect.gen(function*() {
        const release = yield* Deferred.make<void>()
        const store = { ...newTill(), before: Deferred.await(release) }
        const { listener } = yield* started(store)
        const calls = Array.makeBy(300, () => till.add(1))
        const all = yield* Effect.fork(Effect.all(calls, { concurrency: "unbounded" }))
        yield* passing(Effect.sleep("3 seconds"))
        expect(yield* count(listener)).toBe(1)
        expect(store.sum).toBe(Limits.openStreams)
        yield* Deferred.succeed(release, undefined)
        yield* passing(Fiber.join(all))
        expect(store.sum).toBe(300)
      })
    )
  )

  it.effect(
    "repeats the calls that still waited for the session when it ended, and no other",
    withTill((till, wire) =>
      Effect.gen(function*() {
        const old = { ...newTill(), before: Effect.never as Effect.Effect<void> }
        const { stop } = yield* started(old)
        const calls = Array.makeBy(300, () => Effect.either(till.add(1)))
        const all = yield* Effect.fork(Effect.all(calls, { concurrency: "unbounded" }))
        yield* passing(Effect.sleep("3 seconds"))
        wire.isCut = true
        yield* stop
        wire.isCut = false
        const store = newTill()
        yield* started(store)
        const [failures, receipts] = Array.separate(yield* passing(Fiber.join(all)))
        expect(failures.map(({ delivered }) => delivered)).toEqual(Array.replicate("Unknown", Limits.openStreams))
        expect(receipts.length).toBe(300 - Limits.openStreams)
        expect([old.sum, store.sum]).toEqual([Limits.openStreams, receipts.length])
      })
    )
  )

  it.effect(
    "loses and doubles nothing while its server restarts again and again: each failure tells what became of the message",
    withTill((till) =>
      Effect.gen(function*() {
        const store = { ...newTill(), before: Effect.sleep("20 millis") }
        const outcomes = { receipts: 0, unknown: 0, none: 0 }
        const calling = yield* Effect.fork(Effect.forEach(Array.range(0, 119), (at) =>
          Effect.delay(till.add(1), 10 * at).pipe(
            Effect.match({
              onSuccess: () => void outcomes.receipts++,
              onFailure: (error) => {
                expect(error).toBeInstanceOf(ChannelError)
                expect(error.delivered).not.toBe("Yes")
                if (error.delivered === "No") outcomes.none++
                else outcomes.unknown++
              }
            })
          ), { concurrency: "unbounded" }))
        while ((yield* Fiber.poll(calling))._tag === "None") {
          const { stop } = yield* started(store)
          yield* passing(Effect.sleep("400 millis"))
          yield* stop
        }
        expect(outcomes.receipts + outcomes.unknown + outcomes.none).toBe(120)
        expect(outcomes.unknown).toBeGreaterThan(0)
        expect(store.sum).toBeGreaterThanOrEqual(outcomes.receipts)
        expect(store.sum).toBeLessThanOrEqual(outcomes.receipts + outcomes.unknown)
      })
    )
  )
})

import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Faults from "../../src/testing/Faults.ts"
import * as NetworkMemory from "../../src/testing/NetworkMemory.ts"
import * as Channel from "../../src/transfer/Channel.ts"
import { ChannelError } from "../../src/transfer/ChannelError.ts"
import * as Router from "../../src/transfer/Router.ts"
import type * as Service from "../../src/transfer/Service.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { SessionError } from "../../src/transport/SessionError.ts"
import { keyed } from "../security/keyed.ts"
import { passing } from "../suites/flockNetwork.ts"

class SoldOut extends Schema.TaggedError<SoldOut>()("SoldOut", { left: Schema.Int }) {}

class Shop extends Channel.Tag<Shop>()("shop", {
  order: {
    message: Schema.Struct({ pieces: Schema.Int.pipe(Schema.positive()) }),
    receipt: Schema.Date,
    error: SoldOut
  },
  measure: {
    message: Schema.Struct({ unit: Schema.String }),
    receipt: Schema.Struct({ bytes: Schema.Int, note: Schema.String }),
    hasBody: true,
    mostBodyBytes: 1_000_000
  }
}) {}

/** What the handlers of a server require. */
class Stock extends Context.Tag("Stock")<Stock, { readonly pieces: number }>() {}

const shipped = new Date("2026-11-30T12:00:00.000Z")

const handlers = {
  order: ({ message }: Service.Call<{ readonly pieces: number }>) =>
    Effect.flatMap(
      Stock,
      ({ pieces }) => message.pieces > pieces ? new SoldOut({ left: pieces }) : Effect.succeed(shipped)
    ),
  measure: ({ body, message: { unit } }: Service.Call<{ readonly unit: string }>) =>
    Effect.map(
      Stream.runFold(body, 0, (sum, block) => sum + block.length),
      (bytes) => ({ bytes, note: unit })
    )
}

const server = { host: "192.0.2.1", port: 4040 }
const serving = Channel.serve(Shop, handlers)

/** Runs `program` with a client of the Shop, and a server with this handler, over flock. */
const withShop = <A, E>(
  program: (shop: Context.Tag.Service<Shop>) => Effect.Effect<A, E>,
  { handler = serving, ...options }: NetworkMemory.Options & { readonly handler?: Router.Handler<never, Stock> } = {}
) => {
  const both = Layer.merge(Router.layer(server, [handler]), Channel.layer(Shop, server))
  const wire = Layer.provide(FlockTransport.layer(), Layer.merge(NetworkMemory.layer(options), keyed))
  return passing(
    Effect.flatMap(Shop, program).pipe(
      Effect.provide(Layer.provide(both, wire)),
      Effect.provideService(Stock, { pieces: 3 })
    )
  )
}

const blocks = (count: number, bytes: number) => Stream.range(1, count).pipe(Stream.map(() => new Uint8Array(bytes)))

describe("a channel", () => {
  it.effect("answers with receipts and with typed errors, over a network that loses and doubles, in virtual time (L8)", () =>
    Effect.gen(function*() {
      const faults: Array<Faults.Fault> = []
      yield* withShop((shop) =>
        Effect.gen(function*() {
          expect(yield* shop.order({ pieces: 2 })).toEqual(shipped)
          expect(yield* Effect.flip(shop.order({ pieces: 9 }))).toEqual(new SoldOut({ left: 3 }))
          expect(yield* shop.measure({ unit: "B" }, blocks(30, 10_000))).toEqual({ bytes: 300_000, note: "B" })
          const orders = Array.from({ length: 15 }, (_, at) => shop.order({ pieces: 1 + at % 5 }))
          const answers = yield* Effect.all(orders.map(Effect.either), { concurrency: "unbounded" })
          expect(answers.map(({ _tag }) => _tag)).toEqual(orders.map((_, at) => at % 5 < 3 ? "Right" : "Left"))
        }), { faults: { seed: 7, loss: 0.1, duplicate: 0.2, delayMillis: 30, onFault: (fault) => faults.push(fault) } })
      expect(faults.length).toBeGreaterThan(10)
    }))

  it.effect("with other Schemas at its two sides fails as malformed: of a message no handler runs, of a receipt it has run", () =>
    Effect.gen(function*() {
      class Other extends Channel.Tag<Other>()("shop", {
        order: { message: Schema.String, receipt: Schema.Date, error: SoldOut },
        measure: { ...Shop.messages.measure, receipt: Schema.String }
      }) {}
      const wire = Layer.provide(FlockTransport.layer(), Layer.merge(NetworkMemory.layer(), keyed))
      const both = Layer.merge(Router.layer(server, [serving]), Channel.layer(Other, server))
      const [order, measure] = yield* passing(
        Effect.flatMap(Other, (shop) =>
          Effect.all([
            Effect.flip(shop.order("two")),
            Effect.flip(shop.measure({ unit: "B" }, Stream.empty))
          ])).pipe(Effect.provide(Layer.provide(both, wire)), Effect.provideService(Stock, { pieces: 3 }))
      )
      expect(order).toMatchObject({ _tag: "ChannelError", reason: "Malformed", delivered: "No", kind: "shop/order" })
      expect(order.message).toContain("\"shop/order\" was not delivered")
      expect(measure).toMatchObject({ reason: "Malformed", delivered: "Yes" })
    }))

  it.effect("sends nothing that does not match its own Schema", () =>
    Effect.gen(function*() {
      const error = yield* withShop((shop) => Effect.flip(shop.order({ pieces: -1 })))
      expect(error).toMatchObject({ reason: "Malformed", delivered: "No", cause: { reason: "Unsupported" } })
    }))

  it.effect("has limits: a message, a receipt and an error of 8 KiB, a body of its declaration", () =>
    Effect.gen(function*() {
      const long = "m".repeat(9000)
      const failures = yield* withShop((shop) =>
        Effect.all([
          Effect.flip(shop.measure({ unit: long }, Stream.empty)),
          Effect.flip(shop.measure({ unit: "m".repeat(8100) }, Stream.empty)),
          Effect.flip(shop.measure({ unit: "B" }, blocks(11, 100_000)))
        ]), {
        handler: Channel.serve(Shop, {
          ...handlers,
          measure: (call) =>
            Effect.map(handlers.measure(call), ({ bytes }) => ({ bytes, note: call.message.unit.repeat(2) }))
        })
      })
      expect(failures).toMatchObject([
        { reason: "Unsupported", delivered: "No", cause: { detail: "HeaderTooLong" } },
        { reason: "Refused", delivered: "Yes", cause: { detail: "ReceiptTooLong" } },
        { reason: "Refused", delivered: "Yes", cause: { detail: "BodyTooLong" } }
      ])
      class Verbose extends Channel.Tag<Verbose>()("verbose", {
        fail: { message: Schema.Null, receipt: Schema.Null, error: Schema.String }
      }) {}
      const both = Layer.merge(
        Router.layer(server, [Channel.serve(Verbose, { fail: () => Effect.fail(long) })]),
        Channel.layer(Verbose, server)
      )
      const wire = Layer.provide(FlockTransport.layer(), Layer.merge(NetworkMemory.layer(), keyed))
      const error = yield* passing(
        Effect.flatMap(Verbose, (verbose) => Effect.flip(verbose.fail(null))).pipe(
          Effect.provide(Layer.provide(both, wire))
        )
      )
      expect(error).toMatchObject({ reason: "Refused", delivered: "Yes", cause: { detail: "ReceiptTooLong" } })
    }))

  it.effect("tells the caller that a handler has a defect, without details, and goes on", () =>
    Effect.gen(function*() {
      const [error, date] = yield* withShop(
        (shop) => Effect.all([Effect.flip(shop.measure({ unit: "B" }, Stream.empty)), shop.order({ pieces: 1 })]),
        {
          handler: Channel.serve(Shop, { ...handlers, measure: () => Effect.die("a secret path") })
        }
      )
      expect(error).toMatchObject({ reason: "Refused", delivered: "Yes", cause: { detail: "Failed" } })
      expect(error.message).not.toContain("secret")
      expect(date).toEqual(shipped)
    }))

  it.effect("that the peer does not serve is unsupported", () =>
    Effect.gen(function*() {
      const error = yield* withShop((shop) => Effect.flip(shop.order({ pieces: 1 })), {
        handler: { kinds: ["other"], handle: () => Stream.empty }
      })
      expect(error).toMatchObject({ reason: "Unsupported", delivered: "No", cause: { reason: "Declined" } })
    }))

  it.effect("gives a caller the failure of its own body as it is", () =>
    Effect.gen(function*() {
      const own = new SessionError({ reason: "Reset", peer: "another", message: "of another session" })
      const errors = yield* withShop((shop) =>
        Effect.all([
          Effect.flip(shop.measure({ unit: "B" }, Stream.fail("no body"))),
          Effect.flip(shop.measure({ unit: "B" }, Stream.fail(own)))
        ])
      )
      expect(errors).toEqual(["no body", own])
    }))

  it.effect("runs as many handlers at a time as its server allows", () =>
    Effect.gen(function*() {
      const running = { now: 0, most: 0 }
      const order = () =>
        Effect.sync(() => void (running.most = Math.max(running.most, ++running.now))).pipe(
          Effect.zipRight(Effect.sleep("10 millis")),
          Effect.as(shipped),
          Effect.ensuring(Effect.sync(() => running.now--))
        )
      const calls = (shop: Context.Tag.Service<Shop>) =>
        Effect.all(Array.from({ length: 20 }, () => shop.order({ pieces: 1 })), { concurrency: "unbounded" })
      yield* withShop(calls, { handler: Channel.serve(Shop, { ...handlers, order }, { concurrency: 3 }) })
      expect(running.most).toBe(3)
      yield* withShop(calls, { handler: Channel.serve(Shop, { ...handlers, order }) })
      expect(running.most).toBe(20)
      for (const concurrency of [0, -1, NaN]) {
        expect(() => Channel.serve(Shop, { ...handlers, order }, { concurrency })).toThrow(RangeError)
      }
    }))

  it.effect("is unsupported on the classic wire: a server fails, and a call fails before anything is sent", () =>
    Effect.gen(function*() {
      const wire = Layer.provide(ClassicTransport.layer(), NetworkMemory.layer())
      const offered = yield* Effect.flip(
        Layer.build(Router.layer(server, [serving])).pipe(Effect.scoped, Effect.provide(wire))
      )
      expect(offered).toMatchObject({ _tag: "SessionError", reason: "Unsupported" })
      const called = yield* Effect.flatMap(Shop, (shop) => Effect.flip(shop.order({ pieces: 1 }))).pipe(
        Effect.provide(Layer.provide(Channel.layer(Shop, server), wire))
      )
      expect(called).toBeInstanceOf(ChannelError)
      expect(called).toMatchObject({ reason: "Unsupported", delivered: "No" })
      expect(called.message).toContain("the classic wire carries texts and files only")
    }).pipe(Effect.provideService(Stock, { pieces: 3 })))
})

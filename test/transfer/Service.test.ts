import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Digest from "../../src/storage/Digest.ts"
import type { Handler } from "../../src/transfer/Router.ts"
import * as Router from "../../src/transfer/Router.ts"
import * as Service from "../../src/transfer/Service.ts"
import { network, pair, passing } from "../suites/flockNetwork.ts"

const Sum = Service.make("sum", {
  message: Schema.Struct({ numbers: Schema.Array(Schema.Number) }),
  receipt: Schema.Struct({ sum: Schema.Number })
})

const Count = Service.make("count", {
  message: Schema.Struct({ unit: Schema.String }),
  receipt: Schema.Number,
  hasBody: true
})

class Negative extends Schema.TaggedError<Negative>()("Negative", { value: Schema.Number }) {}

const sum = Service.handler(Sum, ({ message: { numbers } }) =>
  numbers.length === 0
    ? new Service.Refusal({ reason: "Empty", message: "there is nothing to sum" })
    : Effect.succeed({ sum: numbers.reduce((total, number) => total + number, 0) }))

const count = Service.handler(Count, ({ body }) => Stream.runFold(body, 0, (total, block) => total + block.length))

/** A client whose server offers these handlers. */
const offering = (...handlers: ReadonlyArray<Handler>) =>
  Effect.gen(function*() {
    const { client, listener, server } = yield* pair()
    const sessions = { ...listener, sessions: Stream.concat(Stream.make(server), Stream.never) }
    yield* Effect.forkScoped(Stream.runDrain(Router.run(sessions, handlers)))
    return client
  })

describe("a service", () => {
  it.scoped("answers a message of its Schema with a receipt of its Schema", () =>
    Effect.gen(function*() {
      const client = yield* offering(sum, count)
      expect(yield* passing(Service.call(client, Sum, { numbers: [1, 2, 3] }))).toEqual({ sum: 6 })
    }).pipe(Effect.provide(network())))

  it.scoped("receives the body of a message", () =>
    Effect.gen(function*() {
      const client = yield* offering(sum, count)
      const body = () => Stream.make(new Uint8Array(70_000), new Uint8Array(5))
      expect(yield* passing(Service.call(client, Count, { unit: "bytes" }, body))).toBe(70_005)
    }).pipe(Effect.provide(network())))

  it.scoped("refuses with the handler's reason, and answers the next message", () =>
    Effect.gen(function*() {
      const client = yield* offering(sum)
      expect(yield* passing(Effect.flip(Service.call(client, Sum, { numbers: [] })))).toMatchObject({
        reason: "Declined",
        detail: "Empty",
        message: "there is nothing to sum"
      })
      expect(yield* passing(Service.call(client, Sum, { numbers: [4] }))).toEqual({ sum: 4 })
    }).pipe(Effect.provide(network())))

  it.scoped("fails with an error of its Schema, which the caller gets as it was", () =>
    Effect.gen(function*() {
      const Root = Service.make("root", { message: Schema.Number, receipt: Schema.Number, error: Negative })
      const root = Service.handler(Root, ({ message: value }) =>
        value < 0 ? new Negative({ value }) : Effect.succeed(Math.sqrt(value)))
      const client = yield* offering(root)
      expect(yield* passing(Effect.flip(Service.call(client, Root, -4)))).toEqual(new Negative({ value: -4 }))
      expect(yield* passing(Service.call(client, Root, 4))).toBe(2)
      const other = Service.make("root", { message: Schema.Number, receipt: Schema.Number, error: Schema.String })
      expect(yield* passing(Effect.flip(Service.call(client, other, -4)))).toMatchObject({
        reason: "Protocol",
        detail: "Answer"
      })
    }).pipe(Effect.provide(network())))

  it.scoped("reads no more of a body than its limit, announced or not", () =>
    Effect.gen(function*() {
      const Small = Service.make("small", {
        message: Schema.Null,
        receipt: Schema.Number,
        hasBody: true,
        mostBodyBytes: 9
      })
      let read = 0
      const small = Service.handler(Small, ({ body }) =>
        Effect.as(Stream.runForEach(body, (block) => Effect.sync(() => void (read += block.length))), 0))
      const client = yield* offering(small)
      const bytes = new Uint8Array(10)
      const tooLong = {
        reason: "Declined",
        detail: "BodyTooLong",
        message: `"small" accepts a body of at most 9 bytes`
      }
      const call = Service.call(client, Small, null, () =>
        Stream.make(bytes))
      expect(yield* passing(Effect.flip(call))).toMatchObject(tooLong)
      const announced = {
        kind: "small",
        metadata: null,
        size: 10,
        body: () => Stream.make(bytes),
        sha256: Digest.ofBytes(bytes)
      }
      expect(yield* passing(Effect.flip(client.send(announced)))).toMatchObject(tooLong)
      expect(read).toBe(0)
      expect(yield* passing(Service.call(client, Small, null, () => Stream.make(bytes.subarray(1))))).toBe(0)
      expect(read).toBe(9)
    }).pipe(Effect.provide(network())))

  it.scoped("refuses a message that does not match its Schema, and an unexpected body", () =>
    Effect.gen(function*() {
      const client = yield* offering(sum)
      const send = (metadata: unknown, body: string) => {
        const bytes = new TextEncoder().encode(body)
        const sha256 = Digest.ofBytes(bytes)
        return client.send({ kind: "sum", metadata, size: bytes.length, body: () => Stream.make(bytes), sha256 })
      }
      expect(yield* passing(Effect.flip(send({ numbers: "many" }, "")))).toMatchObject({
        reason: "Declined",
        detail: "Malformed",
        // The Schema is logged, not sent.
        message: "\"sum\" does not accept this message"
      })
      expect(yield* passing(Effect.flip(send({ numbers: [1] }, "body")))).toMatchObject({
        reason: "Declined",
        detail: "Unsupported"
      })
    }).pipe(Effect.provide(network())))

  it.scoped("with a defect refuses the message, without the details", () =>
    Effect.gen(function*() {
      const client = yield* offering(Service.handler(Sum, () => Effect.die("a secret path")))
      const error = yield* passing(Effect.flip(Service.call(client, Sum, { numbers: [1] })))
      expect(error).toMatchObject({ reason: "Declined", detail: "Failed" })
      expect(error.message).not.toContain("secret")
    }).pipe(Effect.provide(network())))

  it.scoped("answers many calls of one session concurrently", () =>
    Effect.gen(function*() {
      const client = yield* offering(sum)
      const numbers = Array.from({ length: 50 }, (_, n) => n)
      const answers = yield* passing(
        Effect.forEach(numbers, (n) => Service.call(client, Sum, { numbers: [n, n] }), { concurrency: "unbounded" })
      )
      expect(Chunk.toReadonlyArray(Chunk.fromIterable(answers)).map((one) => one.sum)).toEqual(
        numbers.map((n) => 2 * n)
      )
    }).pipe(Effect.provide(network())))

  it.scoped("reports a receipt that does not match its Schema as a violation of the protocol", () =>
    Effect.gen(function*() {
      const other = Service.make("sum", { message: Sum.message, receipt: Schema.String })
      const client = yield* offering(sum)
      expect(yield* passing(Effect.flip(Service.call(client, other, { numbers: [1] })))).toMatchObject({
        reason: "Protocol"
      })
    }).pipe(Effect.provide(network())))
})

import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../src/net/Crc.ts"
import { Storage } from "../../src/storage/Storage.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as Inbox from "../../src/transfer/Inbox.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import * as Router from "../../src/transfer/Router.ts"
import * as Service from "../../src/transfer/Service.ts"
import * as TransferSpan from "../../src/transfer/TransferSpan.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"
import { passing } from "../suites/flockNetwork.ts"
import { type Ended, recording } from "../suites/recordingTracer.ts"

const server = { host: "192.0.2.1", port: 4040 }
const Sum = Service.make("sum", { message: Schema.Array(Schema.Number), receipt: Schema.Number })
const adding = Service.handler(Sum, ({ message }) =>
  message.length === 0
    ? new Service.Refusal({ reason: "Nothing", message: "there is nothing to add" })
    : Effect.succeed(message.reduce((sum, term) => sum + term, 0)))

const Count = Service.make("count", { message: Schema.Null, receipt: Schema.Number, hasBody: true })
const Root = Service.make("root", { message: Schema.Number, receipt: Schema.Number, error: Schema.String })
const counting = Service.handler(
  Count,
  ({ body }) => Stream.runFold(body, 0, (total, block) => total + block.length)
)

const receiving = (spans: ReadonlyArray<Ended>): Ended => {
  const span = spans.find(({ name }) => name === "holub.receive")
  if (span === undefined) throw new Error("no message was received")
  return span
}

const transfers = (outcome: string, direction: string): number =>
  Metric.unsafeSnapshot()
    .filter(({ metricKey: { name, tags } }) =>
      name === "holub_transfers_total" && tags.some(({ value }) => value === outcome) &&
      tags.some(({ value }) => value === direction)
    )
    .reduce((sum, { metricState }) => sum + ("count" in metricState ? Number(metricState.count) : 0), 0)

/** Runs a client against a server with an inbox and a service that adds; returns the spans of both. */
const spansOf = (
  client: (session: Effect.Effect.Success<ReturnType<typeof connect>>) => Effect.Effect<unknown, unknown>,
  more: ReadonlyArray<Router.Handler> = []
) =>
  Effect.gen(function*() {
    const { ended, tracer } = recording()
    const services = Layer.merge(
      Layer.provide(FlockTransport.layer(), Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed)),
      StorageMemory.layer(new Map())
    )
    yield* passing(
      Effect.gen(function*() {
        const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/in", ifExists: "fail" }))
        const listener = yield* listen(server)
        yield* Effect.forkScoped(
          Stream.runDrain(Router.run(listener, [Inbox.handler(inbox), adding, counting, ...more]))
        )
        yield* Effect.exit(client(yield* connect(server)))
      }).pipe(Effect.scoped, Effect.provide(services), Effect.withTracer(tracer))
    )
    return ended.filter(({ name }) => name === "holub.send" || name === "holub.receive")
  })

describe("a transfer", () => {
  it.effect("is a span on both sides, with its size, its losses and its outcome", () =>
    Effect.gen(function*() {
      const before = transfers("delivered", "send")
      const spans = yield* spansOf((session) => Outbox.sendText(session, "Holub letí."))
      const common = { "holub.wire": "flock", "holub.kind": "text", "holub.outcome": "delivered", "holub.size": 12 }
      expect(spans).toMatchObject([
        {
          name: "holub.send",
          kind: "producer",
          attributes: { ...common, "holub.peer": "192.0.2.1:4040", "holub.retransmissions": 0 }
        },
        {
          name: "holub.receive",
          kind: "consumer",
          attributes: { ...common, "holub.damaged": 0, "holub.duplicates": 0 }
        }
      ])
      expect(transfers("delivered", "send") - before).toBe(1)
    }))

  it.effect("has the reason of the refusal as its outcome", () =>
    Effect.gen(function*() {
      const spans = yield* spansOf((session) =>
        TransferSpan.send(
          session,
          Outbox.fileEnvelope({
            name: "../escape",
            path: undefined,
            size: 0,
            blocks: () => Stream.empty,
            sha256: Effect.succeed("")
          })
        )
      )
      expect(spans.map(({ attributes, name }) => [name, attributes["holub.outcome"]])).toEqual(
        expect.arrayContaining([["holub.receive", "UnsafeName"], ["holub.send", "Declined"]])
      )
    }))

  it.effect("is a span for messages of a service too: answered, refused, malformed", () =>
    Effect.gen(function*() {
      const answered = yield* spansOf((session) => Service.call(session, Sum, [19, 23]))
      const outcomes = (spans: ReadonlyArray<Ended>) =>
        spans.map(({ attributes, name }) => `${name} ${String(attributes["holub.outcome"])}`).toSorted()
      expect(outcomes(answered)).toEqual(["holub.receive delivered", "holub.send delivered"])
      expect(answered[0]?.attributes).toMatchObject({ "holub.kind": "sum" })
      const refused = yield* spansOf((session) => Service.call(session, Sum, []))
      expect(outcomes(refused)).toEqual(["holub.receive refused", "holub.send Declined"])
      const Other = Service.make("sum", { message: Schema.String, receipt: Schema.Number })
      const malformed = yield* spansOf((session) => Service.call(session, Other, "no numbers"))
      expect(outcomes(malformed)).toEqual(["holub.receive malformed", "holub.send Declined"])
    }))

  it.effect("ends with the error of a message that was refused, and its logs have the peer and the kind", () =>
    Effect.gen(function*() {
      const logged: Array<unknown> = []
      const recorder = Logger.make<unknown, void>(({ annotations }) => void logged.push(HashMap.toEntries(annotations)))
      const failing = Service.handler(Root, ({ message }) =>
        Effect.zipRight(
          Effect.logInfo("called"),
          message === 0 ? Effect.die("no sense") : Effect.fail("negative")
        ))
      const call = (value: number) =>
        spansOf((session) => Service.call(session, Root, value), [failing]).pipe(
          Effect.provide(Logger.replace(Logger.defaultLogger, recorder)),
          Effect.map((spans) => {
            const { attributes, exit } = receiving(spans)
            return [attributes["holub.outcome"], Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined]
          })
        )
      expect(yield* call(-1)).toEqual(["error", "negative"])
      expect(logged).toEqual([
        expect.arrayContaining([
          ["kind", "root"],
          ["wire", "flock"],
          ["peer", expect.stringMatching(/^127\.0\.0\.1:\d+$/)]
        ])
      ])
      expect(yield* call(0)).toEqual(["defect", "no sense"])
      const unknown = yield* spansOf((session) => Service.call(session, Root, 1))
      const { exit } = receiving(unknown)
      expect(Exit.isFailure(exit) && String(Cause.squash(exit.cause))).toContain(`does not offer "root"`)
    }))

  it.effect("distinguishes an interruption, a failure of the body, and a defect", () =>
    Effect.gen(function*() {
      const outcomeOf = (body: Stream.Stream<Uint8Array, string>, isInterrupted = false) =>
        Effect.map(
          spansOf((session) => {
            const sending = TransferSpan.send(session, { kind: "text", body: () => body })
            return isInterrupted
              ? Effect.flatMap(
                Effect.fork(sending),
                (fiber) => Effect.zipRight(TestClock.adjust("1 seconds"), Fiber.interrupt(fiber))
              )
              : sending
          }),
          (spans) => spans.find(({ name }) => name === "holub.send")?.attributes["holub.outcome"]
        )
      expect(yield* outcomeOf(Stream.fail("no body"))).toBe("failed")
      expect(yield* outcomeOf(Stream.die("no sense"))).toBe("defect")
      expect(yield* outcomeOf(Stream.never, true)).toBe("interrupted")
    }))

  it.effect("has the size that it has carried where none was announced: a body of a service, a body that failed", () =>
    Effect.gen(function*() {
      const body = (blockBytes: number) => Stream.make(new Uint8Array(blockBytes), new Uint8Array(10))
      const called = yield* spansOf((session) => Service.call(session, Count, null, body))
      const sizes = called.map(({ attributes }) => attributes["holub.size"])
      expect(sizes[0]).toBeGreaterThan(10)
      expect(sizes).toEqual([sizes[0], sizes[0]])
      const failing = Stream.concat(Stream.make(new Uint8Array(7)), Stream.fail("no body"))
      const failed = yield* spansOf((session) =>
        TransferSpan.send(session, { kind: "count", metadata: null, body: () => failing })
      )
      expect(failed.find(({ name }) => name === "holub.send")?.attributes).toMatchObject({
        "holub.outcome": "failed",
        "holub.size": 7,
        "holub.retransmissions": 0
      })
    }))

  it.effect("is a span as well when no handler offers its kind, of which a span has the first characters", () =>
    Effect.gen(function*() {
      const spans = yield* spansOf((session) =>
        TransferSpan.send(session, { kind: "k".repeat(1000), body: () => Stream.empty })
      )
      expect(spans.map(({ attributes }) => [attributes["holub.kind"], attributes["holub.outcome"]])).toEqual(
        expect.arrayContaining([["k".repeat(64), "refused"], ["k".repeat(64), "Declined"]])
      )
    }))

  it.effect("has a rate where it took time", () =>
    Effect.gen(function*() {
      const { ended, tracer } = recording()
      const session = { capabilities: { wire: "flock" }, peer: () => server } as unknown as Parameters<
        typeof TransferSpan.observed
      >[1]
      const observe = (transfer: Effect.Effect<void>) =>
        TransferSpan.observed("send", session, "file", transfer, () => ({ outcome: "delivered", size: 1000 }))
      const both = Effect.zipRight(observe(TestClock.adjust("4 millis")), observe(Effect.void))
      yield* Effect.withTracer(both, tracer)
      const rates = ended.map(({ attributes }) => Option.fromNullable(attributes["holub.rate_bits_per_second"]))
      expect(rates).toEqual([Option.some(2_000_000), Option.none()])
    }))
})

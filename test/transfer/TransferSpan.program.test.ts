/** What a program that embeds the library can observe with Effect's own means, over both wires. */
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Stream from "effect/Stream"
import {
  Diagnostics,
  EventBus,
  Inbox,
  Metrics,
  Outbox,
  Router,
  SessionError,
  Storage,
  Transport
} from "../../src/index.ts"
import * as Crc from "../../src/net/Crc.ts"
import type { WireName } from "../../src/protocol/WireName.ts"
import * as StorageMemory from "../../src/storage/StorageMemory.ts"
import type { LastingEvent } from "../../src/telemetry/TransportEvents.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { keyed } from "../security/keyed.ts"
import { passing } from "../suites/flockNetwork.ts"
import { reading } from "../suites/metricReading.ts"
import { recording } from "../suites/recordingTracer.ts"

const server = { host: "192.0.2.1", port: 4040 }
/** With the protection that uses the Crc for each packet: its defect ends a session. */
const wires = { classic: ClassicTransport.layer(), flock: FlockTransport.layer({ protection: "crc" }) }

/** The embedder's program: a text is delivered, a file is refused, a defect ends a session, nobody answers. */
const program = (defect: { isDue: boolean }) =>
  Effect.gen(function*() {
    const storage = yield* Storage.Storage
    const inbox = yield* storage.inbox({ path: "/inbox", ifExists: "fail" })
    const listener = yield* Transport.listen(server)
    const handler = Inbox.handler(inbox)
    const logging: typeof handler = {
      ...handler,
      handle: (incoming, context) =>
        Stream.tap(handler.handle(incoming, context), ({ _tag }) => Effect.logInfo(`the inbox: ${_tag}`))
    }
    yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [logging])))
    yield* Effect.scoped(Effect.gen(function*() {
      const session = yield* Transport.connect(server)
      yield* Outbox.sendText(session, "Holub letí.")
      const file = yield* storage.source("/home/taken.txt")
      yield* Effect.exit(Outbox.sendFile(session, file))
    }))
    yield* Effect.scoped(Effect.gen(function*() {
      const session = yield* Transport.connect(server)
      yield* Outbox.sendText(session, "one more")
      defect.isDue = true
      yield* Effect.exit(Outbox.sendText(session, "the last"))
    }))
    yield* Effect.exit(Effect.scoped(Transport.connect({ host: "192.0.2.9", port: 9, isProbed: true })))
  }).pipe(Effect.scoped, Effect.withSpan("app"))

/** Runs the program over a wire with everything that records. */
const observed = (wire: Exclude<WireName, "tcp">) =>
  Effect.gen(function*() {
    const defect = { isDue: false }
    const { ended, tracer } = recording()
    const lines: Array<{ readonly text: string; readonly annotations: object; readonly cause: string }> = []
    const recorder = Logger.make<unknown, void>(({ annotations, cause, message }) => {
      const text = Array.isArray(message) ? message.map(String).join(" ") : String(message)
      const named = Object.fromEntries(HashMap.toEntries(annotations))
      lines.push({ text, annotations: named, cause: Cause.isEmpty(cause) ? "" : Cause.pretty(cause) })
    })
    const bus = EventBus.make()
    const events: Array<LastingEvent> = []
    yield* bus.listen((event) => events.push(event))
    const failing = Layer.effect(
      Crc.Crc,
      Effect.map(Crc.Crc, ({ crc32 }) => ({
        crc32: (bytes: Uint8Array, seed?: number) => {
          if (defect.isDue) {
            defect.isDue = false
            throw new Error("no sense")
          }
          return crc32(bytes, seed)
        }
      }))
    )
    const network = Layer.mergeAll(SocketMemory.layer(), Layer.provide(failing, Crc.Crc.layer), keyed)
    const disk: StorageMemory.Disk = new Map([
      ["/home/taken.txt", new Uint8Array(5)],
      ["/inbox/taken.txt", new Uint8Array(1)]
    ])
    const observers = Layer.mergeAll(Metrics.layer, Diagnostics.layer)
    const services = Layer.mergeAll(Layer.provide(wires[wire], network), StorageMemory.layer(disk), observers)
    const records = Layer.mergeAll(
      Logger.replace(Logger.defaultLogger, recorder),
      Logger.minimumLogLevel(LogLevel.Debug),
      Layer.setTracer(tracer)
    )
    yield* passing(program(defect)).pipe(
      Effect.provide(Layer.provideMerge(services, records)),
      Effect.provideService(EventBus.EventBus, bus)
    )
    return { ended, events, lines }
  })

const outcomes = [
  ["send", "delivered"],
  ["receive", "delivered"],
  ["send", "Declined"],
  ["receive", "TargetExists"],
  ["send", "Defect"]
] as const

/** The metrics of a wire that the program changes. */
const readings = (wire: WireName) => ({
  transfers: outcomes.map(([direction, outcome]) => reading("holub_transfers_total", { wire, direction, outcome })),
  bytes: [
    reading("holub_transfer_bytes_total", { wire, direction: "send" }),
    reading("holub_transfer_millis", { wire })
  ],
  opened: reading("holub_sessions_opened_total", { wire }),
  closed: reading("holub_sessions_closed_total", { wire }),
  open: reading("holub_sessions_open", { wire }),
  defects: reading("holub_defects_total", { wire }),
  roundTrips: reading("holub_round_trip_millis", { wire }),
  sent: reading("holub_sent_bytes_total", { wire }),
  received: reading("holub_received_bytes_total", { wire })
})

describe("a program that embeds the library", () => {
  it.scoped.each(["classic", "flock"] as const)(
    "observes its sessions and transfers as spans, logs, metrics and events, over %s (L7)",
    (wire) =>
      Effect.gen(function*() {
        const before = readings(wire)
        const { ended, events, lines } = yield* observed(wire)
        const after = readings(wire)

        // Spans: each belongs to the program's own, and ends with the error of its transfer.
        const [app, ...others] = ended.toReversed()
        expect(app).toMatchObject({ name: "app", parent: undefined })
        expect(new Set(others.map(({ parent }) => parent))).toEqual(new Set(["app"]))
        expect(new Set(others.map(({ attributes }) => attributes["holub.wire"]))).toEqual(new Set([wire]))
        const spans = others.map(({ attributes, exit, kind, name }) => {
          const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
          const [tag, reason] = error instanceof SessionError || error instanceof Storage.StorageError
            ? [error._tag, error.reason]
            : []
          return [name, kind, attributes["holub.kind"], attributes["holub.outcome"], tag, reason]
        })
        expect(spans.filter(([name]) => name === "holub.connect")).toEqual([
          [
            "holub.connect",
            "client",
            undefined,
            undefined,
            "SessionError",
            "Unreachable"
          ],
          ["holub.connect", "client", undefined, undefined, undefined, undefined],
          ["holub.connect", "client", undefined, undefined, undefined, undefined]
        ])
        const ofTransfers = spans.filter(([name]) => name !== "holub.connect")
        expect(ofTransfers.length).toBe(7)
        expect(ofTransfers).toEqual(expect.arrayContaining([
          ["holub.send", "producer", "text", "delivered", undefined, undefined],
          ["holub.receive", "consumer", "text", "delivered", undefined, undefined],
          ["holub.send", "producer", "file", "Declined", "SessionError", "Declined"],
          ["holub.receive", "consumer", "file", "TargetExists", "StorageError", "TargetExists"],
          ["holub.send", "producer", "text", "Defect", "SessionError", "Defect"]
        ]))

        // Logs: those of the library, and those of the program's handlers with the peer of their message.
        const texts = new Set(lines.map(({ text }) => text))
        // Effect's own, of the fiber of a Stream that fails.
        texts.delete("Fiber terminated with an unhandled error")
        expect(texts).toEqual(
          new Set([
            "listening",
            "session opened",
            "session closed",
            "the inbox: Started",
            "the inbox: Received",
            "the inbox: Refused",
            "a defect of this program ended a session or dropped a packet; other sessions continue"
          ])
        )
        const annotated = { wire, peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }
        for (const { annotations } of lines.filter(({ text }) => text.startsWith("the inbox"))) {
          expect(annotations).toMatchObject(annotated)
        }
        expect(lines.find(({ cause }) => cause.includes("no sense"))?.annotations).toMatchObject({ wire })

        // Events: their sessions, and the reason of each end.
        const tags = events.map((event) => event._tag)
        expect(tags.filter((tag) => tag === "SessionOpened").length).toBe(4)
        expect(tags.filter((tag) => tag === "SessionClosed").length).toBe(4)
        expect(tags).toEqual(expect.arrayContaining(["ListenerOpened", "ListenerClosed", "Defect"]))
        const ends = events.flatMap((event) => event._tag === "SessionClosed" ? [`${event.role} ${event.reason}`] : [])
        expect(ends).toContain("client Defect")
        expect(ends).toContain(wire === "classic" ? "server Declined" : "server Closed")

        // Metrics.
        expect(after.transfers.map((count, at) => count - (before.transfers[at] ?? 0))).toEqual([2, 2, 1, 1, 1])
        expect(after.bytes.map((count, at) => count - (before.bytes[at] ?? 0))).toEqual([20, 4])
        expect([after.opened - before.opened, after.closed - before.closed, after.open - before.open]).toEqual([
          4,
          4,
          0
        ])
        expect(after.defects - before.defects).toBe(1)
        expect(after.roundTrips).toBeGreaterThan(before.roundTrips)
        expect(after.sent).toBeGreaterThan(before.sent)
        expect(after.received).toBeGreaterThan(before.received)
      })
  )
})

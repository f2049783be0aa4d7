import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Serve from "../../../src/cli/commands/Serve.ts"
import { format } from "../../../src/net/Address.ts"
import * as Wires from "../../../src/node/Wires.ts"
import { Storage } from "../../../src/storage/Storage.ts"
import * as Endpoint from "../../../src/transport/classic/ClassicEndpoint.ts"
import { SessionError, type SessionReason } from "../../../src/transport/SessionError.ts"
import { connect, Transport } from "../../../src/transport/Transport.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { type FakeReport, fakeReport, sending, serving, world } from "../commandsInMemory.ts"
import { fakeSession } from "../fakeSession.ts"

const file = (path: string) => ({ wanted: [{ _tag: "Path", path } as const] })

/** A server that is stopped a second after a client has connected. */
const stoppedAfterOneSecond = (report: FakeReport) =>
  Effect.gen(function*() {
    const stopping = yield* Deferred.make<void>()
    const server = yield* Effect.fork(serving(report, {}, Deferred.await(stopping)))
    yield* Effect.yieldNow()
    const connection = yield* Endpoint.connect({ host: "127.0.0.1", port: 4040 })
    yield* Effect.fork(connection.probe)
    yield* TestClock.adjust("1 seconds")
    yield* Deferred.succeed(stopping, undefined)
    return { connection, server }
  })

/** A disk that needs 2 s to publish a file. */
const slowDisk = Layer.effect(
  Storage,
  Effect.map(Storage, (storage) =>
    Storage.of({
      ...storage,
      inbox: (options) =>
        Effect.map(storage.inbox(options), (inbox) => ({
          ...inbox,
          sink: (...wanted) =>
            Effect.map(inbox.sink(...wanted), (sink) => ({ ...sink, publish: Effect.delay(sink.publish, "2 seconds") }))
        }))
    }))
)

/** A wire with one session, which has ended with an error. */
const endingWith = (reason: SessionReason) => {
  const session = fakeSession("flock")
  session.ended = new SessionError({ reason, peer: format(session.peer()), message: "it happened" })
  return Layer.succeed(Transport, {
    capabilities: session.capabilities,
    plan: session.plan,
    connect: () => Effect.never,
    listen: (where) =>
      Effect.succeed({
        capabilities: session.capabilities,
        local: where,
        publicKey: undefined,
        sessions: Stream.concat(Stream.make(session), Stream.never),
        open: () => 1,
        counters: () => ({ strays: 0, malformed: 0, otherWire: 0, turnedAway: 0, errors: 0, defects: 0 }),
        drain: Effect.void,
        isDraining: () => false
      })
  })
}

describe("serve", () => {
  it.effect("takes the next free port if it may, and says which", () => {
    const [first, second, third] = [fakeReport(), fakeReport(), fakeReport()]
    return Effect.gen(function*() {
      yield* Effect.fork(serving(first))
      yield* Effect.fork(serving(second, { portSearch: 5 }))
      yield* Effect.yieldNow()
      expect(yield* Effect.flip(serving(third, { portSearch: 1 }))).toMatchObject({ exitCode: 2, code: "AddressInUse" })
      expect([first, second, third].map((report) => report.summaries())).toEqual([
        ["listening 4040"],
        ["listening 4041"],
        []
      ])
    }).pipe(Effect.provide(world().layer))
  })

  it.effect("leaves out a file whose name is taken, which is no failure, and keeps the one that is there", () => {
    const report = fakeReport()
    const { disk, layer } = world({ "/a": "new", "/inbox/a": "old" })
    return Effect.gen(function*() {
      const server = yield* Effect.fork(serving(report, { ifExists: "skip", isOnce: true }))
      yield* Effect.yieldNow()
      expect(yield* sending(fakeReport(), file("/a"))).toBe(6)
      expect(yield* Fiber.join(server)).toBe(0)
      expect(report.summaries()).toEqual([
        "listening 4040",
        "connected",
        "started a",
        "error Skipped 0",
        "disconnected refused"
      ])
      expect(report.events.at(-2)).toMatchObject({
        message: expect.stringMatching(/^"a" from .* was skipped: its name/)
      })
      expect(new TextDecoder().decode(disk.get("/inbox/a"))).toBe("old")
    }).pipe(Effect.provide(layer))
  })

  it.effect("loses a peer after the silence that it was given", () => {
    const report = fakeReport()
    return Effect.gen(function*() {
      yield* Effect.fork(serving(report, { idleTimeoutMillis: 3000 }))
      yield* Effect.yieldNow()
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* Endpoint.connect({ host: "127.0.0.1", port: 4040 })
        yield* Effect.fork(connection.probe)
        yield* TestClock.adjust("2999 millis")
        expect(report.summaries()).toEqual(["listening 4040", "connected"])
        yield* TestClock.adjust("1 millis")
        expect(report.summaries().at(-1)).toBe("disconnected lost")
      }))
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("that is stopped tells whom it waits for, answers the next KPA by FIN, and ends with 0", () => {
    const report = fakeReport()
    return Effect.gen(function*() {
      const { connection, server } = yield* stoppedAfterOneSecond(report)
      yield* TestClock.adjust("3 seconds")
      expect(report.notes).toEqual(["stopping; 1 peer will be informed within 7 s"])
      expect(connection.isClosed()).toBe(false)
      yield* TestClock.adjust("1050 millis")
      expect(yield* Fiber.join(server)).toBe(0)
      expect(yield* connection.closed).toMatchObject({ reason: "Closed" })
      expect(report.summaries()).toEqual(["listening 4040", "connected", "disconnected left"])
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("that is stopped leaves a peer without keep-alives after 7 s", () => {
    const report = fakeReport()
    const mute = [{ kind: "KPA", direction: "sent", nth: 2, fate: "drop" } as const]
    return Effect.gen(function*() {
      const { server } = yield* stoppedAfterOneSecond(report)
      yield* TestClock.adjust("6990 millis")
      expect(yield* Fiber.poll(server)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("30 millis")
      expect(yield* Fiber.join(server)).toBe(0)
      expect(report.summaries()).toEqual(["listening 4040", "connected", "disconnected left"])
    }).pipe(Effect.provide(world({}, mute).layer))
  })

  it.effect.each(
    ["classic", "flock"] as const
  )(
    "over %s that is interrupted while it publishes a file acknowledges and tells it, and leaves after that",
    (wire) => {
      const [report, client] = [fakeReport(), fakeReport()]
      const { disk, layer } = world({ "/a": "new" })
      return Effect.gen(function*() {
        const server = yield* Effect.fork(Effect.provide(serving(report, { wire }), slowDisk))
        yield* Effect.yieldNow()
        const sender = yield* Effect.fork(sending(client, { ...file("/a"), wire }))
        yield* TestClock.adjust("1 seconds")
        yield* Effect.fork(Fiber.interrupt(server))
        yield* TestClock.adjust("500 millis")
        expect(server.unsafePoll()).toBeNull()
        yield* TestClock.adjust("1 seconds")
        expect(yield* Fiber.join(sender)).toBe(0)
        yield* Fiber.await(server)
        expect(report.summaries()).toEqual([
          "listening 4040",
          "connected",
          "started a",
          "received a",
          "disconnected left"
        ])
        expect(disk.has("/inbox/a")).toBe(true)
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect.each(["interrupted", "told to stop"])("that is %s tells what it leaves unfinished", (how) => {
    const report = fakeReport()
    const lost = [{ kind: "DAT", direction: "sent", sequenceNumber: 3, fate: "drop" } as const]
    return Effect.gen(function*() {
      const stopping = yield* Deferred.make<void>()
      const server = yield* Effect.fork(serving(report, {}, Deferred.await(stopping)))
      yield* Effect.yieldNow()
      yield* Effect.fork(sending(fakeReport(), { ...file("/a"), fragmentSize: 1 }))
      yield* TestClock.adjust("1 seconds")
      yield* how === "interrupted" ? Fiber.interrupt(server) : Deferred.succeed(stopping, undefined)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.await(server)
      expect(report.summaries().slice(2)).toEqual(["started a", "error Abandoned 5", "disconnected left"])
      expect(report.events.at(-2)).toMatchObject({
        message: expect.stringMatching(
          /^"a" from .* did not arrive completely: this server stopped before it was complete$/
        )
      })
      expect(report.notes).toEqual([expect.stringMatching(/^stopping/)])
    }).pipe(Effect.provide(world({ "/a": "new" }, lost).layer))
  })

  it.effect("that ends with its first peer tells what another one's file has come to", () => {
    const [report, second] = [fakeReport(), fakeReport()]
    return Effect.gen(function*() {
      const server = yield* Effect.fork(Effect.provide(serving(report, { isOnce: true }), slowDisk))
      yield* Effect.yieldNow()
      yield* Effect.fork(Effect.zipRight(Effect.sleep("1 seconds"), sending(second, file("/a"))))
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* Endpoint.connect({ host: "127.0.0.1", port: 4040 })
        yield* Effect.fork(connection.probe)
        yield* TestClock.adjust("2 seconds")
      }))
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(server)).toBe(0)
      expect(report.summaries()).toContain("received a")
      expect(second.summaries()).toContain("sent a")
    }).pipe(Effect.provide(world({ "/a": "new" }).layer))
  })

  it.effect.each<[SessionReason, string]>([
    ["Lost", "lost"],
    ["Protocol", "failed"],
    ["Closed", "ended"],
    ["ServerFull", "refused"]
  ])(
    "with --once goes on after a peer that sends nothing: %s, reported as %s",
    ([reason, reported]) => {
      const report = fakeReport()
      return Effect.gen(function*() {
        const options = { host: "127.0.0.1", port: 4040, portSearch: 0, dir: "/inbox" } as const
        const once = { ...options, ifExists: "rename", quotaBytes: undefined, isOnce: true } as const
        const server = yield* Effect.fork(Effect.scoped(Serve.run(once, report, Effect.never)))
        yield* TestClock.adjust("1 minute")
        expect(yield* Fiber.poll(server)).toMatchObject({ _tag: "None" })
        expect(report.summaries()).toEqual(["listening 4040", "connected", `disconnected ${reported}`])
      }).pipe(Effect.provide(endingWith(reason)), Effect.provide(world().layer))
    }
  )

  it.scoped.each(["classic", "flock"] as const)(
    "with --once over %s ends with the first peer that sends a message, also after one that only connects",
    (wire) => {
      const report = fakeReport()
      return passing(Effect.gen(function*() {
        const server = yield* Effect.fork(serving(report, { isOnce: true, wire }))
        yield* Effect.yieldNow()
        const address = { host: "127.0.0.1", port: 4040, isProbed: true }
        yield* Effect.scoped(connect(address)).pipe(Effect.provide(Wires.layer(wire)))
        yield* Effect.sleep("1 seconds")
        expect(report.summaries()).toEqual(["listening 4040", "connected", "disconnected ended"])
        expect(yield* sending(fakeReport(), { ...file("/a"), wire })).toBe(0)
        expect(yield* Fiber.join(server)).toBe(0)
        expect(report.summaries()).toContain("received a")
      })).pipe(Effect.provide(world({ "/a": "new" }).layer))
    }
  )
})

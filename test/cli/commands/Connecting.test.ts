import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Connecting from "../../../src/cli/commands/Connecting.ts"
import * as Wires from "../../../src/node/Wires.ts"
import { SessionError, type SessionReason } from "../../../src/transport/SessionError.ts"
import * as Transports from "../../../src/transport/Transport.ts"
import { keyed } from "../../security/keyed.ts"
import { fakeReport, serving, world } from "../commandsInMemory.ts"
import { fakeSession } from "../fakeSession.ts"

const to = { host: "192.0.2.7", port: 4040 }
const error = (reason: SessionReason) => new SessionError({ reason, peer: "192.0.2.7:4040", message: "it happened" })

/** A wire on which each attempt to connect fails by the next reason, and succeeds after the last one. */
const failing = (reasons: ReadonlyArray<SessionReason>, wire: Transports.WireName = "classic") => {
  const left = [...reasons]
  const probed: Array<boolean | undefined> = []
  const session = fakeSession(wire)
  const layer = Layer.succeed(Transports.Transport, {
    capabilities: session.capabilities,
    plan: session.plan,
    connect: ({ isProbed }) =>
      Effect.suspend(() => {
        probed.push(isProbed)
        const reason = left.shift()
        return reason === undefined ? Effect.succeed(session) : Effect.fail(error(reason))
      }),
    listen: () => Effect.never
  })
  return { layer, probed, session }
}

describe("connect", () => {
  it.scoped.each(
    [["classic", [], ["connected"]], ["flock", ["connected"], ["connected"]]] as const
  )(
    "over %s sends at most a handshake before the first message, and reports the first answer",
    ([wire, first, then]) => {
      const report = fakeReport()
      return Effect.gen(function*() {
        const server = fakeReport()
        yield* Effect.fork(serving(server, { wire }))
        yield* Effect.yieldNow()
        const session = yield* Connecting.connect({ to: { host: "127.0.0.1", port: 4040 }, waitMillis: 0 }, report)
        yield* TestClock.adjust("1 seconds")
        expect([report.summaries(), server.summaries()]).toEqual([first, ["listening 4040", ...first]])
        yield* session.ping
        yield* TestClock.adjust("1 millis")
        expect([report.summaries(), server.summaries()]).toEqual([then, ["listening 4040", ...then]])
        const isKeyed = wire === "flock"
        expect(report.events).toEqual([{
          type: "connected",
          peer: "127.0.0.1:4040",
          key: isKeyed ? expect.stringMatching(/^hk1[a-z2-7]{56}$/) : undefined,
          trusted: isKeyed ? true : undefined
        }])
        expect(report.notes).toEqual([])
      }).pipe(Effect.provide(Wires.layer(wire)), Effect.provide(world().layer))
    }
  )

  it.scoped.each(["classic", "flock"] as const)("over %s fails at once where nothing listens", (wire) => {
    const report = fakeReport()
    return Effect.gen(function*() {
      const connecting = Connecting.connect({ to: { host: "127.0.0.1", port: 4040 }, waitMillis: 0 }, report)
      const probed = Effect.flatMap(connecting, (session) => session.ping)
      const fiber = yield* Effect.fork(Effect.flip(probed))
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(fiber)).toMatchObject({ message: "nothing listens at 127.0.0.1:4040" })
      expect(report.events).toEqual([])
    }).pipe(Effect.provide(Wires.layer(wire)), Effect.provide(world().layer))
  })

  it.effect("with --wait tries again every 500 ms, with a probe, after errors that can pass", () => {
    const report = fakeReport()
    const reasons = ["Unreachable", "Silent", "ServerFull", "HostNotFound", "Lost", "PeerRestarted", "Closed"] as const
    const { layer, probed, session } = failing(reasons)
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.scoped(Connecting.connect({ to, waitMillis: 10_000 }, report)))
      yield* TestClock.adjust("3499 millis")
      expect(probed).toHaveLength(7)
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(fiber)).toBe(session)
      expect(probed).toEqual([...reasons, "success"].map(() => true))
      expect([report.summaries(), report.notes]).toEqual([["connected"], ["waiting for 192.0.2.7:4040"]])
    }).pipe(Effect.provide(Layer.merge(layer, keyed)))
  })

  it.effect.each<[SessionReason, number]>([
    ["Denied", 3],
    ["OtherVersion", 3],
    ["Protocol", 1],
    ["TooManyOpen", 8]
  ])("with --wait fails at once by %s, which cannot pass", ([reason, exitCode]) => {
    const { layer, probed } = failing([reason], "flock")
    return Effect.gen(function*() {
      const failure = yield* Effect.flip(Effect.scoped(Connecting.connect({ to, waitMillis: 10_000 }, fakeReport())))
      expect(failure).toMatchObject({ code: reason, exitCode })
      expect(probed).toHaveLength(1)
    }).pipe(Effect.provide(Layer.merge(layer, keyed)))
  })

  it.effect("with --wait fails at the end by the last error, or by Silent where no attempt has ended", () => {
    const refused = failing(Array.from({ length: 9 }, () => "ServerFull"), "flock")
    const waited = (report = fakeReport()) =>
      Effect.gen(function*() {
        const fiber = yield* Effect.fork(
          Effect.flip(Effect.scoped(Connecting.connect({ to, waitMillis: 3000 }, report)))
        )
        yield* TestClock.adjust("3 seconds")
        return yield* Fiber.join(fiber)
      })
    const never = Layer.effect(
      Transports.Transport,
      Effect.map(Transports.Transport, (transport) => ({ ...transport, connect: () => Effect.never }))
    )
    return Effect.gen(function*() {
      expect(yield* Effect.provide(waited(), Layer.merge(refused.layer, keyed))).toMatchObject({
        code: "ServerFull",
        exitCode: 3
      })
      expect(yield* Effect.provide(waited(), Layer.merge(Layer.provide(never, failing([]).layer), keyed)))
        .toMatchObject({
          code: "Silent",
          exitCode: 3,
          message: "192.0.2.7:4040 has not answered within 3.00 s",
          hint: expect.stringContaining("`holub serve --wire classic`")
        })
    })
  })
})

describe("leave", () => {
  it.effect("closes the session and reports that this side left", () =>
    Effect.gen(function*() {
      const [report, session] = [fakeReport(), fakeSession("classic")]
      yield* Connecting.leave(session, report)
      expect(session.closes).toBe(1)
      expect(report.events).toEqual([{ type: "disconnected", peer: "192.0.2.7:4040", reason: "left" }])
      expect(report.notes).toEqual([])
    }))

  it.effect.each<[SessionReason, string]>([
    ["Lost", "lost"],
    ["Closed", "ended"],
    ["Declined", "declined"],
    ["TooLarge", "tooLarge"],
    ["Unreachable", "unreachable"]
  ])("reports a session that ended by %s as %s", ([reason, reported]) =>
    Effect.gen(function*() {
      const [report, session] = [fakeReport(), fakeSession("classic")]
      session.ended = error(reason)
      yield* Connecting.leave(session, report)
      expect(report.summaries()).toEqual([`disconnected ${reported}`])
    }))

  it.effect("reports nothing where the server has never answered", () =>
    Effect.gen(function*() {
      const [report, session] = [fakeReport(), fakeSession("classic")]
      session.hasAnswered = false
      session.done = { dropped: { malformed: 3 } }
      yield* Connecting.leave(session, report)
      expect([session.closes, report.events, report.notes]).toEqual([1, [], []])
    }))

  it.effect("reports dropped datagrams, and the measured path of a wire with congestion control, as details", () =>
    Effect.gen(function*() {
      const [report, session] = [fakeReport(), fakeSession("flock")]
      const congestion = {
        controller: "bbr",
        explanation: { phase: "Startup" },
        congestionWindowBytes: 20_480.4,
        inFlightBytes: 0,
        datagramBytes: 1452,
        spuriousLosses: 0,
        limitedMillis: { application: 0, window: 0, congestion: 0, pacing: 0 }
      }
      session.done = { sentPackets: 1, lostPackets: 2, dropped: { damaged: 1, duplicates: 2 }, congestion }
      yield* Connecting.leave(session, report)
      session.done = { ...session.done, sentPackets: 3, minRoundTripMillis: 1.5, dropped: {} }
      yield* Connecting.leave(session, report)
      expect(report.notes).toEqual([
        "1 packet sent, 2 lost; datagrams of 1452 B, round trip unknown, window 20.0 KiB",
        "dropped 3 datagrams of 192.0.2.7:4040: 1 damaged, 2 duplicates",
        "3 packets sent, 2 lost; datagrams of 1452 B, round trip 1.50 ms, window 20.0 KiB"
      ])
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { passing } from "../../suites/flockNetwork.ts"
import { fakeReport, sending, serving, world } from "../commandsInMemory.ts"

const path = (name: string) => ({ _tag: "Path", path: name }) as const
const text = (words: string) => ({ _tag: "Text", text: words }) as const

describe("send", () => {
  it.effect("tells of its connection, of each message, and of its leaving", () => {
    const report = fakeReport()
    return Effect.gen(function*() {
      yield* Effect.fork(serving(fakeReport()))
      yield* Effect.yieldNow()
      expect(yield* sending(report, { wanted: [text("a"), path("/b.txt")] })).toBe(0)
      expect(report.summaries()).toEqual([
        "started a text",
        "connected",
        "sent a text",
        "started b.txt",
        "sent b.txt",
        "disconnected left"
      ])
    }).pipe(Effect.provide(world({ "/b.txt": "b" }).layer))
  })

  it.effect("damages what it is asked to, once, and tells which fragments", () => {
    const report = fakeReport()
    const taken = fakeReport()
    return Effect.gen(function*() {
      yield* Effect.fork(serving(taken))
      yield* Effect.yieldNow()
      const damage = { which: { every: 2 }, kind: "remove" } as const
      const code = yield* sending(report, { wanted: [text("abcdefg"), text("hij")], fragmentSize: 1, damage })
      expect(code).toBe(0)
      const cost = { damaged: 3, damagedNumbers: [2, 4, 6], retransmissions: 3, repeatedNumbers: [2, 4, 6] }
      expect(report.events.filter(({ type }) => type === "sent")).toMatchObject([
        cost,
        { damaged: 1, damagedNumbers: [2] }
      ])
      expect(taken.events.filter(({ type }) => type === "received")).toMatchObject([
        { text: "abcdefg", damaged: 3, damagedNumbers: [2, 4, 6], duplicates: 0 },
        { text: "hij", damaged: 1, damagedNumbers: [2] }
      ])
      expect(report.notes).toEqual([])
      yield* sending(report, { damage: { which: { list: [99] }, kind: "remove" } })
      expect(report.notes).toEqual(["  damaged on purpose 0 of 1 fragment"])
    }).pipe(Effect.provide(world().layer))
  })

  it.effect("goes on over another connection after a refusal, and tells of both", () => {
    const report = fakeReport()
    return Effect.gen(function*() {
      yield* Effect.fork(serving(fakeReport(), { ifExists: "fail" }))
      yield* Effect.yieldNow()
      expect(yield* sending(report, { wanted: [path("/a"), path("/x/a"), text("c")] })).toBe(10)
      expect(report.summaries()).toEqual([
        "started a",
        "connected",
        "sent a",
        "started a",
        "error Declined 6",
        "disconnected declined",
        "started a text",
        "connected",
        "sent a text",
        "disconnected left"
      ])
    }).pipe(Effect.provide(world({ "/a": "first", "/x/a": "second" }).layer))
  })

  it.effect.each(["classic", "flock"] as const)(
    "refuses a file name that no server accepts before anything is sent over %s (T5)",
    (wire) => {
      const report = fakeReport()
      const taken = fakeReport()
      return Effect.gen(function*() {
        yield* Effect.fork(serving(taken, { wire }))
        yield* Effect.yieldNow()
        const failure = yield* Effect.flip(sending(report, { wire, wanted: [path("/a"), path("/what?")] }))
        expect(failure).toMatchObject({
          code: "UnsafeName",
          exitCode: 2,
          message: expect.stringMatching(/^cannot send "what\?": .*; give the file another name$/)
        })
        expect([report.events, taken.summaries()]).toEqual([[], ["listening 4040"]])
      }).pipe(Effect.provide(world({ "/a": "", "/what?": "" }).layer))
    }
  )

  it.effect("says nothing of a connection that never was, and how to send what is left", () => {
    const report = fakeReport()
    const files = { "/a": "", "/it's b": "" }
    return Effect.gen(function*() {
      const wanted = [path("/a"), path("/it's b"), text("c d")]
      expect(yield* passing(sending(report, { wanted, written: ["--to=[::1]", "--json"] }))).toBe(3)
      expect(report.summaries()).toEqual(["started a", "error Unreachable 3", "error NotSent 3"])
      expect(report.events.at(-1)).toMatchObject({
        message: "2 messages after that were not sent",
        hint: "to send the rest: holub send '--to=[::1]' --json /a '/it'\\''s b' '--text=c d'"
      })
    }).pipe(Effect.provide(world(files).layer))
  })

  it.effect("loses a server after the silence that it was given", () => {
    const report = fakeReport()
    const drop = [
      { kind: "ACK", direction: "received", sequenceNumber: 1, fate: "drop" } as const,
      {
        kind: "ACK",
        direction: "received",
        sequenceNumber: 0,
        nth: 2,
        fate: "drop"
      } as const
    ]
    return Effect.gen(function*() {
      yield* Effect.fork(serving(fakeReport()))
      yield* Effect.yieldNow()
      const wanted = [text("abc")]
      const fiber = yield* Effect.fork(sending(report, { wanted, fragmentSize: 1, idleTimeoutMillis: 3000 }))
      yield* TestClock.adjust("2999 millis")
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(fiber)).toBe(5)
      expect(report.summaries()).toEqual(["started a text", "connected", "error Lost 5", "disconnected lost"])
    }).pipe(Effect.provide(world({}, drop).layer))
  })

  it.effect("says how to send what is left when it is interrupted, the message under way included", () => {
    const report = fakeReport()
    const lost = [{ kind: "DAT", direction: "sent", fate: "drop" } as const]
    return Effect.gen(function*() {
      yield* Effect.fork(serving(fakeReport()))
      yield* Effect.yieldNow()
      const fiber = yield* Effect.fork(sending(report, { wanted: [path("/a"), path("/b")] }))
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.interrupt(fiber)
      expect(report.notes).toEqual(["to send the rest: holub send --to=127.0.0.1 /a /b"])
    }).pipe(Effect.provide(world({ "/a": "", "/b": "" }, lost).layer))
  })
})

describe("--wait", () => {
  it.effect("tries again until a server is there, and begins no message before", () => {
    const report = fakeReport()
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(sending(report, { waitMillis: 30_000 }))
      yield* TestClock.adjust("10 seconds")
      expect([report.events, report.notes]).toEqual([[], ["waiting for 127.0.0.1:4040"]])
      yield* Effect.fork(serving(fakeReport()))
      yield* TestClock.adjust("1 seconds")
      expect(yield* Fiber.join(fiber)).toBe(0)
      expect(report.summaries()).toEqual(["connected", "started a text", "sent a text", "disconnected left"])
    }).pipe(Effect.provide(world().layer))
  })

  it.effect("ends with 3 when nobody was there in that time", () => {
    const report = fakeReport()
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(sending(report, { waitMillis: 30_000 }))
      yield* TestClock.adjust("29999 millis")
      expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect(Either.isRight(yield* Effect.either(Fiber.join(fiber)))).toBe(true)
      expect(report.summaries()).toEqual(["error Unreachable 3"])
    }).pipe(Effect.provide(world().layer))
  })

  it.effect("ends with 3 at a host that swallows everything", () => {
    const report = fakeReport()
    const silent = [{ direction: "received", fate: "drop" } as const]
    return Effect.gen(function*() {
      yield* Effect.fork(serving(fakeReport()))
      const fiber = yield* Effect.fork(sending(report, { waitMillis: 15_000 }))
      yield* TestClock.adjust("15 seconds")
      expect(yield* Fiber.join(fiber)).toBe(3)
      expect(report.events).toMatchObject([
        { type: "error", code: "Silent", exitCode: 3, message: "127.0.0.1:4040 has not answered within 15 s" }
      ])
    }).pipe(Effect.provide(world({}, silent).layer))
  })
})

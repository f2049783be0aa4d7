import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { type AppClient, ask, leave, makeClient, send, show } from "../../../src/apps/AppClient.ts"
import { ExitCode } from "../../../src/cli/errors/ExitCodes.ts"
import { Failure } from "../../../src/cli/errors/Failure.ts"
import type { Connection, Reading } from "../../../src/cli/join/JoinConnection.ts"
import { plainClient } from "../../../src/cli/join/PlainClient.ts"
import * as Talk from "../../../src/cli/join/Talk.ts"
import * as FramingName from "../../../src/protocol/framing/FramingName.ts"
import { fakeReport } from "../commandsInMemory.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const heard = (text: string): Reading => ({ _tag: "Bytes", bytes: bytes(text) })

/** A client that asks for a number twice, as one of existing programs does. */
const asking: AppClient = makeClient(
  () => 0,
  (number, input) => {
    if (input._tag === "Received") return [number, [ask(input.text ?? "")]]
    if (input._tag !== "Typed") return [number, []]
    return [number + 1, [send(input.line), ...(number === 1 ? [show("both sent"), leave] : [])]]
  }
)

/** A client that says something of its own at the end. */
const polite: AppClient = makeClient(
  () => null,
  (state, { _tag }) => [state, _tag === "Typed" ? [leave] : _tag === "Leaving" ? [send("goodbye")] : []]
)

/** A client that asks for a name, and for nothing more. */
const naming: AppClient = makeClient(
  () => null,
  (state, input) => {
    if (input._tag === "Opened") return [state, [ask("name?")]]
    return [state, input._tag === "Typed" ? [send(input.line)] : []]
  }
)

/** A conversation whose server and lines are played by the test. */
const talking = (
  { client = plainClient, framing = "auto", isPerson = false, lines = [], transport = "tcp" }: {
    readonly client?: AppClient
    readonly framing?: string
    readonly isPerson?: boolean
    /** Those of a stream come when it gives them. */
    readonly lines?: ReadonlyArray<string> | Stream.Stream<string>
    readonly transport?: Connection["transport"]
  }
) =>
  Effect.gen(function*() {
    const readings = yield* Mailbox.make<Reading>()
    const log: Array<string> = []
    const report = fakeReport()
    const finished = yield* Deferred.make<void>()
    const connection: Connection = {
      transport,
      peer: { host: "192.0.2.1", port: 7 },
      read: Effect.orElseSucceed(readings.take, (): Reading => ({ _tag: "End" })),
      write: (sent) => Effect.sync(() => void log.push(`sent ${JSON.stringify(new TextDecoder().decode(sent))}`)),
      finish: Effect.zipRight(Effect.sync(() => log.push("finished")), Deferred.succeed(finished, undefined))
    }
    const shown = (word: string) => (text: string) => Effect.sync(() => void log.push(`${word} ${text}`))
    const given = Symbol.iterator in lines ? Stream.fromIterable(lines) : lines
    const face: Talk.Face = {
      show: shown("shown"),
      ask: shown("asked"),
      lines: isPerson ? Stream.concat(given, Stream.never) : given,
      isPerson
    }
    const parsed = FramingName.parse(framing)
    if (typeof parsed === "string") return yield* Effect.die(parsed)
    const options = { connection, framing: parsed, client: client.start("en"), app: "raw", face, report }
    const talk = yield* Effect.fork(Effect.scoped(Effect.either(Talk.run(options))))
    yield* TestClock.adjust(0)
    const hear = (reading: Reading) => Effect.zipRight(readings.offer(reading), TestClock.adjust(0))
    return { hear, log, report, talk }
  })

describe("a conversation", () => {
  it.effect("shows what is read, sends the lines, and is over when the server ends it", () =>
    Effect.gen(function*() {
      const { hear, log, report, talk } = yield* talking({ lines: ["ahoj"], isPerson: true })
      yield* hear(heard("welcome"))
      yield* hear({ _tag: "End" })
      expect(yield* Fiber.join(talk)).toEqual(Either.right(undefined))
      expect(log).toEqual(["sent \"ahoj\"", "shown welcome", "finished"])
      expect(report.events).toMatchObject([
        { type: "connected", app: "raw", peer: "192.0.2.1:7" },
        { type: "sent", bytes: 4 },
        { type: "received", bytes: 7, text: "welcome" },
        { type: "disconnected", reason: "ended", receivedBytes: 7, sentBytes: 4 }
      ])
    }))

  it.effect("keeps the lines of a file apart: each waits for an answer, or a tenth of a second", () =>
    Effect.gen(function*() {
      const { hear, log } = yield* talking({ lines: ["a", "b", "c"] })
      expect(log).toEqual([])
      yield* TestClock.adjust("100 millis")
      expect(log).toEqual(["sent \"a\""])
      yield* hear(heard("A"))
      expect(log).toEqual(["sent \"a\"", "shown A", "sent \"b\""])
      yield* TestClock.adjust("99 millis")
      expect(log.length).toBe(3)
      yield* TestClock.adjust("1 millis")
      expect(log.at(-1)).toBe("sent \"c\"")
    }))

  it.effect("keeps the lines of a file for the questions of the client", () =>
    Effect.gen(function*() {
      const { hear, log } = yield* talking({ client: asking, lines: ["1", "2"] })
      yield* hear(heard("first?"))
      yield* TestClock.adjust("500 millis")
      expect(log).toEqual(["asked first?", "sent \"1\""])
      yield* hear(heard("second?"))
      expect(log.slice(2)).toEqual(["asked second?", "sent \"2\"", "shown both sent", "finished"])
    }))

  it.effect("goes on after the lines for as long as the server talks, and two seconds of silence", () =>
    Effect.gen(function*() {
      const { hear, log, report, talk } = yield* talking({ lines: [] })
      yield* TestClock.adjust("100 millis")
      expect(log).toEqual(["finished"])
      yield* TestClock.adjust("1900 millis")
      yield* hear(heard("late\n"))
      yield* TestClock.adjust("1900 millis")
      expect(yield* Fiber.poll(talk)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("100 millis")
      expect(yield* Fiber.join(talk)).toEqual(Either.right(undefined))
      expect(report.events.at(-1)).toMatchObject({ type: "disconnected", reason: "left", receivedBytes: 4 })
    }))

  it.effect("takes lines freely after a client has not asked for a second", () =>
    Effect.gen(function*() {
      const { log } = yield* talking({ client: naming, lines: ["ala", "one", "two", "three"] })
      yield* TestClock.adjust("999 millis")
      expect(log).toEqual(["asked name?", "sent \"ala\""])
      yield* TestClock.adjust("1 millis")
      yield* TestClock.adjust("200 millis")
      expect(log.slice(2)).toEqual(["sent \"one\"", "sent \"two\"", "sent \"three\""])
    }))

  it.effect("counts the wait of a line from the line before it: one that comes later is sent at once", () =>
    Effect.gen(function*() {
      const typed = yield* Mailbox.make<string>()
      const { log } = yield* talking({ lines: Mailbox.toStream(typed) })
      for (const line of ["a", "b"]) {
        yield* TestClock.adjust("100 millis")
        yield* typed.offer(line)
        yield* TestClock.adjust(0)
      }
      expect(log).toEqual(["sent \"a\"", "sent \"b\""])
    }))

  it.effect("over datagrams ends ten seconds after the lines, although datagrams arrive", () =>
    Effect.gen(function*() {
      const { hear, report, talk } = yield* talking({ framing: "datagram", transport: "udp" })
      yield* TestClock.adjust("100 millis")
      for (let second = 0; second < 10; second++) {
        expect(yield* Fiber.poll(talk)).toMatchObject({ _tag: "None" })
        yield* hear(heard("beat"))
        yield* TestClock.adjust("1 second")
      }
      expect(yield* Fiber.join(talk)).toEqual(Either.right(undefined))
      expect(report.events.at(-1)).toMatchObject({ type: "disconnected", reason: "left" })
    }))

  it.effect("lets the client say that the person leaves, before this direction ends", () =>
    Effect.gen(function*() {
      const { log } = yield* talking({ client: polite })
      yield* TestClock.adjust("100 millis")
      expect(log).toEqual(["sent \"goodbye\"", "finished"])
    }))

  it.effect("sends nothing after the client has left", () =>
    Effect.gen(function*() {
      const { log } = yield* talking({ client: polite, lines: ["bye", "more"] })
      yield* TestClock.adjust("1 second")
      expect(log).toEqual(["finished"])
    }))

  it.effect("that cannot be isolated ends with the name of the framing", () =>
    Effect.gen(function*() {
      const { hear, talk } = yield* talking({ framing: "padded:4", isPerson: true })
      yield* hear(heard("no number"))
      expect(yield* Fiber.join(talk)).toMatchObject({
        left: { code: "Framing", message: expect.stringContaining("cannot be isolated as padded:4") }
      })
    }))

  it.effect("that is cut off fails, and says so", () =>
    Effect.gen(function*() {
      const { hear, report, talk } = yield* talking({ isPerson: true })
      const failure = new Failure({ code: "Reset", exitCode: ExitCode.lost, message: "it was reset" })
      yield* hear({ _tag: "Failed", failure })
      expect(yield* Fiber.join(talk)).toEqual(Either.left(failure))
      expect(report.events.at(-1)).toMatchObject({ type: "disconnected", reason: "reset" })
    }))

  it.effect("does not send what its framing cannot carry, and says so", () =>
    Effect.gen(function*() {
      const { log, report } = yield* talking({ framing: "padded:1", lines: ["0123456789"], isPerson: true })
      expect(log).toEqual([])
      expect(report.notes).toEqual(["this message was not sent: the framing padded:1 cannot carry it"])
    }))
})

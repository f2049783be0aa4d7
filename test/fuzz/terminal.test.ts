/** What reaches a terminal: whatever a stranger calls himself, his file or his text, no byte of it has power there. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import * as FastCheck from "fast-check"
import { usage } from "../../src/cli/errors/Failure.ts"
import { human } from "../../src/cli/report/HumanReport.ts"
import { json } from "../../src/cli/report/JsonReport.ts"
import type { Report, ReportEvent, Underway } from "../../src/cli/report/Report.ts"
import { failed, ofDefect } from "../../src/cli/report/Report.ts"
import * as Format from "../../src/cli/text/Format.ts"
import { widthOf } from "../../src/cli/text/Width.ts"
import { StorageError } from "../../src/storage/Storage.ts"
import { datagram, fakeOutput, packet, receivedFile, receivedText, sentFile, startedFile } from "../cli/fakes.ts"
import { asJson, ensure, fuzz } from "./fuzzing.ts"
import { texts } from "./texts.ts"

/** C0 but the line feed, C1, what reorders or hides, separators of lines, halves of pairs. */
const power = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
/** The two that progress writes itself, to paint over its line. */
const repaint = "\r\u001b[2K"

const mustBeHarmless = (shown: string): void => ensure(!power.test(shown), () => `shown is ${asJson(shown)}`)

/** Everything that names, texts and messages get into. */
const eventsOf = (text: string): ReadonlyArray<ReportEvent> => [
  { ...receivedFile, name: text, path: text },
  { ...receivedText, text },
  { ...sentFile, name: text, path: text },
  { ...startedFile, name: text },
  { type: "warning", code: "LogNotWritten", message: text },
  { type: "error", code: "Io", exitCode: 1, message: text, hint: text },
  ofDefect(text),
  { type: "listening", host: "127.0.0.1", port: 4040, wire: "classic", dir: text }
]

const emitAll = (report: Report, text: string): Effect.Effect<unknown> =>
  Effect.all([
    ...eventsOf(text).map(report.emit),
    failed(report, usage(text, text), text),
    failed(report, usage(new StorageError({ reason: "Io", path: text, message: text }).message), text)
  ])

fuzz("words that are made harmless", {
  corpus: "texts",
  inputs: texts,
  runs: 4000,
  holds: (text) => {
    const line = Format.harmless(text)
    mustBeHarmless(line)
    ensure(!line.includes("\n"), "more than one line")
    ensure(Format.harmless(line) === line, "it changes when it is done twice")
    ensure(power.test(text) || text.includes("\n") || line === text, "harmless words are changed")
    const lines = Format.harmlessText(text)
    mustBeHarmless(lines.replaceAll("\t", ""))
    ensure(lines.split("\n").length === text.split("\n").length, "lines are lost")
  }
})

/** What a harmless text makes. */
const linesOfAll = (() => {
  const stderr = fakeOutput()
  Effect.runSync(emitAll(human({ stdout: fakeOutput(), stderr, isQuiet: false, isVerbose: true }), "text"))
  return stderr.text().split("\n").length
})()

fuzz("a report for people", {
  corpus: "texts",
  inputs: texts,
  runs: 600,
  holds: (text) => {
    const [stdout, stderr] = [fakeOutput(true), fakeOutput(true)]
    Effect.runSync(emitAll(human({ stdout, stderr, isQuiet: false, isVerbose: true }), text))
    mustBeHarmless(stdout.text().replaceAll("\t", ""))
    mustBeHarmless(stderr.text())
    ensure(stderr.text().split("\n").length === linesOfAll, "a name makes lines of its own")
  }
})

fuzz("a report for scripts", {
  corpus: "texts",
  inputs: texts,
  runs: 600,
  holds: (text) => {
    const stdout = fakeOutput(true)
    Effect.runSync(emitAll(json(stdout), text))
    mustBeHarmless(stdout.text())
    const lines = stdout.text().trimEnd().split("\n").map((line): Record<string, unknown> => JSON.parse(line))
    ensure(lines.length === 10, "not one line an event")
    ensure(lines[0]?.["name"] === text && lines[1]?.["text"] === text, "a script reads something else")
  }
})

fuzz("a line of progress", {
  corpus: "progress",
  inputs: FastCheck.record({
    label: texts,
    columns: FastCheck.integer({ min: 0, max: 40 }),
    bytes: FastCheck.maxSafeNat()
  }),
  runs: 60,
  holds: ({ bytes, columns, label }) => {
    const [stdout, stderr] = [fakeOutput(true), fakeOutput(true, columns)]
    const report = human({ stdout, stderr, isQuiet: false })
    const underway: Underway = { id: "1", label, verb: "receiving", bytes: () => bytes, size: undefined }
    const shown = Effect.gen(function*() {
      const fiber = yield* Effect.fork(report.progress(() => [underway]))
      yield* TestClock.adjust("250 millis")
      yield* Fiber.interrupt(fiber)
    })
    return Effect.runPromise(Effect.provide(shown, TestContext.TestContext)).then(() => {
      const lines = stderr.text().split(repaint)
      for (const line of lines) {
        mustBeHarmless(line)
        ensure(!line.includes("\n") && widthOf(line) < (columns || 80), "a line that breaks")
      }
    })
  }
})

fuzz("an amount", {
  corpus: "amounts",
  inputs: FastCheck.oneof(FastCheck.maxSafeNat(), FastCheck.double({ min: 0, max: 2 ** 60, noNaN: true })),
  runs: 1000,
  holds: (amount) => {
    ensure(/^[\d.]+ (?:B|KiB|MiB|GiB|TiB)$/.test(Format.size(Math.floor(amount))), () => Format.size(amount))
    ensure(/^[\d.]+ [kMG]bit\/s$/.test(Format.rate(amount)), () => Format.rate(amount))
    const time = Format.duration(amount)
    ensure(
      /^(?:\d{1,3} ms|\d\.\d\d s|[1-5]?\d s|[1-5]?\d min [0-5]\d s|\d+ h [1-5]?\d min)$/.test(time) ||
        /h 0\d min$/.test(time),
      time
    )
    ensure(Number.isSafeInteger(Format.bitRate(Math.min(amount, 1e9), amount)), "a rate that is none")
  }
})

fuzz("a line of a traced frame, or of a packet", {
  corpus: "payloads",
  inputs: FastCheck.array(FastCheck.nat(255), { maxLength: 200 }),
  runs: 1000,
  holds: (bytes) => {
    const payload = Uint8Array.from(bytes)
    const carrier = { type: "Datagram", bytes: payload, start: 0, end: payload.length } as const
    const close = { type: "Close", code: 9, reason: new TextDecoder().decode(payload) } as const
    for (const traced of [datagram({ payload }), packet([carrier, close])]) {
      const stderr = fakeOutput(true)
      const stdout = fakeOutput(true)
      human({ stdout, stderr, isQuiet: false, showsPayload: true }).frame(traced)
      json(stdout, { showsPayload: true }).frame(traced)
      for (const shown of [stdout.text(), stderr.text()]) {
        mustBeHarmless(shown)
        ensure(shown.indexOf("\n") === shown.length - 1, "more than one line")
      }
    }
  }
})

/** Output to a terminal: names, texts and messages of peers have no effect on the terminal. */
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
import {
  datagram,
  fakeOutput,
  mischief,
  packet,
  receivedFile,
  receivedText,
  sentFile,
  startedFile
} from "../cli/fakes.ts"
import { asJson, ensure, fuzz } from "./fuzzing.ts"
import { texts } from "./texts.ts"

/** What may be escaped. A joiner, a selector or a tag is escaped out of place only. */
const suspect = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]/u
/** The sequence that progress output writes itself, to clear its line. */
const repaint = "\r\u001b[2K"

const ensureHarmless = (shown: string): void => ensure(!mischief.test(shown), () => `the output is ${asJson(shown)}`)

/** All events that contain names, texts and messages. */
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

fuzz("text that is made harmless", {
  corpus: "texts",
  inputs: texts,
  runs: 4000,
  holds: (text) => {
    const line = Format.harmless(text)
    ensureHarmless(line)
    ensure(!line.includes("\n"), "more than one line")
    ensure(Format.harmless(line) === line, "applied again it changes the text")
    ensure(suspect.test(text) || line === text, "harmless text is changed")
    const lines = Format.harmlessText(text)
    ensureHarmless(lines.replaceAll("\t", ""))
    ensure(lines.split("\n").length === text.split("\n").length, "the number of lines changes")
  }
})

/** The number of lines for a harmless text. */
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
    const [stdout, stderr] = [fakeOutput(true, Infinity), fakeOutput(true, Infinity)]
    Effect.runSync(emitAll(human({ stdout, stderr, isQuiet: false, isVerbose: true }), text))
    ensureHarmless(stdout.text().replaceAll("\t", ""))
    ensureHarmless(stderr.text())
    ensure(stderr.text().split("\n").length === linesOfAll, "a name adds lines")
  }
})

fuzz("a report for scripts", {
  corpus: "texts",
  inputs: texts,
  runs: 600,
  holds: (text) => {
    const stdout = fakeOutput(true)
    Effect.runSync(emitAll(json(stdout), text))
    ensureHarmless(stdout.text())
    const lines = stdout.text().trimEnd().split("\n").map((line): Record<string, unknown> => JSON.parse(line))
    ensure(lines.length === 10, "the number of lines differs from the number of events")
    ensure(lines[0]?.["name"] === text && lines[1]?.["text"] === text, "the JSON values differ")
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
        ensureHarmless(line)
        ensure(!line.includes("\n") && widthOf(line) < (columns || 80), "a line is wider than the terminal")
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
    ensure(Number.isSafeInteger(Format.bitRate(Math.min(amount, 1e9), amount)), "the rate is invalid")
  }
})

fuzz("a line of a traced frame, or of a packet", {
  corpus: "payloads",
  inputs: FastCheck.array(FastCheck.nat(255), { maxLength: 200 }),
  runs: 1000,
  holds: (bytes) => {
    const payload = Uint8Array.from(bytes)
    const carrier = { _tag: "Datagram", bytes: payload, start: 0, end: payload.length } as const
    const close = { _tag: "Close", code: 9, reason: new TextDecoder().decode(payload) } as const
    for (const traced of [datagram({ payload }), packet([carrier, close])]) {
      const stderr = fakeOutput(true, Infinity)
      const stdout = fakeOutput(true, Infinity)
      human({ stdout, stderr, isQuiet: false, showsPayload: true }).frame(traced)
      json(stdout, { showsPayload: true }).frame(traced)
      for (const shown of [stdout.text(), stderr.text()]) {
        ensureHarmless(shown)
        ensure(shown.indexOf("\n") === shown.length - 1, "more than one line")
      }
    }
  }
})

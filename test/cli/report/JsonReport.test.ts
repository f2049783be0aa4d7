import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { human } from "../../../src/cli/report/HumanReport.ts"
import { json } from "../../../src/cli/report/JsonReport.ts"
import type { ReportEvent, Underway } from "../../../src/cli/report/Report.ts"
import { untakenBytes } from "../../../src/cli/text/TextLimits.ts"
import { readLine } from "../../processes/documented.ts"
import {
  anError,
  datagram,
  fakeOutput,
  hostile,
  mischief,
  noise,
  receivedFile,
  receivedText,
  sentFile
} from "../fakes.ts"

/** The line of an event, as it is written. */
const lineOf = (event: ReportEvent) =>
  Effect.gen(function*() {
    const output = fakeOutput()
    yield* json(output).emit(event)
    return output.text()
  })

const events: ReadonlyArray<ReportEvent> = [
  { type: "listening", host: "127.0.0.1", port: 4040, wire: "classic", dir: "/inbox" },
  { type: "connected", peer: "192.0.2.7:1" },
  { type: "disconnected", peer: "192.0.2.7:1", reason: "ended" },
  receivedFile,
  receivedText,
  sentFile,
  anError
]

describe("the report for scripts", () => {
  it.effect("is one object a line, with version, type and time first", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678))
      for (const event of events) {
        const line = yield* lineOf(event)
        expect(line).toMatch(/^\{"v":1,"type":"[a-z]+","time":"2026-01-02T03:04:05\.678Z",.*\}\n$/)
        expect(readLine(line)).toMatchObject(JSON.parse(JSON.stringify(event)))
      }
    }))

  it.effect("leaves out what does not apply", () =>
    Effect.gen(function*() {
      const line = yield* lineOf({ ...receivedText, path: undefined, name: undefined })
      const fields = Object.keys(JSON.parse(line))
      expect(fields).not.toContain("path")
      expect(fields).not.toContain("name")
    }))

  it.effect("has whole numbers only", () =>
    Effect.gen(function*() {
      const line = yield* lineOf({ ...sentFile, durationMillis: 12.3456 })
      expect(JSON.parse(line)).toMatchObject({ durationMillis: 12 })
    }))

  it.effect("keeps a peer's words as they are, and still shows a terminal nothing but harmless characters (F5)", () =>
    Effect.gen(function*() {
      const line = yield* lineOf({ ...receivedFile, name: hostile })
      expect(JSON.parse(line)).toMatchObject({ name: hostile })
      expect(line).not.toMatch(mischief)
    }))

  it.effect("is one line even where a text holds every separator of lines", () =>
    Effect.gen(function*() {
      const line = yield* lineOf({ ...receivedText, text: "a\nb\r\nc\u2028d\u2029e\u0085f" })
      expect(line.indexOf("\n")).toBe(line.length - 1)
      expect(JSON.parse(line)).toMatchObject({ text: "a\nb\r\nc\u2028d\u2029e\u0085f" })
    }))

  it.effect("tells the progress of each message under way, once a second, with the rate of that second", () =>
    Effect.gen(function*() {
      const output = fakeOutput()
      let bytes = 0
      const underway: ReadonlyArray<Underway> = [
        { id: "1", label: "a", verb: "sending", bytes: () => bytes, size: 5000 },
        { id: "2", label: "b", verb: "receiving", bytes: () => 7, size: 9, isEstimate: true },
        { id: "", label: "h:1", verb: "connecting", bytes: () => 0, size: undefined }
      ]
      const fiber = yield* Effect.fork(json(output).progress(() => underway))
      yield* TestClock.adjust(999)
      expect(output.news()).toEqual([])
      bytes = 1000
      yield* TestClock.adjust(1)
      bytes = 4000
      yield* TestClock.adjust(1000)
      expect(output.text()).not.toContain("\"size\":9")
      expect(output.news().map(readLine)).toMatchObject([
        { type: "progress", id: "1", bytes: 1000, size: 5000, rateBitsPerSecond: 8000 },
        { type: "progress", id: "2", bytes: 7, rateBitsPerSecond: 56 },
        { type: "progress", id: "1", bytes: 4000, size: 5000, rateBitsPerSecond: 24_000 },
        { type: "progress", id: "2", bytes: 7, rateBitsPerSecond: 0 }
      ])
      yield* Fiber.interrupt(fiber)
    }))

  it.effect("says nothing of progress while nothing is under way", () =>
    Effect.gen(function*() {
      const output = fakeOutput()
      const fiber = yield* Effect.fork(json(output).progress(() => []))
      yield* TestClock.adjust(60_000)
      expect(output.text()).toBe("")
      yield* Fiber.interrupt(fiber)
    }))
})

describe("a trace of frames", () => {
  it("is a line each, at once", () => {
    const output = fakeOutput()
    const report = json(output, { now: () => 1000, showsPayload: true })
    for (const shown of [datagram(), noise]) report.frame(shown)
    expect(output.news().map(readLine)).toMatchObject([
      { type: "frame", time: "1970-01-01T00:00:01.000Z", frameType: "DAT", payload: "data", valid: true },
      { type: "frame", valid: false, bytes: 3 }
    ])
  })

  it.effect("is left out while its reader is behind, and the rest says how much", () =>
    Effect.gen(function*() {
      let backlog = 0
      const output = fakeOutput(false, 80, () => backlog)
      const people = fakeOutput(false, 80, () => backlog)
      const reports = [json(output), human({ stdout: fakeOutput(), stderr: people, isQuiet: false })]
      for (const report of reports) {
        backlog = untakenBytes + 1
        for (let number = 0; number < 3; number++) report.frame(datagram())
        yield* report.emit(anError)
        backlog = untakenBytes
        report.frame(datagram())
        report.frame(datagram())
        backlog++
        report.frame(datagram())
        backlog = 0
        yield* report.emit(anError)
      }
      const lines = output.news().map(readLine)
      expect(lines.map(({ type }) => type)).toEqual(["error", "warning", "frame", "frame", "warning", "error"])
      expect(lines[1]).toMatchObject({ code: "FramesLeftOut", message: expect.stringMatching(/^3 frames not shown/) })
      expect(lines[4]).toMatchObject({ message: expect.stringMatching(/^1 frame not shown/) })
      expect(people.text().split("\n").filter((line) => !/ask there|refused the message/.test(line))).toEqual([
        "holub: 3 frames not shown, because the reader of this output was too slow",
        expect.stringMatching(/^→/),
        expect.stringMatching(/^→/),
        "holub: 1 frame not shown, because the reader of this output was too slow",
        ""
      ])
    }))
})

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { json } from "../../../src/cli/report/JsonReport.ts"
import { Log, logged } from "../../../src/cli/report/Log.ts"
import type { ReportEvent } from "../../../src/cli/report/Report.ts"
import { logLinesPerSecond } from "../../../src/cli/text/TextLimits.ts"
import { readLine } from "../../processes/documented.ts"
import { anError, fakeOutput, hostile, mischief, receivedFile, receivedText, sentFile } from "../fakes.ts"

const listening: ReportEvent = { type: "listening", host: "::", port: 4040, wire: "classic", dir: "/in" }
const abandoned: ReportEvent = { ...anError, code: "Abandoned", exitCode: 5 }

/** A logged report, and the lines of its log. */
const start = () => {
  const lines: Array<string> = []
  const state: { trouble: string | undefined } = { trouble: undefined }
  const log = new Log({
    append: (line) => {
      lines.push(line)
      return state.trouble
    }
  })
  const stdout = fakeOutput()
  const report = logged(json(stdout), log)
  const emitAll = (events: ReadonlyArray<ReportEvent>) => Effect.forEach(events, report.emit, { discard: true })
  const types = () => lines.map((line) => readLine(line).type)
  return { log, report, stdout, lines, state, emitAll, types }
}

const times = (number: number, event: ReportEvent): ReadonlyArray<ReportEvent> =>
  Array.from({ length: number }, () => event)

describe("the log", () => {
  it.effect("has a line for each event but progress, and the report has them all", () =>
    Effect.gen(function*() {
      const { emitAll, lines, log, stdout, types } = start()
      log.write({ type: "start", version: "0.1.0", command: "serve", pid: 7 }, 0)
      yield* emitAll([
        listening,
        { type: "connected", peer: "h:1" },
        { type: "progress", id: "1", bytes: 1, rateBitsPerSecond: 0, size: undefined },
        { type: "setting", name: "port", value: "1", origin: "default" },
        receivedFile,
        sentFile,
        anError,
        { type: "disconnected", peer: "h:1", reason: "ended" }
      ])
      log.stop(0, 0)
      const expected = ["listening", "connected", "received", "sent", "error", "disconnected"]
      expect(types()).toEqual(["start", ...expected, "stop"])
      const reported = stdout.text().trimEnd().split("\n")
      expect(reported).toHaveLength(8)
      expect(reported).toEqual(expect.arrayContaining(lines.slice(1, -1).map((line) => line.trimEnd())))
    }))

  it.effect("says of a text how long it is and what its hash is, and not what it says", () =>
    Effect.gen(function*() {
      const { emitAll, lines, stdout } = start()
      yield* emitAll([receivedText, { ...receivedFile, name: hostile }])
      expect(lines[0]).not.toContain("ahoj")
      expect(JSON.parse(lines[0] ?? "")).toMatchObject({ kind: "text", size: 2500, sha256: receivedText.sha256 })
      expect(stdout.text()).toContain("ahoj")
      expect(lines[1]).not.toMatch(mischief)
    }))

  it.effect("tells when it cannot be written, and the program goes on", () =>
    Effect.gen(function*() {
      const { emitAll, state, stdout } = start()
      state.trouble = "cannot write"
      yield* emitAll([sentFile])
      expect(stdout.text().trimEnd().split("\n").map((line) => JSON.parse(line))).toMatchObject([
        { type: "warning", code: "LogNotWritten", message: "cannot write" },
        { type: "sent" }
      ])
    }))
})

describe("a flood of what strangers cause (S16)", () => {
  it.effect("makes 10 lines a second for each reason, and is counted afterwards, with nothing else happening", () =>
    Effect.gen(function*() {
      const { emitAll, lines, types } = start()
      yield* emitAll([listening, ...times(300, abandoned), ...times(300, { ...abandoned, code: "Denied" })])
      expect(types()).toEqual(["listening", ...times(2 * logLinesPerSecond, abandoned).map(({ type }) => type)])
      yield* TestClock.adjust("999 millis")
      expect(lines).toHaveLength(1 + 2 * logLinesPerSecond)
      yield* TestClock.adjust("1 millis")
      expect(lines.slice(-2).map((line) => JSON.parse(line))).toMatchObject([
        {
          type: "warning",
          code: "LinesLeftOut",
          message: "290 lines left out: more than 10 a second of error (Abandoned)"
        },
        { message: "290 lines left out: more than 10 a second of error (Denied)" }
      ])
      yield* TestClock.adjust("1 minute")
      expect(lines).toHaveLength(3 + 2 * logLinesPerSecond)
    }))

  it.effect("is counted each second while it lasts, and before the end", () =>
    Effect.gen(function*() {
      const { emitAll, lines, log, types } = start()
      yield* emitAll([listening])
      for (let second = 0; second < 3; second++) {
        yield* emitAll(times(25, abandoned))
        yield* TestClock.adjust("1 seconds")
      }
      yield* emitAll(times(25, abandoned))
      log.stop(0, 3001)
      const messages = lines.flatMap((line) =>
        JSON.parse(line).code === "LinesLeftOut" ? [JSON.parse(line).message] : []
      )
      expect(messages).toEqual(times(4, abandoned).map(() => expect.stringMatching(/^15 lines left out: /)))
      expect(types().at(-1)).toBe("stop")
    }))

  it.effect("leaves out no file that was received, and nothing of a sender, whom nobody can flood", () =>
    Effect.gen(function*() {
      const server = start()
      yield* server.emitAll([listening, ...times(50, receivedFile), ...times(50, receivedText)])
      expect(server.lines).toHaveLength(1 + 50 + logLinesPerSecond)
      const client = start()
      yield* client.emitAll(times(50, anError))
      expect(client.lines).toHaveLength(50)
    }))
})

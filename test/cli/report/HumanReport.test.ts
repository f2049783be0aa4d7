import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Paint } from "../../../src/cli/report/Colours.ts"
import { human } from "../../../src/cli/report/HumanReport.ts"
import type { Output, ReportEvent } from "../../../src/cli/report/Report.ts"
import { anError, datagram, fakeOutput, hostile, mischief, receivedFile, receivedText, sentFile } from "../fakes.ts"

/** What both streams show of some events. */
const shown = (
  events: ReadonlyArray<ReportEvent>,
  { isQuiet = false, isTerminal = false }: { readonly isQuiet?: boolean; readonly isTerminal?: boolean } = {}
) =>
  Effect.gen(function*() {
    const stdout = fakeOutput(isTerminal)
    const stderr = fakeOutput(isTerminal)
    const report = human({ stdout, stderr, isQuiet })
    for (const event of events) yield* report.emit(event)
    return { stdout: stdout.text(), stderr: stderr.text() }
  })

const startedText: ReportEvent = {
  type: "started",
  id: "1",
  peer: "192.0.2.7:50000",
  kind: "text",
  size: 7,
  fragments: 3,
  fragmentSize: 1458
}

const clientsEvents: ReadonlyArray<ReportEvent> = [
  { type: "connected", peer: "192.0.2.7:4040" },
  startedText,
  sentFile,
  { type: "disconnected", peer: "192.0.2.7:4040", reason: "left" }
]

const listening = (host: string): ReportEvent => ({
  type: "listening",
  host,
  port: 4040,
  wire: "classic",
  dir: "/inbox"
})

describe("the report for people", () => {
  it.effect("leaves a connection to a client that tells of it itself, however much is to be told", () =>
    Effect.gen(function*() {
      const stderr = fakeOutput()
      const report = human({ stdout: fakeOutput(), stderr, isQuiet: false, isVerbose: true, isServing: () => false })
      yield* report.emit({ type: "connected", peer: "192.0.2.7:4040" })
      yield* report.emit({ type: "disconnected", peer: "192.0.2.7:4040", reason: "left" })
      expect(stderr.text()).toBe("")
    }))

  it.effect("puts the path of a file and a text on stdout, and nothing else", () =>
    Effect.gen(function*() {
      const { stdout } = yield* shown([
        listening("127.0.0.1"),
        { type: "connected", peer: "192.0.2.7:1" },
        receivedFile,
        receivedText,
        sentFile,
        anError,
        { type: "disconnected", peer: "192.0.2.7:1", reason: "ended" }
      ])
      expect(stdout).toBe("/inbox/a.txt\n\"ahoj\"\n")
    }))

  it.effect("is one line for each result in a pipe, where a text is no path (T2)", () =>
    Effect.gen(function*() {
      const texts = ["/etc/passwd", "one\n/etc/passwd\n", "\"/etc/passwd\"", hostile]
      const { stdout } = yield* shown([...texts.map((text) => ({ ...receivedText, text })), receivedFile])
      const lines = stdout.split("\n")
      expect(lines.slice(-2)).toEqual(["/inbox/a.txt", ""])
      expect(lines.slice(0, -2).map((line) => JSON.parse(line))).toEqual(texts)
      expect(stdout).not.toMatch(mischief)
    }))

  it.effect("marks each row of a text on a terminal as its peer's: none is a line of this program (T2)", () =>
    Effect.gen(function*() {
      const forged = `ahoj\nreceived secret.txt: 2 B in 1 ms, from 192.0.2.9:1\n/inbox/secret.txt\n${"x".repeat(200)}`
      const { stdout } = yield* shown([{ ...receivedText, text: forged }], { isTerminal: true })
      const rows = stdout.trimEnd().split("\n")
      expect(rows.length).toBeGreaterThan(5)
      for (const row of rows) {
        expect(row).toMatch(/^192\.0\.2\.7:50000> /)
        expect(row.length).toBeLessThanOrEqual(80)
      }
    }))

  it.effect("says on stderr what happened, in words", () =>
    Effect.gen(function*() {
      const { stderr } = yield* shown([
        listening("127.0.0.1"),
        { type: "connected", peer: "192.0.2.7:1" },
        startedText,
        receivedFile,
        receivedText,
        { type: "disconnected", peer: "192.0.2.7:1", reason: "ended" },
        { type: "disconnected", peer: "192.0.2.7:1", reason: "lost" }
      ])
      expect(stderr.split("\n").slice(4)).toEqual([
        "192.0.2.7:1 connected",
        "received a.txt: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments of 1445 B, from 192.0.2.7:50000",
        "received text: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments of 1445 B, from 192.0.2.7:50000",
        "192.0.2.7:1 left",
        "192.0.2.7:1 timed out",
        ""
      ])
    }))

  it.effect("says of a sender what it sent, and of its connection nothing", () =>
    Effect.gen(function*() {
      const { stderr } = yield* shown(clientsEvents)
      expect(stderr.split("\n")).toEqual([
        "sent a.txt: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments of 1445 B",
        "  from /home/a.txt",
        ""
      ])
    }))

  it.effect("says more to those who want it: beginnings, connections, hashes, details", () =>
    Effect.gen(function*() {
      const stderr = fakeOutput()
      const report = human({ stdout: fakeOutput(), stderr, isQuiet: false, isVerbose: true })
      for (const event of clientsEvents) yield* report.emit(event)
      yield* report.detail("a detail")
      expect(stderr.text().split("\n")).toEqual([
        "connected to 192.0.2.7:4040",
        "sending a text to 192.0.2.7:50000, 7 B in 3 fragments of 1458 B",
        "sent a.txt: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments of 1445 B",
        "  from /home/a.txt",
        `  sha256 ${sentFile.sha256}`,
        "left 192.0.2.7:4040",
        "a detail",
        ""
      ])
      yield* report.emit(listening("127.0.0.1"))
      stderr.news()
      yield* report.emit({ ...startedText, kind: "file", name: hostile, size: undefined })
      expect(stderr.news().join("")).toMatch(/^receiving a.*z from 192\.0\.2\.7:50000, 3 fragments\n$/)
      expect(stderr.text()).not.toMatch(mischief)
    }))

  it.effect("keeps details from those who did not ask for them", () =>
    Effect.gen(function*() {
      const stderr = fakeOutput()
      yield* human({ stdout: fakeOutput(), stderr, isQuiet: false }).detail("a detail")
      expect(stderr.text()).toBe("")
    }))

  it.effect("has colours where a meaning has one, and none in a result", () =>
    Effect.gen(function*() {
      const [stdout, stderr] = [fakeOutput(), fakeOutput()]
      const paint: Paint = (meaning, text) => `<${meaning} ${text}>`
      const report = human({ stdout, stderr, isQuiet: false, paint })
      for (const event of [receivedFile, anError]) yield* report.emit(event)
      report.frame(datagram())
      expect(stdout.text()).toBe("/inbox/a.txt\n")
      expect(stderr.text().split("\n")).toEqual([
        expect.stringMatching(/^<success received> a\.txt: /),
        "<error holub:> 192.0.2.7:4040 refused the message",
        "       <hint ask there>",
        expect.stringMatching(/^<sent →> 192/),
        ""
      ])
    }))

  it.effect("says an error and what to do about it", () =>
    Effect.gen(function*() {
      expect(yield* shown([anError])).toEqual({
        stdout: "",
        stderr: "holub: 192.0.2.7:4040 refused the message\n       ask there\n"
      })
      expect((yield* shown([{ ...anError, hint: undefined }])).stderr).toBe(
        "holub: 192.0.2.7:4040 refused the message\n"
      )
    }))

  it.effect.each([60, 80, 120])(
    "breaks no line inside a word on a terminal of %d columns (U1)",
    (columns) =>
      Effect.gen(function*() {
        const tell = (stderr: Output) =>
          Effect.gen(function*() {
            const report = human({ stdout: fakeOutput(), stderr, isQuiet: false, isVerbose: true })
            for (const event of [listening("0.0.0.0"), ...clientsEvents, anError]) yield* report.emit(event)
            yield* report.emit({
              type: "warning",
              code: "UnknownVariable",
              message: "a warning that has many words ".repeat(5).trim()
            })
            yield* report.emit({
              ...anError,
              message: "a message ".repeat(20).trim(),
              hint: "a hint ".repeat(30).trim()
            })
            yield* report.note("a note ".repeat(30).trim())
          })
        const [narrow, pipe] = [fakeOutput(true, columns), fakeOutput(false, columns)]
        yield* tell(narrow)
        yield* tell(pipe)
        const lines = narrow.text().split("\n")
        const isOneWord = (line: string) => !line.trim().replace(/^holub send .*/, "").includes(" ")
        expect(lines.filter((line) => line.length > columns && !isOneWord(line))).toEqual([])
        const words = (text: string) => text.split(/\s+/)
        expect(words(narrow.text())).toEqual(words(pipe.text()))
        expect(pipe.text().split("\n").some((line) => line.length > 120)).toBe(true)
        // Further lines of an error are below its message.
        expect(narrow.text()).toMatch(/^holub: a message.*\n {7}a? ?message/m)
      })
  )

  it.effect("keeps results and errors when it is quiet, and nothing else", () =>
    Effect.gen(function*() {
      const { stderr, stdout } = yield* shown([listening("127.0.0.1"), receivedFile, sentFile, anError], {
        isQuiet: true
      })
      expect(stdout).toBe("/inbox/a.txt\n")
      expect(stderr).toBe("holub: 192.0.2.7:4040 refused the message\n       ask there\n")
    }))
})

describe("a peer's words (F5)", () => {
  const events: ReadonlyArray<ReportEvent> = [
    { ...receivedFile, name: hostile },
    { ...receivedText, text: hostile },
    { ...sentFile, name: hostile },
    { ...anError, message: `"${hostile}" was refused` }
  ]

  it.effect("have no power over a terminal", () =>
    Effect.gen(function*() {
      const { stderr, stdout } = yield* shown(events, { isTerminal: true })
      expect(stdout).not.toMatch(mischief)
      expect(stderr).not.toMatch(mischief)
    }))

  it.effect("have none in a pipe, where a text is a string of JSON", () =>
    Effect.gen(function*() {
      const { stderr, stdout } = yield* shown(events)
      expect(JSON.parse(stdout.split("\n")[1] ?? "")).toBe(hostile)
      expect(stdout).not.toMatch(mischief)
      expect(stderr).not.toMatch(mischief)
    }))

  it.effect("have none in the name of a directory either, which may have come in an archive", () =>
    Effect.gen(function*() {
      const event = { type: "listening", host: "127.0.0.1", port: 1, wire: "classic", dir: `/${hostile}` } as const
      const { stderr, stdout } = yield* shown([event, { ...receivedFile, path: `/${hostile}/a` }], {
        isTerminal: true
      })
      expect(stdout).not.toMatch(mischief)
      expect(stderr).not.toMatch(mischief)
    }))

  it.effect("have none in a hint either, which may quote a file name that the shell put on the command line", () =>
    Effect.gen(function*() {
      const { stderr } = yield* shown([{ ...anError, hint: `for a file of that name write ./--${hostile}` }])
      expect(stderr).not.toMatch(mischief)
    }))
})

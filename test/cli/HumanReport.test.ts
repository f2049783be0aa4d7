import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { human } from "../../src/cli/HumanReport.ts"
import type { ReportEvent } from "../../src/cli/Report.ts"
import { anError, fakeOutput, hostile, mischief, receivedFile, receivedText, sentFile } from "./fakes.ts"

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

const listening = (host: string): ReportEvent => ({
  type: "listening",
  host,
  port: 4040,
  wire: "classic",
  dir: "/inbox"
})

describe("the report for people", () => {
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
      expect(stdout).toBe("/inbox/a.txt\nahoj\n")
    }))

  it.effect("says on stderr what happened, in words", () =>
    Effect.gen(function*() {
      const { stderr } = yield* shown([
        { type: "connected", peer: "192.0.2.7:1" },
        receivedFile,
        receivedText,
        sentFile,
        { type: "disconnected", peer: "192.0.2.7:1", reason: "ended" },
        { type: "disconnected", peer: "192.0.2.7:1", reason: "lost" }
      ])
      expect(stderr.split("\n")).toEqual([
        "192.0.2.7:1 connected",
        "received a.txt: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments",
        "received text: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments",
        "sent a.txt: 2.4 KiB in 200 ms (100.0 kbit/s), 3 fragments",
        "192.0.2.7:1 left",
        "192.0.2.7:1 fell silent",
        ""
      ])
    }))

  it.effect("says what a message cost where it cost anything, and when its arrival was not confirmed", () =>
    Effect.gen(function*() {
      const { stderr } = yield* shown([
        { ...receivedFile, damaged: 2, duplicates: 1 },
        { ...sentFile, retransmissions: 4, confirmed: false }
      ])
      expect(stderr).toMatch(/3 fragments, 2 damaged, 1 repeated\n/)
      expect(stderr).toMatch(/3 fragments, 4 repeated; the last answer was lost, but it arrived\n/)
    }))

  it.effect("says an error and what to do about it", () =>
    Effect.gen(function*() {
      expect(yield* shown([anError])).toEqual({
        stdout: "",
        stderr: "holub: 192.0.2.7:4040 refused it\n       ask there\n"
      })
      expect((yield* shown([{ ...anError, hint: undefined }])).stderr).toBe("holub: 192.0.2.7:4040 refused it\n")
    }))

  it.effect("keeps results and errors when it is quiet, and nothing else", () =>
    Effect.gen(function*() {
      const { stderr, stdout } = yield* shown([listening("127.0.0.1"), receivedFile, sentFile, anError], {
        isQuiet: true
      })
      expect(stdout).toBe("/inbox/a.txt\n")
      expect(stderr).toBe("holub: 192.0.2.7:4040 refused it\n       ask there\n")
    }))
})

describe("a server that listens", () => {
  it.effect("says on loopback that other machines cannot reach it, and how they could", () =>
    Effect.gen(function*() {
      for (const host of ["127.0.0.1", "::1"]) {
        const { stderr } = yield* shown([listening(host)])
        expect(stderr).toMatch(/only this machine can reach it; --host 0\.0\.0\.0/)
        expect(stderr).toContain("/inbox")
      }
    }))

  it.effect("says elsewhere the exact command for another machine", () =>
    Effect.gen(function*() {
      expect((yield* shown([listening("192.0.2.7")])).stderr).toContain("holub send --to 192.0.2.7:4040 FILE\n")
      expect((yield* shown([listening("2001:db8::1")])).stderr).toContain("holub send --to [2001:db8::1]:4040 FILE\n")
    }))

  it.effect("never names an address at all interfaces that others cannot reach", () =>
    Effect.gen(function*() {
      for (const host of ["0.0.0.0", "::"]) {
        const { stderr } = yield* shown([listening(host)])
        expect(stderr).not.toMatch(/--to (0\.0\.0\.0|127\.|\[::1?\]|\[fe80)/)
      }
    }))

  it.effect("says that the wire is neither encrypted nor authenticated", () =>
    Effect.gen(function*() {
      expect((yield* shown([listening("127.0.0.1")])).stderr).toContain("neither encrypted nor authenticated")
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

  it.effect("leave a text of several lines as it is on a terminal", () =>
    Effect.gen(function*() {
      const text = "první\n\tdruhý 🐴"
      expect((yield* shown([{ ...receivedText, text }], { isTerminal: true })).stdout).toBe(`${text}\n`)
    }))

  it.effect("reach a pipe as they came when they are the result, and harmless when they are not", () =>
    Effect.gen(function*() {
      const { stderr, stdout } = yield* shown(events)
      expect(stdout).toBe(`/inbox/a.txt\n${hostile}\n`)
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

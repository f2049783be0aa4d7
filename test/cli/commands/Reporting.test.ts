import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { EventEmitter } from "node:events"
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import * as Reporting from "../../../src/cli/commands/Reporting.ts"
import type { Environment } from "../../../src/node/Folders.ts"
import { Kind } from "../../../src/protocol/classic/ClassicFrame.ts"
import { readLine } from "../../processes/documented.ts"
import { frameOf } from "../../protocol/classic/frames.ts"
import { anError, datagram, fakeOutput, noise, packet, sentFile, streamFrame } from "../fakes.ts"
import { valuesOf } from "../invoking.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holub-test-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process with its exit and signal events only. */
class FakeProcess extends EventEmitter {
  readonly pid = 7
}

const make = (args: ReadonlyArray<string>, environment: Environment = {}, isTerminal = false, hasTerminal = false) => {
  const stdout = fakeOutput(isTerminal)
  const stderr = fakeOutput(isTerminal)
  const process = new FakeProcess()
  const values = valuesOf(["serve", ...args])
  const options = { stdout, stderr, command: "serve", version: "0", environment, process, hasTerminal }
  const made = Reporting.make(values, options)
  return { made, stdout, stderr, process }
}

/** What both streams have after an error, a message that was sent, a detail and some frames. */
const shown = (args: ReadonlyArray<string>, environment: Environment = {}, isTerminal = false) => {
  const { made, stderr, stdout } = make(args, environment, isTerminal)
  const { report, traces } = Either.getOrThrow(made)
  for (const event of [anError, sentFile]) Effect.runSync(report.emit(event))
  Effect.runSync(report.detail("a detail"))
  const keepAlive = frameOf(Kind.kpa, 0, 0)
  const kpa = { ...datagram(), frame: keepAlive, bytes: keepAlive.bytes }
  for (const one of [datagram(), kpa, noise]) traces?.(one)
  return { stdout: stdout.text(), stderr: stderr.text() }
}

/** The types of the frames in a trace for people. */
const kinds = (args: ReadonlyArray<string>): ReadonlyArray<string | undefined> =>
  shown(args).stderr.split("\n").flatMap((line) => {
    const [, kind] = /^[→←] \S+ +(\w+)/.exec(line) ?? []
    return kind === undefined ? [] : [kind]
  })

describe("the report that the flags ask for", () => {
  it("is for people, or for scripts", () => {
    expect(shown([])).toMatchObject({ stdout: "", stderr: expect.stringMatching(/^holub: .*\n {7}ask there\nsent a/) })
    const { stderr, stdout } = shown(["--json", "--verbose", "--trace"])
    expect([stderr, stdout.trimEnd().split("\n").map((line) => readLine(line).type)]).toEqual([
      "",
      ["error", "sent", "frame", "frame"]
    ])
  })

  it("is short or long", () => {
    expect(shown(["--quiet"]).stderr).toBe("holub: 192.0.2.7:4040 refused the message\n       ask there\n")
    expect(shown([]).stderr).not.toMatch(/sha256|a detail/)
    expect(shown(["--verbose"]).stderr).toMatch(/sha256[^]*a detail/)
  })

  it("has colours on a terminal that wants them", () => {
    const colour = "\u001b[31m"
    expect(shown([], {}, true).stderr).toContain(colour)
    expect(shown([], { NO_COLOR: "1" }, true).stderr).not.toContain(colour)
    expect(shown(["--no-color"], {}, true).stderr).not.toContain(colour)
    expect(shown(["--color"], { NO_COLOR: "1" }).stderr).toContain(colour)
    expect(shown(["--color", "--json"], {}, true)).toMatchObject({ stdout: expect.not.stringContaining("\\u001b") })
  })

  it("traces what is asked for: each of the flags means a trace", () => {
    expect(Either.getOrThrow(make([]).made).traces).toBeUndefined()
    expect(kinds(["--trace"])).toEqual(["DAT", "no"])
    expect(kinds(["--trace-keepalive"])).toEqual(["DAT", "KPA", "no"])
    expect(shown(["--trace-data"]).stderr).toMatch(/ B {2}data\n/)
    expect(shown(["--trace", "--quiet"]).stderr).toContain("DAT")
    expect(shown(["--trace-data", "--json"]).stdout).toContain("\"payload\":\"data\"")
  })
})

describe("the trace of packets", () => {
  const frames = (args: ReadonlyArray<string>): ReadonlyArray<string | undefined> => {
    const { made, stderr } = make(args)
    const { traces } = Either.getOrThrow(made)
    for (const part of [{ _tag: "Ping" } as const, streamFrame("ahoj")]) traces?.(packet([part]))
    return stderr.text().trimEnd().split("\n").map((line) => / B {2}(.*)$/.exec(line)?.[1])
  }

  it("has what is asked for, too", () => {
    expect(frames(["--trace"])).toEqual(["STREAM 2 10+4"])
    expect(frames(["--trace-keepalive"])).toEqual(["PING", "STREAM 2 10+4"])
    expect(frames(["--trace-data"])).toEqual(["STREAM 2 10+4  ahoj"])
  })
})

describe("the log", () => {
  const linesOf = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n").map(readLine)

  it("is from the start to the end of the program, in one file or more", () => {
    const path = join(folder, "log")
    const { made, process } = make(["--log-file", path, "--trace"])
    const { report, traces } = Either.getOrThrow(made)
    Effect.runSync(report.emit(anError))
    traces?.(datagram())
    renameSync(path, `${path}.1`)
    process.emit("SIGHUP")
    Effect.runSync(report.emit(sentFile))
    process.emit("exit", 6)
    expect(linesOf(`${path}.1`)).toMatchObject([{ type: "start", command: "serve", pid: 7 }, { type: "error" }])
    expect(linesOf(path)).toMatchObject([{ type: "sent" }, { type: "stop", exitCode: 6 }])
  })

  it("that cannot be opened is an error before anything else", () => {
    const { made } = make(["--log-file", join(folder, "missing/log")])
    expect(Either.getLeft(made)).toMatchObject({ value: { code: "NotFound", exitCode: 8 } })
  })

  it("that cannot be written is told once, and the program goes on", () => {
    const { made, stderr } = make(["--log-file", "/dev/full", "--quiet"])
    const { report } = Either.getOrThrow(made)
    for (const event of [sentFile, sentFile]) Effect.runSync(report.emit(event))
    expect(stderr.text()).toMatch(/^holub: cannot write the log file "\/dev\/full": the disk is full; [^\n]*\n$/)
  })

  it("leaves SIGHUP alone where there is none, and where a terminal may send it", () => {
    expect(make([]).process.eventNames()).toEqual([])
    const path = join(folder, "log")
    expect(make(["--log-file", path], {}, false, true).process.eventNames()).toEqual(["exit"])
  })
})

/** Makes the report out of the flags: for scripts or for people, with colours or without, logged or not, and what it traces. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Failure } from "../errors/Failure.ts"
import { paintFor } from "../report/Colours.ts"
import { human } from "../report/HumanReport.ts"
import { json } from "../report/JsonReport.ts"
import { Log, logged } from "../report/Log.ts"
import { LogFile } from "../report/LogFile.ts"
import type { Output, Report } from "../report/Report.ts"
import { isKeepAlive, type Traced } from "../report/Trace.ts"
import type { Environment, Read } from "../Settings.ts"
import { withDefault } from "../Settings.ts"
import * as Flags from "../settings/Flags.ts"
import { version } from "../text/version.ts"

export interface ReportingOptions {
  readonly stdout: Output
  readonly stderr: Output
  /** What runs, for the log; undefined for what only tells something. */
  readonly command: string | undefined
  readonly environment?: Environment
  /** Whose end is logged, and who says when the log file was moved away. */
  readonly process?: Process
  /** Whether this side is a server at the moment, where that changes. */
  readonly isServing?: () => boolean
}

/** What is heard of a process. */
interface Process {
  readonly pid: number
  readonly on: (event: "SIGHUP", hear: () => void) => unknown
  readonly once: (event: "exit", hear: (exitCode: number) => void) => unknown
}

export interface Reporting {
  readonly report: Report
  /** To be told of each datagram, or packet; undefined without a trace. */
  readonly traces: ((traced: Traced) => void) | undefined
}

/** Fails before anything else is opened if the log file cannot be. */
export const make = (
  read: Read,
  { command, environment = process.env, isServing, process: own = process, stderr, stdout }: ReportingOptions
): Either.Either<Reporting, Failure> =>
  Either.gen(function*() {
    const isJson = yield* withDefault(read, Flags.json)
    const isQuiet = yield* withDefault(read, Flags.quiet)
    const isVerbose = yield* withDefault(read, Flags.verbose)
    const paint = paintFor(stderr, yield* read(Flags.color), environment["NO_COLOR"])
    const showsPayload = yield* withDefault(read, Flags.traceData)
    const showsKeepalive = yield* withDefault(read, Flags.traceKeepalive)
    const isTraced = showsPayload || showsKeepalive || (yield* withDefault(read, Flags.trace))
    const logPath = yield* read(Flags.logFile)
    const plain = isJson
      ? json(stdout, { showsPayload })
      : human({ stdout, stderr, isQuiet, isVerbose, isServing, showsPayload, paint })
    const report = logPath === undefined || command === undefined
      ? plain
      : loggedIn(yield* LogFile.open(logPath), plain, command, own)
    return { report, traces: isTraced ? tracing(report, showsKeepalive) : undefined }
  })

const loggedIn = (
  file: LogFile,
  report: Report,
  command: string,
  own: Process
): Report => {
  const log = new Log(file)
  const warn = (message: string | undefined): void => {
    if (message !== undefined) Effect.runFork(report.emit({ type: "warning", code: "LogNotWritten", message }))
  }
  warn(log.write({ type: "start", version, command, pid: own.pid }, Date.now()))
  own.on("SIGHUP", () => warn(file.reopen()))
  // However it comes to its end: a second Ctrl-C ends the program at once.
  own.once("exit", (exitCode) => log.stop(exitCode, Date.now()))
  return logged(report, log)
}

const tracing = (report: Report, showsKeepalive: boolean) => (traced: Traced): void => {
  if (showsKeepalive || !isKeepAlive(traced)) report.frame(traced)
}

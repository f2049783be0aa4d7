/** Creates the report from the flags: JSON or text, with or without colours, log file and trace. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Environment } from "../../node/Folders.ts"
import * as ControllingTerminal from "../ControllingTerminal.ts"
import type { Failure } from "../errors/Failure.ts"
import { paintFor } from "../report/Colours.ts"
import { human } from "../report/HumanReport.ts"
import { json } from "../report/JsonReport.ts"
import { Log, logged } from "../report/Log.ts"
import { LogFile } from "../report/LogFile.ts"
import type { Output, Report } from "../report/Report.ts"
import { isKeepAlive, type Traced } from "../report/Trace.ts"
import type { Values } from "../settings/Settings.ts"

export interface ReportingOptions {
  readonly stdout: Output
  readonly stderr: Output
  /** The name of the command, for the log; undefined for a command that is not logged. */
  readonly command: string | undefined
  /** The version of the program, for the log. */
  readonly version: string
  readonly environment?: Environment
  /** The process: its exit is logged, and its SIGHUP opens the log file again if it has no terminal. */
  readonly process?: Process
  /** Whether SIGHUP may come from a terminal that was closed, and ends the program. Default: asks the system. */
  readonly hasTerminal?: boolean
  /** Whether this side is a server now; undefined if the role does not change. */
  readonly isServing?: () => boolean
}

/** The events of a process that are used here. */
interface Process {
  readonly pid: number
  readonly on: (event: "SIGHUP", listener: () => void) => unknown
  readonly once: (event: "exit", listener: (exitCode: number) => void) => unknown
}

export interface Reporting {
  readonly report: Report
  /** Receives each datagram or packet; undefined without a trace. */
  readonly traces: ((traced: Traced) => void) | undefined
}

/** The settings of a report; those of a trace and a log are undefined for a command without them. */
export type ReportValues = Partial<
  Pick<Values, "json" | "quiet" | "verbose" | "color" | "trace" | "traceData" | "traceKeepalive" | "logFile">
>

/** Creates the report. Fails, before anything else is opened, if the log file cannot be opened. */
export const make = (values: ReportValues, options: ReportingOptions): Either.Either<Reporting, Failure> =>
  Either.gen(function*() {
    const { color, json: isJson, logFile, quiet: isQuiet = false, verbose: isVerbose = false } = values
    const { trace = false, traceData: showsPayload = false, traceKeepalive: showsKeepalive = false } = values
    const { command, environment = process.env, isServing, stderr, stdout } = options
    const paint = paintFor(stderr, color, environment["NO_COLOR"])
    const plain = isJson === true
      ? json(stdout, { showsPayload })
      : human({ stdout, stderr, isQuiet, isVerbose, isServing, showsPayload, paint })
    const report = logFile === undefined || command === undefined
      ? plain
      : loggedIn(yield* LogFile.open(logFile), plain, { ...options, command })
    const isTraced = showsPayload || showsKeepalive || trace
    return { report, traces: isTraced ? tracing(report, showsKeepalive) : undefined }
  })

const loggedIn = (
  file: LogFile,
  report: Report,
  { command, hasTerminal = ControllingTerminal.exists(), process: own = process, version }: ReportingOptions & {
    readonly command: string
  }
): Report => {
  const log = new Log(file)
  const warn = (message: string | undefined): void => {
    if (message !== undefined) Effect.runFork(report.emit({ type: "warning", code: "LogNotWritten", message }))
  }
  warn(log.write({ type: "start", version, command, pid: own.pid }, Date.now()))
  if (!hasTerminal) own.on("SIGHUP", () => warn(file.reopen()))
  // The exit event covers every end, also that by a second Ctrl-C.
  own.once("exit", (exitCode) => log.stop(exitCode, Date.now()))
  return logged(report, log)
}

const tracing = (report: Report, showsKeepalive: boolean) => (traced: Traced): void => {
  if (showsKeepalive || !isKeepAlive(traced)) report.frame(traced)
}

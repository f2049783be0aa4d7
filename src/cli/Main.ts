/** From what is to be done to an exit code: reads the settings, chooses the report, runs the command, hears the signals. */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type { Given } from "./Argv.ts"
import { glimpse } from "./Argv.ts"
import type { Services } from "./commands/CommandContext.ts"
import * as Reporting from "./commands/Reporting.ts"
import * as ConfigFile from "./ConfigFile.ts"
import type { Failure } from "./errors/Failure.ts"
import { ExitCode } from "./errors/Failure.ts"
import { variableOf } from "./Flag.ts"
import { human } from "./report/HumanReport.ts"
import { json } from "./report/JsonReport.ts"
import * as Outputs from "./report/Outputs.ts"
import type { Output, Report } from "./report/Report.ts"
import { failed, ofDefect } from "./report/Report.ts"
import type { Task } from "./Runners.ts"
import { load } from "./Runners.ts"
import { misspelt, reader, withDefault } from "./Settings.ts"
import * as Flags from "./settings/Flags.ts"
import { hearOutputs, hearSignals } from "./Signals.ts"

/** What the command line asks for. */
export interface Job {
  readonly task: Task
  readonly given: ReadonlyArray<Given>
}

/** They tell something and change nothing that a log is kept of. */
const unlogged: ReadonlySet<Task> = new Set<Task>(["config show", "completions install"])

export type LoadServices = () => Promise<Layer.Layer<Services>>

/** Runs the program and exits the process, once all that it wrote has been taken. */
export const main = (
  argv: ReadonlyArray<string>,
  wanted: Either.Either<Job, Failure>,
  services: LoadServices
): void => {
  const outputs = Outputs.ofProcess()
  const stopping = Effect.runSync(Deferred.make<void>())
  // Of an error, which may be found before the settings are known.
  let report = plain(outputs, wantsJson(argv, undefined))
  const program = Effect.gen(function*() {
    const place = yield* placeOf(argv, wanted)
    const opened = yield* Effect.promise(() => ConfigFile.open(place))
    report = plain(outputs, wantsJson(argv, Either.getOrUndefined(opened)))
    const { given, task } = yield* wanted
    const document = yield* opened
    const configuration = document === undefined ? undefined : yield* ConfigFile.check(document)
    const sources = { given, environment: process.env, configuration }
    const read = reader(given, process.env, configuration)
    // The communicator makes its own, which writes above its prompt.
    const reporting = task === "" ? undefined : yield* Reporting.make(read, {
      ...outputs,
      command: unlogged.has(task) ? undefined : task
    })
    report = reporting?.report ?? report
    for (const message of misspelt(process.env)) {
      yield* report.emit({ type: "warning", code: "UnknownVariable", message })
    }
    const isJson = yield* withDefault(read, Flags.json)
    const print = (text: string): Effect.Effect<void> => isJson ? Effect.void : written(outputs.stdout, text)
    const run = yield* Effect.promise(() => load(task))
    return yield* run({
      read,
      sources,
      place,
      outputs,
      report,
      onTraced: reporting?.traces,
      print,
      services: Layer.unwrapEffect(Effect.promise(services)),
      stopping: Deferred.await(stopping)
    })
  })
  const guarded = Effect.scoped(program).pipe(
    Effect.catchAll((failure) => Effect.as(failed(report, failure), failure.exitCode)),
    Effect.catchAllDefect((defect) =>
      Effect.as(report.emit(ofDefect(Cause.pretty(Cause.die(defect)))), ExitCode.unclassified)
    )
  )
  const fiber = Effect.runFork(guarded)
  const ending = hearSignals(fiber, {
    hurry: outputs.hurry,
    stop: () => Deferred.unsafeDone(stopping, Effect.void)
  })
  hearOutputs(ending, Either.isRight(wanted) && wanted.right.task === "serve")
  fiber.addObserver((exit) => {
    const code = Exit.match(exit, {
      onSuccess: (value) => value,
      onFailure: (cause) => Cause.isInterruptedOnly(cause) ? ending.exitCode() : ExitCode.unclassified
    })
    const lost = (): ExitCode | undefined => outputs.hasLostResult() ? ExitCode.localIo : undefined
    Outputs.leaveWhenTaken(() => ending.failedWith() ?? lost() ?? code, ending.hasBegun())
  })
}

const plain = (outputs: Outputs.Outputs, isJson: boolean): Report =>
  isJson ? json(outputs.stdout) : human({ ...outputs, isQuiet: true })

/** Whether errors are for a script, as far as can be told when something else is wrong. */
const wantsJson = (argv: ReadonlyArray<string>, document: ConfigFile.Document | undefined): boolean => {
  const written = glimpse(argv, Flags.json) ?? process.env[variableOf(Flags.json)]
  return written === undefined ? document?.table[Flags.json.name] === true : written === "true" || written === "1"
}

const placeOf = (
  argv: ReadonlyArray<string>,
  wanted: Either.Either<Job, Failure>
): Either.Either<ConfigFile.Place, Failure> =>
  Either.match(wanted, {
    onLeft: () => Either.right(glimpse(argv, Flags.config) ?? process.env[variableOf(Flags.config)]),
    onRight: ({ given }) => reader(given, process.env)(Flags.config)
  }).pipe(Either.map((named) => ConfigFile.place(named, process.env)))

const written = (output: Output, text: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    output.write(text)
    return output.drained
  })

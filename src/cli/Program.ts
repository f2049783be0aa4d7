/**
 * The program of the executable, bundled into one file: reads the command line and the configuration file, creates the
 * report, runs the command under `NodeRuntime.runMain`, and exits.
 */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Terminal from "@effect/platform/Terminal"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import manifest from "../../package.json" with { type: "json" }
import type { CommandLine } from "./CommandLine.ts"
import { glimpse } from "./CommandLine.ts"
import { commands } from "./commands/Commands.ts"
import type { Definition, Invocation } from "./commands/Definition.ts"
import { Launcher } from "./commands/Definition.ts"
import * as Help from "./commands/Help.ts"
import * as Reporting from "./commands/Reporting.ts"
import { usageOf } from "./CommandUsage.ts"
import * as ControllingTerminal from "./ControllingTerminal.ts"
import * as Correction from "./Correction.ts"
import { dispatch } from "./Dispatch.ts"
import { Ended, ExitCode } from "./errors/ExitCodes.ts"
import type { Failure } from "./errors/Failure.ts"
import * as PersonTerminal from "./interactive/PersonTerminal.ts"
import { human } from "./report/HumanReport.ts"
import { json } from "./report/JsonReport.ts"
import * as Outputs from "./report/Outputs.ts"
import type { Output, Report } from "./report/Report.ts"
import { failed, ofDefect } from "./report/Report.ts"
import * as ConfigFile from "./settings/ConfigFile.ts"
import { read, variableOf } from "./settings/Setting.ts"
import { settings } from "./settings/Settings.ts"
import type { Sources } from "./settings/Sources.ts"
import { check, misspelt, written } from "./settings/Sources.ts"
import { Ending } from "./Signals.ts"

const { version } = manifest

/** Runs the program and exits the process after its output has been read. */
export const run = (argv: ReadonlyArray<string>): void => {
  ControllingTerminal.forgetClosedAtExit()
  const outputs = Outputs.ofProcess()
  const ending = new Ending(outputs)
  const line = Correction.read(commands)(argv)
  ending.watchOutputs(Either.isRight(line) && line.right.command.name === "serve")
  const program = main(argv, line, outputs, ending.stopping).pipe(
    Effect.provide(Layer.provideMerge(PersonTerminal.layer, NodeContext.layer))
  )
  NodeRuntime.runMain(ending.supervise(program), {
    disableErrorReporting: true,
    disablePrettyLogger: true,
    // `leaveWhenTaken` exits, not the callback: pipes may still have to be read.
    teardown: () => Outputs.leaveWhenTaken(() => ending.exitCode, ending.hasBegun)
  })
}

type Line = CommandLine<Definition>

/** The program as an Effect; it reports its failures. */
const main = (
  argv: ReadonlyArray<string>,
  parsed: Either.Either<Line, Failure>,
  outputs: Outputs.Outputs,
  stopping: Effect.Effect<void>
) => {
  // A plain report, for failures before the settings are known.
  let report = plain(outputs, wantsJson(argv, undefined))

  const located = Effect.gen(function*() {
    if (Either.isRight(parsed) && !parsed.right.command.hasSettings) return withoutSettings(parsed.right)
    const place = yield* placeOf(argv, parsed)
    const opened = yield* Effect.promise(() => ConfigFile.open(place))
    report = plain(outputs, wantsJson(argv, Either.getOrUndefined(opened)))
    const { given } = yield* parsed
    const document = yield* opened
    const configuration = document === undefined ? undefined : yield* ConfigFile.check(document)
    const sources: Sources = { given, environment: process.env, configuration }
    const { command: { command } } = yield* parsed
    yield* check(sources, usageOf(command).flags.some(({ name }) => name === settings.wire.name))
    return { place, sources }
  })

  const launch = ({ definition, values, ...invocation }: Invocation, { place, sources }: Located) =>
    Effect.gen(function*() {
      const { hasSettings, isLogged, name } = definition
      // The interactive mode creates its own report, which writes above its prompt.
      const reporting = hasSettings && name !== ""
        ? yield* Reporting.make(values, { ...outputs, version, command: isLogged ? name : undefined })
        : undefined
      report = reporting?.report ?? report
      for (const message of hasSettings ? misspelt(process.env) : []) {
        yield* report.emit({ type: "warning", code: "UnknownVariable", message })
      }
      const print = (text: string): Effect.Effect<void> =>
        values.json === true ? Effect.void : printed(outputs.stdout, text)
      const shown = { outputs, report, onTraced: reporting?.traces, print }
      const exitCode = yield* invocation.run({ commands, version, sources, place, stopping, ...shown })
      if (exitCode !== ExitCode.ok) yield* Effect.fail(new Ended(exitCode))
    }).pipe(Effect.scoped)

  return Effect.gen(function*() {
    const text = Either.isRight(parsed) ? yield* textOf(parsed.right, outputs) : undefined
    if (text !== undefined) return yield* printed(outputs.stdout, text)
    const where = yield* located
    const dispatched = dispatch(yield* parsed, where.sources)
    return yield* Effect.provideService(dispatched, Launcher, (invocation) => launch(invocation, where))
  }).pipe(
    Effect.tapError((error) => error._tag === "Ended" ? Effect.void : failed(report, error)),
    Effect.catchAllDefect((defect) =>
      Effect.zipRight(
        report.emit(ofDefect(Cause.pretty(Cause.die(defect)))),
        Effect.fail(new Ended(ExitCode.unclassified))
      )
    )
  )
}

interface Located {
  readonly place: ConfigFile.Place
  readonly sources: Sources
}

/** The sources for a command without settings: neither environment nor file is read. */
const withoutSettings = ({ given }: Line): Located => ({
  place: ConfigFile.place(undefined, process.env),
  sources: { given, environment: process.env, configuration: undefined }
})

/** The version or the help, if the command line requests it; undefined otherwise. */
const textOf = ({ command, given, wantsHelp, wantsVersion }: Line, { stdout }: Outputs.Outputs) =>
  Effect.gen(function*() {
    if (wantsVersion && isVerbose(given)) {
      const { verboseVersion } = yield* Effect.promise(() => import("./text/VersionText.ts"))
      return `${verboseVersion(version)}\n`
    }
    if (wantsVersion) return `${version}\n`
    const { isTTY } = yield* Terminal.Terminal
    const isBare = command.name === "" && given.length === 0 && !(yield* isTTY)
    if (!wantsHelp && !isBare) return undefined
    return Help.ofCommand(isBare ? undefined : command, commands, Help.columnsOf(stdout))
  })

const isVerbose = (given: Line["given"]): boolean =>
  given.some((item) => item._tag === "Flag" && item.name === settings.verbose.name && item.text === "true")

const plain = (outputs: Outputs.Outputs, isJson: boolean): Report =>
  isJson ? json(outputs.stdout) : human({ ...outputs, isQuiet: true })

/** Whether errors are reported as JSON, as far as that is known in spite of another error. */
const wantsJson = (argv: ReadonlyArray<string>, document: ConfigFile.Document | undefined): boolean => {
  const text = glimpse(argv, settings.json) ?? process.env[variableOf(settings.json)]
  return text === undefined ? document?.table[settings.json.name] === true : text === "true" || text === "1"
}

/** The place of the configuration file: named by the flag, by the environment, or the default place. */
const placeOf = (
  argv: ReadonlyArray<string>,
  parsed: Either.Either<Line, Failure>
): Either.Either<ConfigFile.Place, Failure> => {
  const given = Either.match(parsed, { onLeft: () => [], onRight: (line) => line.given })
  const glimpsed = Either.isLeft(parsed) ? glimpse(argv, settings.config) : undefined
  const { label, texts } = written(settings.config, { given, environment: process.env, configuration: undefined })
  const text = glimpsed ?? texts[0]
  if (text === undefined || Either.isLeft(parsed)) return Either.right(ConfigFile.place(text, process.env))
  return Either.map(read(settings.config, text, label), (path) => ConfigFile.place(path, process.env))
}

const printed = (output: Output, text: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    output.write(text)
    return output.drained
  })

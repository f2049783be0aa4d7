/** From arguments to an exit code: parses, chooses the report, runs the command, hears the signals. */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Crc } from "../Crc.ts"
import type { Socket } from "../Socket.ts"
import type { Storage } from "../Storage.ts"
import { StorageError } from "../Storage.ts"
import type { Given } from "./Argv.ts"
import { parse } from "./Argv.ts"
import type { Command } from "./Commands.ts"
import { ExitCode } from "./Failure.ts"
import * as Flags from "./Flags.ts"
import * as Help from "./Help.ts"
import { human } from "./HumanReport.ts"
import type { Output, Report } from "./Report.ts"
import { failed, json, ofDefect, ofUsage } from "./Report.ts"
import * as Send from "./Send.ts"
import * as Serve from "./Serve.ts"
import { reader, withDefault } from "./Settings.ts"
import { version } from "./version.ts"

type Services = Socket | Crc | Storage

/** Runs the program and exits the process. */
export const main = (argv: ReadonlyArray<string>, services: Layer.Layer<Services>): void => {
  const stdout = outputOf(process.stdout)
  const stderr = outputOf(process.stderr)
  // Whoever read our output has gone: there is nobody left to tell.
  process.stdout.on("error", () => process.exit(ExitCode.ok))
  process.stderr.on("error", () => undefined)

  const parsed = parse(argv)
  const isOn = ["true", "1"].includes(process.env["HOLUB_JSON"] ?? "")
  const wantsJson = argv.includes("--json") || (isOn && !argv.includes("--no-json"))
  const plain = wantsJson ? json(stdout) : human({ stdout, stderr, isQuiet: true })
  const stopping = Effect.runSync(Deferred.make<void>())
  const program = Either.match(parsed, {
    onLeft: (failure) => Effect.as(plain.emit(ofUsage(failure)), failure.exitCode),
    onRight: ({ command, given }) => {
      if (isAsked(given, Flags.version)) return say(stdout, `${version}\n`)
      if (command === undefined) return say(stdout, Help.general())
      if (isAsked(given, Flags.help)) return say(stdout, Help.ofCommand(command))
      return runCommand(command, given, { stdout, stderr, plain, stopping: Deferred.await(stopping) })
    }
  })
  const guarded = program.pipe(
    Effect.catchAllDefect((defect) =>
      Effect.as(plain.emit(ofDefect(Cause.pretty(Cause.die(defect)))), ExitCode.unclassified)
    ),
    Effect.provide(services)
  )
  const fiber = Effect.runFork(guarded)
  const signals = listen(fiber, () => Deferred.unsafeDone(stopping, Effect.void))
  fiber.addObserver((exit) => {
    process.exitCode = Exit.match(exit, {
      onSuccess: (code) => code,
      onFailure: (cause) => Cause.isInterruptedOnly(cause) ? signals.exitCode() : ExitCode.unclassified
    })
    process.exit()
  })
}

interface Surroundings {
  readonly stdout: Output
  readonly stderr: Output
  readonly plain: Report
  readonly stopping: Effect.Effect<void>
}

const runCommand = (
  command: Command,
  given: ReadonlyArray<Given>,
  { plain, stderr, stdout, stopping }: Surroundings
): Effect.Effect<ExitCode, never, Services> => {
  const read = reader(given, process.env)
  const prepared = Either.gen(function*() {
    const isQuiet = yield* withDefault(read, Flags.quiet)
    const report = (yield* withDefault(read, Flags.json)) ? json(stdout) : human({ stdout, stderr, isQuiet })
    if (command.name === "serve") {
      const options = yield* Serve.options(read)
      return { report, run: Serve.run(options, report, stopping) }
    }
    const options = yield* Send.options(read, given)
    const stopped = Effect.as(stopping, ExitCode.terminated)
    return { report, run: Effect.raceFirst(Send.run(options, report, stdin), stopped) }
  })
  return Either.match(prepared, {
    onLeft: (failure) => Effect.as(plain.emit(ofUsage(failure)), failure.exitCode),
    onRight: ({ report, run }) =>
      Effect.scoped(run).pipe(
        Effect.catchAll((failure) => Effect.as(failed(report, failure), failure.exitCode))
      )
  })
}

const isAsked = (given: ReadonlyArray<Given>, flag: Flags.Flag<boolean>): boolean =>
  given.some((item) => item.kind === "flag" && item.flag === flag && item.text === "true")

const say = (output: Output, text: string): Effect.Effect<ExitCode> =>
  Effect.sync(() => {
    output.write(text)
    return ExitCode.ok
  })

const outputOf = (stream: NodeJS.WriteStream): Output => ({
  write: (text) => stream.write(text),
  isTerminal: stream.isTTY && process.env["TERM"] !== "dumb",
  columns: () => stream.columns ?? 80
})

const stdin: Stream.Stream<Uint8Array, StorageError> = Stream.fromAsyncIterable(
  {
    [Symbol.asyncIterator]: () => {
      const chunks = process.stdin[Symbol.asyncIterator]()
      return { next: () => chunks.next() }
    }
  },
  (cause) => new StorageError({ reason: "Io", path: "-", message: "standard input cannot be read", cause })
)

/** The first Ctrl-C ends the program in order, peers are told; the second one at once. SIGTERM lets a server finish. */
const listen = (fiber: Fiber.RuntimeFiber<unknown, unknown>, stop: () => void) => {
  let exitCode: ExitCode = ExitCode.interrupted
  let isEnding = false
  const end = (code: ExitCode, first: () => void) => (): void => {
    if (isEnding) process.exit(code)
    isEnding = true
    exitCode = code
    first()
  }
  process.on("SIGINT", end(ExitCode.interrupted, () => Effect.runFork(Fiber.interrupt(fiber))))
  process.on("SIGTERM", end(ExitCode.terminated, stop))
  return { exitCode: () => exitCode }
}

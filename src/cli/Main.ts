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
import * as Commands from "./Commands.ts"
import { ExitCode } from "./Failure.ts"
import type { Flag } from "./Flag.ts"
import * as Flags from "./Flags.ts"
import * as Help from "./Help.ts"
import { human } from "./HumanReport.ts"
import type { Output, Report } from "./Report.ts"
import { failed, json, ofDefect } from "./Report.ts"
import * as Send from "./Send.ts"
import * as Serve from "./Serve.ts"
import { reader, withDefault } from "./Settings.ts"
import { version } from "./version.ts"

type Services = Socket | Crc | Storage

/** Runs the program and exits the process, once all that it wrote has been taken. */
export const main = (argv: ReadonlyArray<string>, services: Layer.Layer<Services>): void => {
  const stdout = outputOf(process.stdout)
  const stderr = outputOf(process.stderr)
  const parsed = parse(argv)
  const isOn = ["true", "1"].includes(process.env["HOLUB_JSON"] ?? "")
  const wantsJson = argv.includes("--json") || (isOn && !argv.includes("--no-json"))
  const plain = wantsJson ? json(stdout) : human({ stdout, stderr, isQuiet: true })
  const stopping = Effect.runSync(Deferred.make<void>())
  const program = Either.match(parsed, {
    onLeft: (failure) => Effect.as(failed(plain, failure), failure.exitCode),
    onRight: ({ command, given }) => {
      if (isAsked(given, Flags.version)) return say(stdout, `${version}\n`)
      if (command === undefined) {
        const isForPeople = given.length === 0 && process.stdin.isTTY && process.stderr.isTTY
        return isForPeople
          ? communicate(given, { stdout, stderr, plain, stopping: Deferred.await(stopping) })
          : say(stdout, Help.general())
      }
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
  const ending = listen(fiber, () => Deferred.unsafeDone(stopping, Effect.void))
  const isSending = Either.isRight(parsed) && parsed.right.command === Commands.send
  hearOutputs(ending, isSending)
  fiber.addObserver((exit) => {
    const code = Exit.match(exit, {
      onSuccess: (value) => value,
      onFailure: (cause) => Cause.isInterruptedOnly(cause) ? ending.exitCode() : ExitCode.unclassified
    })
    // A pipe takes what it takes: leaving before would cut the output off.
    const leave = (): never => process.exit(ending.failedWith() ?? code)
    whenTaken(process.stdout, () => whenTaken(process.stderr, () => setImmediate(leave)))
  })
}

/** A full device refuses even an empty write: who has written all asks it nothing. */
const whenTaken = (stream: NodeJS.WriteStream, next: () => void): void => {
  if (stream.writableLength === 0) next()
  else stream.write("", next)
}

/** What becomes of the program when nobody takes its output. */
const hearOutputs = (ending: Ending, isSending: boolean): void => {
  process.stderr.on("error", () => undefined)
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    // Whoever read us has gone: a transfer goes on, a server has nobody left to serve.
    if (cause.code === "EPIPE") return isSending ? undefined : ending.end(ExitCode.ok)
    process.stderr.write(`holub: standard output cannot be written: ${cause.message}\n`)
    ending.fail(ExitCode.localIo)
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
    onLeft: (failure) => Effect.as(failed(plain, failure), failure.exitCode),
    onRight: ({ report, run }) =>
      Effect.scoped(run).pipe(
        Effect.catchAll((failure) => Effect.as(failed(report, failure), failure.exitCode))
      )
  })
}

/** The communicator, which is loaded only then. */
const communicate = (
  given: ReadonlyArray<Given>,
  { plain, stderr, stdout, stopping }: Surroundings
): Effect.Effect<ExitCode, never, Services> =>
  Effect.promise(() => import("./interactive/OnTerminal.ts")).pipe(
    Effect.flatMap(({ run }) => run(reader(given, process.env), { stdout, stderr, isQuiet: false })),
    Effect.raceFirst(Effect.as(stopping, ExitCode.terminated)),
    Effect.catchAll((failure) => Effect.as(failed(plain, failure), failure.exitCode))
  )

const isAsked = (given: ReadonlyArray<Given>, flag: Flag<boolean>): boolean =>
  given.some((item) => item.kind === "flag" && item.flag === flag && item.text === "true")

const say = (output: Output, text: string): Effect.Effect<ExitCode> =>
  Effect.suspend(() => {
    output.write(text)
    return Effect.as(output.drained, ExitCode.ok)
  })

const outputOf = (stream: NodeJS.WriteStream): Output => ({
  write: (text) => {
    if (!stream.destroyed) stream.write(text)
  },
  drained: Effect.async<void>((resume) => {
    if (!stream.writableNeedDrain || stream.destroyed) return resume(Effect.void)
    const done = (): void => {
      stream.off("drain", done).off("close", done)
      resume(Effect.void)
    }
    stream.on("drain", done).on("close", done)
    return Effect.sync(done)
  }),
  isTerminal: stream.isTTY,
  isAnimated: stream.isTTY && process.env["TERM"] !== "dumb",
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

/** How the program ends before its time. */
interface Ending {
  /** In order: what is open is closed, peers are told. */
  readonly end: (code: ExitCode) => void
  /** The same, and the code stands whatever else comes. */
  readonly fail: (code: ExitCode) => void
  readonly exitCode: () => ExitCode
  readonly failedWith: () => ExitCode | undefined
}

/** The first Ctrl-C ends the program in order, peers are told; the second one at once. SIGTERM lets a server finish. */
const listen = (fiber: Fiber.RuntimeFiber<unknown, unknown>, stop: () => void): Ending => {
  let exitCode: ExitCode = ExitCode.interrupted
  let failedWith: ExitCode | undefined
  let isEnding = false
  const begin = (code: ExitCode, how: () => void): void => {
    if (isEnding) return
    isEnding = true
    exitCode = code
    how()
  }
  const interrupt = (): void => {
    Effect.runFork(Fiber.interrupt(fiber))
  }
  const hear = (code: ExitCode, how: () => void) => (): void => {
    if (isEnding) process.exit(code)
    begin(code, how)
  }
  process.on("SIGINT", hear(ExitCode.interrupted, interrupt))
  process.on("SIGTERM", hear(ExitCode.terminated, stop))
  return {
    end: (code) => begin(code, interrupt),
    fail: (code) => {
      failedWith ??= code
      begin(code, interrupt)
    },
    exitCode: () => exitCode,
    failedWith: () => failedWith
  }
}

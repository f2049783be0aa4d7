/** How the program ends before its time: by a signal, or because nobody takes its output. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { ExitCode } from "./errors/Failure.ts"

export interface Ending {
  /** In order: what is open is closed, peers are told. */
  readonly end: (code: ExitCode) => void
  /** The same, and the code stands whatever else comes. */
  readonly fail: (code: ExitCode) => void
  readonly exitCode: () => ExitCode
  readonly failedWith: () => ExitCode | undefined
  /** Whether the program was told to end, or cannot go on. */
  readonly hasBegun: () => boolean
}

/**
 * The first Ctrl-C ends the program in order, peers are told; the second one at once. SIGTERM lets a server finish; it says
 * nothing new when it comes again, as it does from `timeout`, which sends it to the program and to its group.
 */
export const hearSignals = (
  fiber: Fiber.RuntimeFiber<unknown, unknown>,
  { hurry, stop }: {
    /** No reader is waited for any more. */
    readonly hurry: () => void
    readonly stop: () => void
  }
): Ending => {
  let exitCode: ExitCode = ExitCode.interrupted
  let failedWith: ExitCode | undefined
  let isEnding = false
  const begin = (code: ExitCode, how: () => void): void => {
    if (isEnding) return
    isEnding = true
    exitCode = code
    hurry()
    how()
  }
  const interrupt = (): void => {
    Effect.runFork(Fiber.interrupt(fiber))
  }
  const hear = (code: ExitCode, how: () => void) => (): void => {
    if (isEnding && code === ExitCode.terminated && exitCode === code) return
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
    failedWith: () => failedWith,
    hasBegun: () => isEnding
  }
}

/** What becomes of the program when nobody takes its output. */
export const hearOutputs = (ending: Ending, isServing: boolean): void => {
  process.stderr.on("error", () => undefined)
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    // Whoever read us has gone: a server has nobody left to serve, all else goes on to its own end.
    if (cause.code === "EPIPE") return isServing ? ending.end(ExitCode.ok) : undefined
    process.stderr.write(`holub: standard output cannot be written: ${cause.message}\n`)
    ending.fail(ExitCode.localIo)
  })
}

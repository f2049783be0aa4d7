/** The exit codes, and their choice from the outcome of the program. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"

/** The exit codes, a stable interface for scripts; docs/CLI.md has the same table. */
export const ExitCode = {
  ok: 0,
  unclassified: 1,
  usage: 2,
  unreachable: 3,
  notAuthenticated: 4,
  lost: 5,
  declined: 6,
  localIo: 8,
  targetExists: 9,
  someFailed: 10,
  hangUp: 129,
  interrupted: 130,
  terminated: 143
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** A command has ended with an exit code other than 0, and has reported the reason. */
export class Ended {
  readonly _tag = "Ended"
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode) {
    this.exitCode = exitCode
  }
}

/** The exit code of the program: of its result, or of the signal that interrupted it. */
export const exitCodeOf = (
  exit: Exit.Exit<unknown, { readonly exitCode: ExitCode }>,
  whenInterrupted: ExitCode
): ExitCode =>
  Exit.match(exit, {
    onSuccess: () => ExitCode.ok,
    onFailure: (cause) =>
      Cause.isInterruptedOnly(cause)
        ? whenInterrupted
        : Option.match(Cause.failureOption(cause), {
          onNone: () => ExitCode.unclassified,
          onSome: ({ exitCode }) => exitCode
        })
  })

/** The exit code for several messages: their common code, or `someFailed` if the codes differ. */
export const combined = (codes: ReadonlyArray<ExitCode>): ExitCode => {
  const [first = ExitCode.ok] = codes
  return codes.every((code) => code === first) ? first : ExitCode.someFailed
}

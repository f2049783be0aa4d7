/** The exit codes: their meanings, and the choice of one from the way in which the program ended. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"

/** A script may rely on them; docs/CLI.md has the same table. */
export const ExitCode = {
  ok: 0,
  unclassified: 1,
  usage: 2,
  unreachable: 3,
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

/** A command has ended with another exit code than 0, and has reported why. */
export class Ended {
  readonly _tag = "Ended"
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode) {
    this.exitCode = exitCode
  }
}

/** The exit code of the program: of its end, or of the signal that interrupted it. */
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

/** Of several messages: the code that all share; `someFailed` when some succeeded or the codes differ. */
export const combined = (codes: ReadonlyArray<ExitCode>): ExitCode => {
  const [first = ExitCode.ok] = codes
  return codes.every((code) => code === first) ? first : ExitCode.someFailed
}

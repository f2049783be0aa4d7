/** Standard output and error as outputs of the reports, and their flushing at exit. */
import * as Effect from "effect/Effect"
import { harmlessText } from "../text/Format.ts"
import type { Output } from "./Report.ts"

export interface Outputs {
  readonly stdout: Output
  readonly stderr: Output
  /** Leads what is written to a terminal to a dialog on it, whose output is above the typed line; undefined ends that. */
  readonly redirect: (dialog: Output | undefined) => void
  /** Standard error itself, for the dialog. */
  readonly terminal: Output
}

export interface OwnOutputs extends Outputs {
  /** The program is ending: writes wait for the readers no longer. */
  readonly hurry: () => void
  /** Whether a result could not be written to standard output. */
  readonly hasLostResult: () => boolean
}

/** The outputs of this process. */
export const ofProcess = (): OwnOutputs => {
  const waiting = new Set<() => void>()
  let isHurried = false
  let hasLostResult = false
  // The sender has got the confirmation for this message, so its result must not be lost silently.
  const rescue = (text: string): void => {
    hasLostResult = true
    process.stderr.write(`holub: this received result could not be written to standard output:\n${harmlessText(text)}`)
  }
  const outputOf = (stream: NodeJS.WriteStream): Output => ({
    write: (text, isResult = false) => {
      const lost = (): void => isResult ? rescue(text) : undefined
      if (stream.destroyed) return lost()
      stream.write(text, (error) => error ? lost() : undefined)
    },
    drained: Effect.async<void>((resume) => {
      if (isHurried || !stream.writableNeedDrain || stream.destroyed) return resume(Effect.void)
      const done = (): void => {
        waiting.delete(done)
        stream.off("drain", done).off("close", done)
        resume(Effect.void)
      }
      waiting.add(done)
      stream.on("drain", done).on("close", done)
      return Effect.sync(done)
    }),
    backlogBytes: () => stream.writableLength,
    isTerminal: stream.isTTY,
    isAnimated: stream.isTTY && process.env["TERM"] !== "dumb",
    columns: () => stream.columns ?? 80
  })
  const terminal = outputOf(process.stderr)
  let dialog: Output | undefined
  const redirectable = (own: Output): Output =>
    own.isTerminal
      ? { ...own, write: (text, isResult) => dialog === undefined ? own.write(text, isResult) : dialog.write(text) }
      : own
  return {
    stdout: redirectable(outputOf(process.stdout)),
    stderr: redirectable(terminal),
    redirect: (to) => {
      dialog = to
    },
    terminal,
    hurry: () => {
      isHurried = true
      for (const done of waiting) done()
    },
    hasLostResult: () => hasLostResult
  }
}

/** When the program is ending, the wait for a reader that reads nothing, in milliseconds. */
const patienceMillis = 1000

/** Exits after all output was read: an earlier exit would truncate the output of a pipe. */
export const leaveWhenTaken = (exitCode: () => number, isHurried: boolean): void => {
  const leave = (): never => process.exit(exitCode())
  const untakenBytes = (): number => process.stdout.writableLength + process.stderr.writableLength
  let before = untakenBytes()
  const look = (): void => {
    const now = untakenBytes()
    if (now >= before) leave()
    before = now
  }
  if (isHurried) setInterval(look, patienceMillis)
  whenTaken(process.stdout, () => whenTaken(process.stderr, () => setImmediate(leave)))
}

/**
 * Calls `next` when the stream is flushed. An empty write to a full device fails, so it is avoided if nothing is
 * buffered.
 */
const whenTaken = (stream: NodeJS.WriteStream, next: () => void): void => {
  if (stream.writableLength === 0) next()
  else stream.write("", next)
}

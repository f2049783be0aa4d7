/** Standard output and error as the reports write to them, and how they are left. */
import * as Effect from "effect/Effect"
import { harmlessText } from "../text/Format.ts"
import type { Output } from "./Report.ts"

export interface Outputs {
  readonly stdout: Output
  readonly stderr: Output
}

export interface OwnOutputs extends Outputs {
  /** The program was told to end: nobody waits for the readers any more. */
  readonly hurry: () => void
  /** Whether standard output did not take a result. */
  readonly hasLostResult: () => boolean
}

/** Those of this process. */
export const ofProcess = (): OwnOutputs => {
  const waiting = new Set<() => void>()
  let isHurried = false
  let hasLostResult = false
  // Its sender was told that it is safe: here somebody must hear of it.
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
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    hurry: () => {
      isHurried = true
      for (const done of waiting) done()
    },
    hasLostResult: () => hasLostResult
  }
}

/** A reader that takes nothing for so long is waited for no longer, once the program was told to end. */
const patienceMillis = 1000

/** Exits once all that was written has been taken: leaving before would cut a pipe's output off. */
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

/** A full device refuses even an empty write: who has written all asks it nothing. */
const whenTaken = (stream: NodeJS.WriteStream, next: () => void): void => {
  if (stream.writableLength === 0) next()
  else stream.write("", next)
}

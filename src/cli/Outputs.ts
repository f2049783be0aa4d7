/** Standard output and error as the reports write to them, and how they are left. */
import * as Effect from "effect/Effect"
import type { Output } from "./Report.ts"

export interface Outputs {
  readonly stdout: Output
  readonly stderr: Output
}

export const outputOf = (stream: NodeJS.WriteStream): Output => ({
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
  backlogBytes: () => stream.writableLength,
  isTerminal: stream.isTTY,
  isAnimated: stream.isTTY && process.env["TERM"] !== "dumb",
  columns: () => stream.columns ?? 80
})

/** Exits once all that was written has been taken: leaving before would cut a pipe's output off. */
export const leaveWhenTaken = (exitCode: () => number): void => {
  const leave = (): never => process.exit(exitCode())
  whenTaken(process.stdout, () => whenTaken(process.stderr, () => setImmediate(leave)))
}

/** A full device refuses even an empty write: who has written all asks it nothing. */
const whenTaken = (stream: NodeJS.WriteStream, next: () => void): void => {
  if (stream.writableLength === 0) next()
  else stream.write("", next)
}

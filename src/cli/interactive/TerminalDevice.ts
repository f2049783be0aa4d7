/** The terminal of a process, as the dialog needs it. */
import type { Output } from "../report/Report.ts"

/** The streams of a terminal and its signals. */
export interface Device {
  readonly input: NodeJS.ReadStream
  readonly output: Output
  /** Calls back when the size of the terminal has changed; returns how to stop that. */
  readonly onResize: (callback: () => void) => () => void
  /** Acts as if the process had received the signal: for Ctrl-C, Ctrl-Z, and a closed terminal. */
  readonly signal: (signal: "SIGINT" | "SIGHUP" | "SIGTSTP") => void
}

/** The terminal of this process. */
export const ofProcess = (output: Output): Device => ({
  input: process.stdin,
  output,
  onResize: (callback) => {
    process.stderr.on("resize", callback)
    return () => process.stderr.off("resize", callback)
  },
  signal: (signal) => {
    // On systems without signals `process.kill` ends the process at once: other signals are emitted instead.
    if (signal === "SIGTSTP") process.kill(process.pid, signal)
    else process.emit(signal)
  }
})

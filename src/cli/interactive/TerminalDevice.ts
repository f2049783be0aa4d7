/** The terminal of a process, as the dialog needs it. */
import { isatty } from "node:tty"
import type { Output } from "../report/Report.ts"

/** The streams of a terminal and its signals. */
export interface Device {
  readonly input: NodeJS.ReadStream
  readonly output: Output
  /** Calls back when the size of the terminal has changed; returns how to stop that. */
  readonly onResize: (callback: () => void) => () => void
  /** Whether the terminal was closed; without a log file, SIGHUP always means that. */
  readonly hasGone: () => boolean
  /** Acts as if the process had received the signal: for Ctrl-C, Ctrl-Z, and a closed terminal. */
  readonly signal: (signal: "SIGINT" | "SIGTERM" | "SIGTSTP") => void
}

/** The terminal of this process. With `reopensLog` SIGHUP opens the log again as long as the terminal exists. */
export const ofProcess = (output: Output, reopensLog: boolean): Device => ({
  input: process.stdin,
  output,
  onResize: (callback) => {
    process.stderr.on("resize", callback)
    return () => process.stderr.off("resize", callback)
  },
  hasGone: () => !reopensLog || !isatty(process.stdin.fd),
  signal: (signal) => {
    // On systems without signals `process.kill` ends the process at once: other signals are emitted instead.
    if (signal === "SIGTSTP") process.kill(process.pid, signal)
    else process.emit(signal)
  }
})

/**
 * The terminal that controls this process. When it is closed, the system sends SIGHUP, and reads and writes of it fail with
 * EIO.
 */
import { closeSync, constants, openSync } from "node:fs"
import { isatty } from "node:tty"

/**
 * Whether there is one. Call it at the start: a process whose terminal was closed has none. Windows sends SIGHUP only when
 * the console is closed, so each process counts as one that has a terminal.
 */
export const exists = (): boolean => {
  if (process.platform === "win32") return true
  try {
    closeSync(openSync("/dev/tty", constants.O_RDWR | constants.O_NOCTTY))
    return true
  } catch {
    return false
  }
}

/** Whether a failed write of `stream` shows that its terminal was closed. */
export const hasGone = (stream: { readonly isTTY: boolean }, { code }: NodeJS.ErrnoException): boolean =>
  stream.isTTY && code === "EIO"

/**
 * At its exit Node restores the settings of each standard stream that was a terminal at its start. Node 20 aborts if that
 * fails because the terminal was closed; it leaves closed descriptors alone.
 */
export const forgetClosedAtExit = (descriptors: ReadonlyArray<number> = [0, 1, 2]): void => {
  const terminals = descriptors.filter((descriptor) => isatty(descriptor))
  process.once("exit", () => {
    for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor)
  })
}

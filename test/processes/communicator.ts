/** The communicator in a terminal, in the state in which a test begins. */
import { folder, program } from "./holub.ts"
import type { TerminalOptions } from "./Terminal.ts"
import { Terminal } from "./Terminal.ts"

/** The program in a terminal; the settings of the terminal are printed before and after it. */
export const communicator = (options: TerminalOptions, flags = ""): Terminal => {
  const terminal = new Terminal(options)
  terminal.type(`stty -g; sh -c 'echo pid=$$; exec ${process.execPath} ${program} ${flags}'; echo code=$?; stty -g`)
  terminal.press("Enter")
  return terminal
}

/** The process number of the program in a terminal. */
export const processOf = ({ text }: Terminal): number => Number(/^pid=(\d+)$/m.exec(text)?.[1])

/** Waits until the program has ended: its exit code, and whether the terminal has the same settings as before. */
export const ended = async (terminal: Terminal): Promise<{ readonly code: number; readonly isAsBefore: boolean }> => {
  const [, code, after] = await terminal.sees(/^code=(\d+)\n([0-9a-f]+:\S+)\n/m)
  const [, before] = /^([0-9a-f]+:\S+)$/m.exec(terminal.text) ?? []
  return { code: Number(code), isAsBefore: before === after }
}

/** The prompt of every menu. */
export const choice = /your choice \[\d\]:/

/** A communicator that is connected to a server. */
export const clientOf = async (port: number, cwd = folder(), env: Readonly<Record<string, string>> = {}) => {
  const terminal = communicator({ cwd, env: { HOLUB_TO: `127.0.0.1:${port}`, ...env } })
  await terminal.answers(choice, "client")
  await terminal.answers(/address of the server \[127\.0\.0\.1\]:/, "")
  await terminal.answers(new RegExp(`port of the server \\[${port}\\]:`), "")
  await terminal.sees(/connected to 127\.0\.0\.1:\d+, round trip /)
  return terminal
}

/** A communicator that is a server, on a port that the system has chosen. */
export const serverIn = async (cwd: string, env: Readonly<Record<string, string>> = {}) => {
  const terminal = communicator({ cwd, env })
  await terminal.answers(choice, "1")
  await terminal.answers(/address to listen at/, "")
  await terminal.answers(/port \(0 for any free one\)/, "0")
  await terminal.answers(/directory for files/, "in/deep")
  const [, port] = await terminal.sees(/listening at 127\.0\.0\.1:(\d+)/)
  return { terminal, port: Number(port) }
}

/** Runs the command `npm run simulate` in a process. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("../../scripts/simulate.mjs", import.meta.url))

/** Resolves to the exit code, and the standard output and error. */
export const simulate = (...args: ReadonlyArray<string>): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr })
    })
  })

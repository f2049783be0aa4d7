/** Runs the command `npm run simulate` in a process. */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect } from "vitest"

const script = fileURLToPath(new URL("../../scripts/simulate.mjs", import.meta.url))

/** Resolves to the exit code, and the standard output and error. */
export const simulate = (...args: ReadonlyArray<string>): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr })
    })
  })

/** Runs so many worlds, none of which may violate an invariant. */
export const expectNoViolation = async (seeds: number, ...args: ReadonlyArray<string>): Promise<void> => {
  const { code, output } = await simulate("--seeds", String(seeds), ...args)
  expect(output).toContain(`${seeds} worlds in`)
  expect(output).toContain("no violation\n")
  expect(code).toBe(0)
}

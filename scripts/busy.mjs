// Runs the tests together with eight busy loops, as on a loaded machine: `npm run test:busy`. Arguments are passed to
// vitest: `npm run test:busy -- test/processes`, `npm run test:busy -- --project long`. The exit code is vitest's.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { constants } from "node:os"
import { fileURLToPath } from "node:url"

const loops = 8
/** The maximum life of a loop. It also ends as soon as this process has ended, for any reason. */
const longestMillis = 4 * 3_600_000
const loop = `const end = Date.now() + ${longestMillis}
while (process.ppid === ${process.pid} && Date.now() < end) for (let turn = 0; turn < 1e7; turn++);`

const root = fileURLToPath(new URL("..", import.meta.url))
const args = process.argv.slice(2)
const project = args.some((arg) => arg.startsWith("--project")) ? [] : ["--project", "quick"]

const busy = Array.from({ length: loops }, () => spawn(process.execPath, ["-e", loop], { stdio: "ignore" }))
try {
  const vitest = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...project, ...args], {
    cwd: root,
    stdio: "inherit"
  })
  // Ctrl-C reaches vitest too: this process waits for its end.
  process.on("SIGINT", () => undefined)
  process.on("SIGTERM", () => vitest.kill("SIGTERM"))
  const [code, signal] = await once(vitest, "exit")
  const ended = busy.filter(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null).length
  if (ended > 0 && code === 0) throw new Error(`${ended} of ${loops} busy loops ended before the tests`)
  process.exitCode = code ?? 128 + constants.signals[signal]
} finally {
  for (const child of busy) child.kill("SIGKILL")
}

// The processes of a benchmark of flock: the script is started again as one of its parts, which executes commands.
import { spawn, spawnSync } from "node:child_process"
import { cpus } from "node:os"

const isPinned = cpus().length > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0

/** Starts a part of the benchmark, on its own core if there are two. It ends with the benchmark. */
export const startPart = (script, name, core) => {
  // BENCH_PROFILE=server writes a CPU profile of each such part to the current folder.
  const profile = process.env.BENCH_PROFILE === name ? ["--cpu-prof"] : []
  const program = [process.execPath, "--expose-gc", ...profile, script, `part:${name}`]
  const [file, ...rest] = isPinned ? ["taskset", "-c", String(core), ...program] : program
  const child = spawn(file, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] })
  const waiting = []
  child.on("message", ({ answer, error }) => {
    const { reject, resolve } = waiting.shift()
    if (error === undefined) resolve(answer)
    else reject(new Error(error))
  })
  child.on("exit", () => {
    for (const { reject } of waiting) reject(new Error(`the process of the ${name} ended early`))
  })
  return {
    ask: (command, ...args) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        child.send({ command, args })
      }),
    end: () => child.disconnect()
  }
}

/** The name of this process's part; undefined for the benchmark itself. */
export const partName = () => process.argv.find((arg) => arg.startsWith("part:"))?.slice("part:".length)

/** Executes commands one after another until the benchmark ends. */
export const servePart = (commands) => {
  process.on("disconnect", () => process.exit())
  process.on("message", async ({ args, command }) => {
    try {
      process.send({ answer: await commands[command](...args) })
    } catch (error) {
      process.send({ error: error.message })
    }
  })
}

/**
 * `npm run simulate`: runs worlds by seed, or one script, and prints the results. A failing script is shrunk and
 * printed or stored. scripts/simulate.mjs bundles and runs this module.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { campaign, merged, type Tally, type Task } from "./Campaign.ts"
import { type AnyScript, describe, draw, parse, run, worldNames, worldsNamed } from "./Kinds.ts"
import { coreWorlds, print } from "./Script.ts"
import { line } from "./Trace.ts"

const usage = `npm run simulate -- [flags]

  --seeds N       worlds to run (default 1000)
  --from S        the first seed (default 0)
  --world NAME    ${worldNames.join(", ")}; "flock" runs all worlds of flock in turn,
                  "attacker" those with an attacker, "linked" those of linked servers; default: ${coreWorlds.join(", ")}
  --script FILE   runs a stored script instead
  --trace         prints every datagram of a single world
  --bug NAME      plants a bug (test/simulation/bugs.mjs); "list" prints all
  --jobs J        workers (default: one per processor)
    --whole         does not shrink failing scripts
    --keep DIR      writes failing scripts to this directory, shrunk (default: prints them)
`

const flags = {
  seeds: { type: "string", default: "1000" },
  from: { type: "string", default: "0" },
  world: { type: "string" },
  script: { type: "string" },
  trace: { type: "boolean", default: false },
  // scripts/simulate.mjs plants the bug before this module runs.
  bug: { type: "string" },
  jobs: { type: "string" },
  whole: { type: "boolean", default: false },
  keep: { type: "string" },
  help: { type: "boolean", default: false }
} as const

const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: flags })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const seeds = natural("--seeds", values.seeds)
  const from = natural("--from", values.from)
  const worlds = worldsNamed(values.world)
  if (worlds.length === 0) throw new Error(`there is no world "${values.world}"; there are ${worldNames.join(", ")}`)
  if (values.script !== undefined) return runOne(parse(readFileSync(values.script, "utf8")), values.trace)
  if (values.trace) {
    if (seeds !== 1) throw new Error("--trace shows one world: give --seeds 1 and --from, or --script")
    return runOne(draw(worlds[from % worlds.length] ?? "lossy", from), true)
  }
  const jobs = Math.min(seeds, values.jobs === undefined ? availableParallelism() : natural("--jobs", values.jobs))
  const startedAt = performance.now()
  const task = { worlds, from, seeds, jobs, stopsAtFirst: values.bug !== undefined, shrinks: !values.whole }
  const tally = merged(await Promise.all(Array.from({ length: jobs }, (_, job) => work({ ...task, job }))))
  report(tally, (performance.now() - startedAt) / 1000)
  for (const failure of tally.failures.slice(0, 3)) explain(failure, values.keep)
  return tally.failures.length === 0 ? 0 : 1
}

const natural = (flag: string, value: string): number => {
  if (!/^\d{1,12}$/.test(value)) throw new Error(`${flag} is a number, 0 or more; given: "${value}"`)
  return Number(value)
}

const runOne = (script: AnyScript, traces: boolean): number => {
  const { events, messages, violation, virtualMillis } = run(
    script,
    traces
      ? (at, client, direction, bytes, status) =>
        process.stdout.write(`${line(describe(script)(bytes), at, client, direction, status)}\n`)
      : undefined
  )
  process.stdout.write(`${messages.join("\n")}\n${events} events, ${Math.round(virtualMillis)} virtual ms\n`)
  process.stdout.write(violation === undefined ? "no violation\n" : `VIOLATION ${violation.message}\n`)
  return violation === undefined ? 0 : 1
}

const work = (task: Task): Promise<Tally> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: task, argv: [] })
    worker.once("message", resolve)
    worker.once("error", reject)
  })

const report = ({ events, failures, faults, outcomes, virtualMillis, worlds }: Tally, seconds: number): void => {
  const table = (title: string, counts: Readonly<Record<string, number>>): string => {
    const sorted = Object.entries(counts).toSorted(([, a], [, b]) => b - a)
    return `${title.padEnd(10)}${sorted.map(([name, count]) => `${count} ${name}`).join(", ")}\n`
  }
  const count = Object.values(worlds).reduce((sum, worldCount) => sum + worldCount, 0)
  process.stdout.write(
    `${count} worlds in ${seconds.toFixed(1)} s (${Math.round(count / seconds)} a second), ${events} events, ` +
      `${(virtualMillis / 3_600_000).toFixed(1)} virtual hours\n` +
      table("worlds", worlds) + table("faults", faults) + table("messages", outcomes) +
      (failures.length === 0 ? "no violation\n" : `violations in ${failures.length} worlds\n`)
  )
}

const explain = ({ message, script, seed, world }: Tally["failures"][number], keep: string | undefined): void => {
  process.stdout.write(`\nVIOLATION in world ${world}, seed ${seed}: ${message}\n`)
  const text = print({ note: message.split("\n", 1)[0] ?? "", ...script })
  if (keep === undefined) process.stdout.write(`${text}(--keep DIR writes it to a file for --script FILE --trace)\n`)
  else {
    const file = `${keep}/${world}-${seed}.json`
    writeFileSync(file, text)
    process.stdout.write(
      `stored with ${script.faults.length} faults: npm run simulate -- --trace --script ${file}\n`
    )
  }
}

if (isMainThread) {
  try {
    process.exitCode = await main()
  } catch (cause) {
    process.stderr.write(`simulate: ${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}`)
    process.exitCode = 2
  }
} else {
  parentPort?.postMessage(campaign(workerData as Task))
}

// Measures the start time of the program, as ratios to an empty Node program within one run.
//
//   npm run bench:start                 medians of alternating runs
//   npm run bench:start -- --rounds N   number of alternating rounds (21)
//
// The kinds of starts alternate, so that other load on the machine affects all of them equally.
import { spawnSync } from "node:child_process"
import { cpus, loadavg } from "node:os"
import { performance } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { ownState } from "./ownState.mjs"

const holub = fileURLToPath(new URL("../dist/bin.cjs", import.meta.url))
const starts = [
  { name: "node -e 0", args: ["-e", "0"] },
  { name: "holub --version", args: [holub, "--version"], goal: 1.3 },
  { name: "holub --help", args: [holub, "--help"], goal: 2.5 },
  { name: "holub send --help", args: [holub, "send", "--help"], goal: 2.5 },
  // A command that needs Effect and the settings and little else.
  { name: "holub config show", args: [holub, "config", "show"], goal: 2.5 }
]

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const env = { ...process.env, ...ownState() }

const millisOf = (args) => {
  const startedAt = performance.now()
  const { status } = spawnSync(process.execPath, args, { env })
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}`)
  return performance.now() - startedAt
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "21" } } })
const rounds = Number(values.rounds)
// The first round fills the system's caches and is not counted.
for (const { args } of starts) millisOf(args)
const taken = starts.map(() => [])
for (let round = 0; round < rounds; round++) {
  for (const [index, { args }] of starts.entries()) taken[index].push(millisOf(args))
}

const [bare] = taken.map(median)
console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(2)}`)
console.log(`medians of ${rounds} alternating starts\n`)
console.log(`| ${"start".padEnd(17)} | ${"ms".padStart(6)} | ${"÷ node -e 0".padStart(11)} | goal  |`)
console.log(`|${"-".repeat(19)}|${"-".repeat(7)}:|${"-".repeat(12)}:|-------|`)
for (const [index, { goal, name }] of starts.entries()) {
  const millis = median(taken[index])
  const ratio = (millis / bare).toFixed(2)
  const wanted = goal === undefined ? "" : `≤ ${goal}`
  console.log(`| ${name.padEnd(17)} | ${millis.toFixed(1).padStart(6)} | ${ratio.padStart(11)} | ${wanted.padEnd(5)} |`)
}

// Measures the start time of the program, as ratios to an empty Node program within one run, and the time from start to end of `send` of
// six bytes over loopback, encrypted and with CRC-32.
//
//   npm run bench:start                 medians of alternating runs
//   npm run bench:start -- --rounds N   number of alternating rounds (21)
//
// The kinds of starts alternate, so that other load on the machine affects all of them equally. The servers run all the time; their key is
// that of this user, which is trusted on loopback, or is named in the address. "÷ crc" is the ratio to the same without encryption.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { cpus, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { ownState } from "./ownState.mjs"
import { freePort, serve } from "./race/processes.mjs"

const holub = fileURLToPath(new URL("../dist/bin.cjs", import.meta.url))
const starts = [
  { name: "node -e 0", args: ["-e", "0"] },
  { name: "holub --version", args: [holub, "--version"], goal: 1.3 },
  { name: "holub --help", args: [holub, "--help"], goal: 2.5 },
  { name: "holub send --help", args: [holub, "send", "--help"], goal: 2.5 },
  // A command that needs Effect and the settings and little else.
  { name: "holub config show", args: [holub, "config", "show"], goal: 2.5 }
]

const folder = mkdtempSync(join(tmpdir(), "holub-start-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
const six = join(folder, "six")
writeFileSync(six, "sixty\n")

/** Starts a server, and resolves to its address. */
const serving = async (protection) => {
  const port = await freePort()
  const address = ["--host", "127.0.0.1", "--port", String(port)]
  const inbox = ["--dir", folder, "--if-exists", "overwrite", "--quiet"]
  await serve([process.execPath, holub, "serve", "--protection", protection, ...address, ...inbox], {}, port)
  return `127.0.0.1:${port}`
}

const [aead, crc] = [await serving("aead"), await serving("crc")]
const shown = spawnSync(process.execPath, [holub, "key", "show", "--json"], { env: { ...process.env, ...ownState() } })
const key = /hk1[a-z2-7]+/.exec(String(shown.stdout))?.[0]
const send = (name, to, ...options) => ({ name, args: [holub, "send", "--quiet", "--to", to, ...options, six] })
starts.push(
  { ...send("send, crc", crc, "--protection", "crc"), isClear: true },
  { ...send("send, own key", aead), clearGoal: 1.3 },
  ...(key === undefined ? [] : [{ ...send("send, KEY@HOST", `${key}@${aead}`), clearGoal: 1.3 }])
)

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
const clear = median(taken[starts.findIndex(({ isClear }) => isClear === true)])
console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(2)}`)
console.log(`medians of ${rounds} alternating starts\n`)
console.log(
  `| ${"start".padEnd(17)} | ${"ms".padStart(6)} | ${"÷ node -e 0".padStart(11)} | ${"÷ crc".padStart(5)} | goal  |`
)
console.log(`|${"-".repeat(19)}|${"-".repeat(7)}:|${"-".repeat(12)}:|${"-".repeat(6)}:|-------|`)
for (const [index, { clearGoal, goal, name }] of starts.entries()) {
  const millis = median(taken[index])
  const ratio = (millis / bare).toFixed(2)
  const clearRatio = clearGoal === undefined ? "" : (millis / clear).toFixed(2)
  const wanted = goal === undefined && clearGoal === undefined ? "" : `≤ ${clearGoal ?? goal}`
  console.log(
    `| ${name.padEnd(17)} | ${millis.toFixed(1).padStart(6)} | ${ratio.padStart(11)} | ${clearRatio.padStart(5)} | ${
      wanted.padEnd(5)
    } |`
  )
}
process.exit(0)

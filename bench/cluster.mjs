// The longest wait of a post when a host of a site is killed: two hosts on Postgres, of which one is killed with SIGKILL while the other posts
// every 20 ms. Once the host that runs the room, once the other one. Needs Postgres (Debian: /usr/lib/postgresql).
import { buildSync } from "esbuild"
import { execFileSync, spawn } from "node:child_process"
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"

const folder = "/usr/lib/postgresql"
const newest = readdirSync(folder).toSorted((one, other) => Number(other) - Number(one))[0] ?? ""
const programOf = (name) => join(folder, newest, "bin", name)
const numberOf = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
const made = mkdtempSync(join(tmpdir(), "hpg-"))
const run = process.getuid?.() === 0 ? { uid: numberOf("-u"), gid: numberOf("-g") } : {}
if (run.uid !== undefined) chownSync(made, run.uid, run.gid)
const data = join(made, "data")
execFileSync(programOf("initdb"), ["-D", data, "-U", "holub", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"], {
  ...run,
  cwd: made,
  stdio: "ignore"
})
const settings = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${made}`]
const postgres = spawn(programOf("postgres"), ["-D", data, ...settings], {
  ...run,
  cwd: made,
  stdio: ["ignore", "ignore", "pipe"]
})
await new Promise((resolve) =>
  postgres.stderr.on("data", (bytes) => String(bytes).includes("ready to accept connections") && resolve())
)
const child = join(made, "host.mjs")
const banner = {
  js: `import * as nodeModule from "node:module"; const require = nodeModule.createRequire(import.meta.url)`
}
const entryPoints = ["test/processes/ClusterHost.ts"]
buildSync({ entryPoints, outfile: child, bundle: true, format: "esm", platform: "node", target: "node20.19", banner })

const startHost = async (database) => {
  const url = `postgres:///${database}?host=${encodeURIComponent(made)}&user=holub`
  const host = spawn(process.execPath, [child, url, "01".repeat(32)], { stdio: ["pipe", "pipe", "ignore"] })
  const done = new Map()
  let opened = false
  await new Promise((resolve) =>
    createInterface({ input: host.stdout }).on("line", (line) => {
      if (line === "opened") opened = true
      if (line.startsWith("joined")) resolve()
      if (line.startsWith("done")) done.set(Number(line.split(" ")[2]), performance.now())
    })
  )
  return { host, done, hasOpened: () => opened }
}

for (const [at, which] of ["runs", "does not run", "runs", "does not run"].entries()) {
  const database = `bench${at}`
  execFileSync(programOf("createdb"), ["-h", made, "-U", "holub", database], run)
  const hosts = await Promise.all([startHost(database), startHost(database)])
  const running = hosts[0].hasOpened() ? 0 : 1
  const killed = which === "runs" ? running : 1 - running
  const left = hosts[1 - killed]
  const sent = new Map()
  for (let n = 1; n <= 600; n++) {
    sent.set(n, performance.now())
    left.host.stdin.write(`bench ${n}\n`)
    if (n === 100) hosts[killed].host.kill("SIGKILL")
    await sleep(20)
  }
  while (left.done.size < sent.size) await sleep(20)
  const waits = Array.from(sent, ([n, from]) => left.done.get(n) - from).toSorted((one, other) => one - other)
  const median = waits[waits.length >> 1].toFixed(1)
  console.log(
    `killed the host that ${which} the room: longest wait ${waits.at(-1).toFixed(0)} ms, median ${median} ms, 600 posts`
  )
  left.host.kill("SIGKILL")
}
const ended = new Promise((resolve) => postgres.once("exit", resolve))
postgres.kill("SIGINT")
await ended
rmSync(made, { recursive: true, force: true })

// Measures a chat of many clients in one room beside Debian's ngircd, in the same run.
//
//   npm run bench:chat                     500 clients, five rounds
//   npm run bench:chat -- [options]
//
//   --clients N    clients in the room (500)
//   --millis N     duration of one measurement (5000)
//   --rounds N     turns of each program (5)
//   --window N     texts that are under way at saturation (20)
//   --history N    events of the room that a newcomer joins (100000); 0 leaves that out
//   --folder PATH  where the store is, on a disk in memory (/dev/shm)
//   --json         one JSON object for each program instead of the tables
//
// The server of ours is the built program: serve --app chat --store FILE. All clients are one process, on the core that the server does not have.
// Deliveries a second are those at saturation: every text goes to every client in the room, ngircd's to all but its sender, and all must arrive. The
// 99th percentile of the delays is measured at half the lower saturation of the two servers in the round. Memory is the resident size of the server
// with its clients, less that without, for each client. Ratios are medians over the rounds of holub ÷ ngircd. Without ngircd, holub is
// measured alone, at half its own saturation.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { cpus } from "node:os"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import * as holub from "./chat/holub.mjs"
import { delayAt, enterAll, fill, joinMillis, leaveAll, saturate } from "./chat/load.mjs"
import * as ngircd from "./chat/ngircd.mjs"
import { countOf, numberOf, refuse, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown, median, withGoal } from "./race/table.mjs"

const host = "127.0.0.1"
const goals = { deliveries: 0.5, p99: 2, joinMillis: 100, clientKb: 100 }
const settleMillis = 500
const isPinned = cpus().length > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0
/** The server on one core, the clients on another. */
const run = isPinned ? ["taskset", "-c", "1"] : []
if (isPinned) spawnSync("taskset", ["-cp", "0", String(process.pid)])

/** Resident bytes of a process. */
const residentBytes = (pid) => {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))
  return Number(kib) * 1024
}

/** A server with all clients in the room, and what a client costs. */
const opened = async (name, program, { clients, folder }) => {
  const server = await program.start({ folder, host, run })
  const place = { dialect: program.dialect, host, port: server.port }
  // ngircd listens a moment later than it starts.
  for (let tries = 0; tries < 200; tries++) {
    try {
      await joinMillis(place)
      break
    } catch {
      await sleep(50)
    }
  }
  await sleep(settleMillis)
  const before = residentBytes(server.pid)
  const sockets = await enterAll({ ...place, clients })
  await sleep(settleMillis)
  const clientKb = (residentBytes(server.pid) - before) / 1000 / clients
  return { name, place, server, sockets, clientKb, dialect: program.dialect }
}

const close = async ({ server, sockets }) => {
  leaveAll(sockets)
  await server.end()
}

/** One turn of each server: saturation of each first, because the delays are measured at half the lower one. */
const round = async (programs, settings) => {
  const rows = []
  for (const [name, program] of programs) {
    const open = await opened(name, program, settings)
    await saturate({ ...settings, ...open, millis: Math.min(settings.millis, 2000) })
    const perSecond = await saturate({ ...settings, ...open })
    await close(open)
    rows.push({ program: name, perSecond, clientKb: open.clientKb })
  }
  const perSecond = Math.min(...rows.map((row) => row.perSecond)) / 2
  for (const [at, [name, program]] of programs.entries()) {
    const open = await opened(name, program, settings)
    await delayAt({ ...settings, ...open, perSecond, millis: Math.min(settings.millis, 2000) })
    rows[at].p99 = await delayAt({ ...settings, ...open, perSecond })
    await close(open)
  }
  return rows
}

/** The time in which a newcomer has the end of a long history. */
const joining = async (settings) => {
  const open = await opened("holub", holub, { ...settings, clients: 2 })
  const startedAt = performance.now()
  await fill({ ...open, texts: settings.history, window: 200 })
  const seconds = (performance.now() - startedAt) / 1000
  const times = []
  for (let turn = 0; turn < 5; turn++) times.push(await joinMillis(open.place))
  await close(open)
  return { millis: median(times), seconds }
}

const main = async () => {
  const values = settingsOf(import.meta.url, {
    clients: { type: "string", default: "500" },
    folder: { type: "string", default: "/dev/shm" },
    history: { type: "string", default: "100000" },
    json: { type: "boolean" },
    millis: { type: "string", default: "5000" },
    rounds: { type: "string", default: "5" },
    window: { type: "string", default: "20" }
  })
  const settings = {
    clients: countOf(values.clients, "clients"),
    folder: values.folder,
    history: numberOf(values.history, "history"),
    millis: numberOf(values.millis, "millis", 1),
    window: countOf(values.window, "window")
  }
  if (!existsSync(settings.folder)) refuse(`--folder ${settings.folder} does not exist`)
  const why = ngircd.missing()
  if (why !== undefined) console.error(`ngircd is left out: ${why}`)
  const programs = [["ngircd", ngircd], ["holub", holub]].filter(([name]) => name === "holub" || why === undefined)
  const startedAt = performance.now()
  const turns = []
  for (let number = 1; number <= countOf(values.rounds, "rounds"); number++) {
    // Alternating, because the machine is not equally fast all the time.
    const rows = await round(number % 2 === 1 ? programs : programs.toReversed(), settings)
    turns.push(rows)
    for (const row of rows) console.error(`round ${number}: ${JSON.stringify(row)}`)
  }
  const history = settings.history > 0 ? await joining(settings) : undefined
  const of = (name, field) => turns.map((rows) => rows.find(({ program }) => program === name)?.[field] ?? Number.NaN)
  const ratio = (field) => median(of("holub", field).map((value, at) => value / of("ngircd", field)[at]))
  const rows = programs.map(([program]) => ({
    program,
    perSecond: median(of(program, "perSecond")),
    p99: median(of(program, "p99")),
    clientKb: median(of(program, "clientKb")),
    ...(program === "holub"
      ? { perSecondRatio: ratio("perSecond"), p99Ratio: ratio("p99"), joinMillis: history?.millis }
      : {})
  }))
  if (values.json === true) return rows.forEach((row) => console.log(JSON.stringify(row)))
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(`${machineLine()}; ${settings.clients} clients; ${seconds} s\n`)
  const cells = rows.map((row) => {
    const isOurs = row.program === "holub"
    return [
      row.program,
      digits(row.perSecond, 0),
      isOurs ? withGoal(row.perSecondRatio, 2, goals.deliveries) : "",
      digits(row.p99, 1),
      isOurs ? withGoal(row.p99Ratio, 2, goals.p99, "≤") : "",
      withGoal(row.clientKb, 1, isOurs ? goals.clientKb : undefined, "≤"),
      row.joinMillis === undefined ? "" : withGoal(row.joinMillis, 0, goals.joinMillis, "≤")
    ]
  })
  const head = ["program", "deliveries a second", "ratio", "p99 ms", "ratio", "KB a client", "join ms"]
  console.log(markdown(head, cells, 1))
}

await main()
process.exit()

// Transfers one file over a long path, with holub and with other programs, in alternation within one run.
//
//   npm run bench:wan                          flock compared with QUIC with BBR at 0, 1 and 3 % loss; 30 MiB, three
// rounds
//   npm run bench:wan -- --size 256M --peers ""       only holub, for a longer time
//   npm run bench:wan -- --queue 4096 --loss 0 --size 256M     measures the fill level of a deep queue
//   npm run bench:wan -- --fair                two flows of holub, the second starts 10 s later: Jain's index in
// windows
//   npm run bench:wan -- --beside cubic        competes with a TCP flow with cubic or bbr, 60 s, the last 30 count
//
//   --rounds N            number of runs of each program (3; with --fair and --beside 1)
//   --size SIZE           size of the file: 30M
//   --rtt MS, --rate MBIT, --queue KB, --loss PERCENT,…   the path (100, 100, 512, 0,1,3; with --fair and --beside no
//                         loss, with --beside a queue of one BDP: rate × round trip)
//   --wire WIRE           holub's wire: flock, classic, or none to run only the peers (flock)
//   --congestion NAME     of flock: bbr, cubic or newreno (bbr)
//   --protection LIST     of flock: aead, crc, or both in one run (aead)
//   --peers LIST          quic-bbr,quic,rsync,scp,udx,udt,srt,uftp, or all (quic-bbr)
//   --window SECONDS      window size of --fair (1)
//   --limit SECONDS       time limit of one transfer (120)
//   --lab FOLDER          folder of the lab (default: HOLUB_LAB, or the folder "shared" beside the repository)
//   --json                prints each row at once as a JSON object on a line, instead of the table
//
// Mbit/s is the file's size divided by the time of the whole process that requests the transfer, from start to exit;
// with QUIC and UDT this process is the receiver. The nth round of every program uses the same seed for the path. A
// ratio is the median over the rounds of holub's speed divided by the peer's speed: more than 1 is faster. Goals are in
// brackets, if the path is the path of the goals. The queue is the 95th percentile of the queue length seen by packets,
// in BDP. The path needs the lab, root and /dev/net/tun, --beside also iperf3; missing programs are skipped and listed.
import { pathOf } from "./race/installed.mjs"
import { bdpBytes, findLab, openPath } from "./race/lab.mjs"
import { bytesOf, countOf, numberOf, refuse, settingsOf } from "./race/options.mjs"
import { notBuilt, ours } from "./race/ours.mjs"
import { peersOf } from "./race/peers.mjs"
import { beside, fair } from "./race/sharing.mjs"
import {
  comparedPeers,
  digits,
  machineLine,
  markdown,
  medianOf,
  ratioCells,
  successes,
  withGoal
} from "./race/table.mjs"
import { prepared, transferInTurns } from "./race/transfers.mjs"
import { makeWorkplace, writeSource } from "./race/workplace.mjs"

/** The path of the goals, and the minimum Mbit/s by loss (%) for a file of 256 MiB. */
const goalPath = { rttMillis: 100, rateMbit: 100, queueKb: 512 }
const goalMbit = { 0: 88, 1: 84, 3: 78 }
/** The maximum fill level of a deep queue, in BDP. */
const deepQueue = { queueKb: 4096, bdp: 0.5 }
const goalBytes = { ratio: 30 * 1024 ** 2, speed: 256 * 1024 ** 2 }

const log = (text) => console.error(text)

const values = settingsOf(import.meta.url, {
  beside: { type: "string" },
  congestion: { type: "string", default: "bbr" },
  fair: { type: "boolean" },
  json: { type: "boolean" },
  lab: { type: "string" },
  limit: { type: "string", default: "120" },
  loss: { type: "string" },
  peers: { type: "string", default: "quic-bbr" },
  protection: { type: "string", default: "aead" },
  queue: { type: "string" },
  rate: { type: "string", default: "100" },
  rounds: { type: "string" },
  rtt: { type: "string", default: "100" },
  size: { type: "string", default: "30M" },
  window: { type: "string", default: "1" },
  wire: { type: "string", default: "flock" }
})
if (values.beside !== undefined && !["bbr", "cubic"].includes(values.beside)) refuse("--beside is cubic or bbr")
if (!["classic", "flock", "none"].includes(values.wire)) refuse("--wire is flock, classic or none")
if (notBuilt !== undefined) refuse(notBuilt)
const isShared = values.fair === true || values.beside !== undefined
if (isShared && values.wire === "none") refuse("--fair and --beside need holub's flows: --wire flock or classic")
const rounds = countOf(values.rounds ?? (isShared ? "1" : "3"), "rounds")
const limitSeconds = numberOf(values.limit, "limit")
const bytes = bytesOf(values.size, "size")
const losses = (values.loss ?? (isShared ? "0" : "0,1,3")).split(",").map((loss) => numberOf(loss, "loss"))
const rateMbit = numberOf(values.rate, "rate", 0.1)
const rttMillis = numberOf(values.rtt, "rtt")
const bdp = bdpBytes({ rateMbit, rttMillis })
const queueKb = values.queue === undefined
  ? values.beside === undefined ? goalPath.queueKb : bdp / 1024
  : numberOf(values.queue, "queue")
const path = { rttMillis, rateMbit, queueKb }

const { lab, missing } = findLab(values.lab)
if (missing !== undefined) {
  log(`everything is skipped: ${missing} is missing, and without a path nothing can be measured`)
  process.exit(1)
}

const protections = values.protection.split(",")
if (protections.some((name) => name !== "aead" && name !== "crc")) refuse("--protection takes aead, crc, or both")
/** The goals are those of the transport: encryption may cost 3 % of them. */
const own = values.wire === "flock"
  ? protections.map((protection) =>
    ours({
      name: `flock ${values.congestion}, ${protection}`,
      datagram: "discovered",
      args: ["--congestion", values.congestion],
      goals: bytes === goalBytes.ratio ? { "quic-bbr": 1 } : {},
      protection,
      wire: "flock"
    })
  )
  : [ours({ name: "classic", datagram: "1458", wire: "classic" })]
const [contestant] = own
const workplace = makeWorkplace(bytes)
const pathLine = `${rttMillis} ms, ${rateMbit} Mbit/s, queue ${digits(queueKb, 0)} KB (${
  digits(queueKb * 1024 / bdp, 2)
} BDP)`

/** Runs flows that share the path; resolves to the text to print. */
const share = async (lossyPath, loss) => {
  const where = {
    contestant,
    openPath: (shape, seed) => openPath(lab, { ...shape, seed }),
    path: lossyPath,
    rounds,
    workplace,
    onRow: (row) => values.json === true && console.log(JSON.stringify({ bench: "wan", ...lossyPath, ...row }))
  }
  const texts = []
  if (values.fair === true) {
    texts.push(await fair({ ...where, windowSeconds: countOf(values.window, "window") }))
  }
  if (values.beside !== undefined && pathOf("iperf3") === undefined) log("--beside is skipped: iperf3 is missing")
  else if (values.beside !== undefined) texts.push(await beside({ ...where, congestion: values.beside }))
  return texts.map((text) => `loss ${loss} %, ${text}\n`).join("\n")
}

const isGoalPath = Object.entries(goalPath).every(([key, value]) => path[key] === value)
const speedGoal = (isOurs, loss) => isOurs && isGoalPath && bytes === goalBytes.speed ? goalMbit[loss] : undefined
const queueGoal = (isOurs) => isOurs && queueKb === deepQueue.queueKb ? deepQueue.bdp : undefined

const lineOf = (rows, contestants, loss) => (each) => {
  const { datagram, isOurs, name } = each
  const mbit = medianOf(rows, name, "bytesPerSecond") * 8 / 1e6
  return [
    name,
    String(loss),
    datagram,
    digits(medianOf(rows, name, "seconds"), 2),
    withGoal(mbit, 1, speedGoal(isOurs, loss)),
    ...ratioCells(rows, isGoalPath ? each : { ...each, goals: {} }, comparedPeers(contestants)),
    withGoal(medianOf(rows, name, "queueP95Bytes") / bdp, 2, queueGoal(isOurs), "≤"),
    digits(medianOf(rows, name, "overflowPackets"), 0),
    successes(rows, name)
  ]
}

const onRow = (lossyPath) => (row) => {
  const { bytesPerSecond, error, program, round, seconds } = row
  if (values.json === true) console.log(JSON.stringify({ bench: "wan", ...lossyPath, ...row }))
  const result = `${digits(seconds ?? Number.NaN, 2)} s, ${digits(bytesPerSecond * 8 / 1e6, 1)} Mbit/s`
  log(`${lossyPath.lossPercent} % ${round} ${program}: ${error ?? result}`)
}

const main = async () => {
  if (isShared) {
    const texts = []
    for (const loss of losses) texts.push(await share({ ...path, lossPercent: loss }, loss))
    if (values.json !== true) console.log(`${machineLine()}\n${pathLine}\n\n${texts.join("\n")}`)
    return
  }
  const contestants = prepared(
    [...(values.wire === "none" ? [] : own), ...peersOf(values.peers)],
    workplace,
    log
  )
  workplace.sha256 = await writeSource(workplace)
  const lines = []
  for (const loss of losses) {
    const lossyPath = { ...path, lossPercent: loss }
    const rows = await transferInTurns({
      contestants,
      limitSeconds,
      openPath: (round) => openPath(lab, { ...lossyPath, seed: round }),
      onRow: onRow(lossyPath),
      rounds,
      workplace
    })
    if (rows.some(({ error, isOurs }) => isOurs && error !== undefined)) process.exitCode = 1
    lines.push(...contestants.map(lineOf(rows, contestants, loss)))
  }
  if (values.json === true) return
  const ratios = comparedPeers(contestants).map(({ name }) => `÷ ${name}`)
  const head = ["program", "loss %", "datagram", "s", "Mbit/s", ...ratios, "queue p95", "overflow", "complete copies"]
  console.log(`${machineLine()}\n${pathLine}, ${bytes / 1024 ** 2} MiB, medians of ${rounds} alternating rounds\n`)
  console.log(markdown(head, lines, 3))
}

log(machineLine())
try {
  await main()
} catch (error) {
  log(error.message)
  process.exit(1)
}

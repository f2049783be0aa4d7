// One file over loopback: ours beside other programs, in turn, in one run.
//
//   npm run bench:loopback                     flock beside rsync, QUIC, udx-native and scp; 512 MiB, five rounds
//   npm run bench:loopback -- [options]
//
//   --rounds N       how often each of them runs (5)
//   --size SIZE      of the file: 512M
//   --wire WIRE      ours: flock with three sizes of datagrams, classic, or none for the peers alone (flock)
//   --peers LIST     rsync,quic,quic-bbr,udx,scp,udt,srt,uftp, or all (rsync,quic,udx,scp)
//   --limit SECONDS  the longest that one transfer may take (120)
//   --json           the rows as they come, one JSON object a line, instead of the table
//
// Timed is the whole process that asks for the transfer, from its start until its exit; the server is there before. QUIC
// and UDT fetch: there it is the receiver. Each copy is compared by SHA-256, outside of that time. A ratio is the
// median of those of the rounds: ours ÷ theirs in speed, so more than 1 is faster. In brackets: the goal for 512 MiB.
// Settings of ours that are no option here: by environment, HOLUB_…, as for the program itself. Peers that are not
// installed are skipped and named; udx-native and UDT's examples are looked for in $BENCH_DIR/tools
// (/dev/shm/holub-bench/tools), where the lab's `peers.sh install` puts them.
import { bytesOf, countOf, numberOf, refuse, settingsOf } from "./race/options.mjs"
import { notBuilt, ours } from "./race/ours.mjs"
import { peersOf } from "./race/peers.mjs"
import { comparedPeers, digits, machineLine, markdown, medianOf, ratioCells, successes } from "./race/table.mjs"
import { loopback, prepared, transferInTurns } from "./race/transfers.mjs"
import { makeWorkplace, writeSource } from "./race/workplace.mjs"

/** Which of our variants is held against which peer: equal datagrams, or the means that both have. */
const variants = {
  none: [],
  classic: [{ name: "classic", datagram: "1458" }],
  flock: [
    { name: "flock", datagram: "discovered", goals: { rsync: 0.9 } },
    { name: "flock --mtu 1472", datagram: "1472", args: ["--mtu", "1472"], goals: { quic: 1.3 } },
    {
      name: "flock without koffi",
      datagram: "1452",
      args: ["--mtu", "1452"],
      env: { HOLUB_NO_OFFLOAD: "1" },
      goals: { udx: 1.5 }
    }
  ]
}

/** The file that the goals are for. */
const goalBytes = 512 * 1024 ** 2

const tell = (text) => console.error(text)

const values = settingsOf(import.meta.url, {
  json: { type: "boolean" },
  limit: { type: "string", default: "120" },
  peers: { type: "string", default: "rsync,quic,udx,scp" },
  rounds: { type: "string", default: "5" },
  size: { type: "string", default: "512M" },
  wire: { type: "string", default: "flock" }
})
const rounds = countOf(values.rounds, "rounds")
const limitSeconds = numberOf(values.limit, "limit")
const bytes = bytesOf(values.size, "size")
const wire = values.wire
if (variants[wire] === undefined) refuse(`--wire is one of ${Object.keys(variants).join(", ")}`)
if (notBuilt !== undefined) refuse(notBuilt)

const workplace = makeWorkplace(bytes)
const own = variants[wire].map((variant) => ours({ ...variant, wire }))
const contestants = prepared([...own, ...peersOf(values.peers)], workplace, tell)
const peers = comparedPeers(contestants)
tell(machineLine())
workplace.sha256 = await writeSource(workplace)
const rows = await transferInTurns({
  contestants,
  limitSeconds,
  openPath: loopback,
  rounds,
  workplace,
  onRow: (row) => {
    const { bytesPerSecond, error, program, round, seconds } = row
    if (values.json === true) console.log(JSON.stringify({ bench: "loopback", ...row }))
    tell(`${round} ${program}: ${error ?? `${digits(seconds, 2)} s, ${digits(bytesPerSecond / 1e6, 0)} MB/s`}`)
  }
})

if (values.json !== true) {
  const head = ["program", "datagram", "s", "MB/s", ...peers.map(({ name }) => `÷ ${name}`), "whole copies"]
  const lines = contestants.map((contestant) => {
    const { datagram, name } = contestant
    const [seconds, speed] = ["seconds", "bytesPerSecond"].map((field) => medianOf(rows, name, field))
    const ratios = ratioCells(rows, bytes === goalBytes ? contestant : { ...contestant, goals: {} }, peers)
    return [name, datagram, digits(seconds, 2), digits(speed / 1e6, 0), ...ratios, successes(rows, name)]
  })
  console.log(`${machineLine()}\nmedians of ${rounds} rounds in turn, ${bytes / 1024 ** 2} MiB over loopback\n`)
  console.log(markdown(head, lines, 2))
}
process.exitCode = rows.some(({ error, isOurs }) => isOurs && error !== undefined) ? 1 : 0

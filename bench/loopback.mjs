// Transfers one file over loopback, with holub and with other programs, in alternation within one run.
//
//   npm run bench:loopback                     flock, encrypted and with CRC-32, compared with rsync, QUIC, udx-native and scp;
//                                              512 MiB, five rounds
//   npm run bench:loopback -- [options]
//
//   --rounds N       number of runs of each program (5)
//   --size SIZE      size of the file: 512M
//   --wire WIRE      holub's wire: flock with three datagram sizes, each encrypted and with CRC-32, classic, or none to run only
//                    the peers (flock)
//   --peers LIST     rsync,quic,quic-bbr,udx,scp,udt,srt,uftp, or all (rsync,quic,udx,scp)
//   --limit SECONDS  time limit of one transfer (120)
//   --json           prints each row at once as a JSON object on a line, instead of the table
//
// The measured time is that of the whole process that requests the transfer, from start to exit; the server is started
// before. With QUIC and UDT this process is the receiver. Each copy is compared by SHA-256, outside of the measured
// time. A ratio is the median over the rounds of holub's speed divided by the peer's speed: more than 1 is faster; "÷ crc" is
// that to holub's own speed without encryption. The goal for 512 MiB is in brackets. "Without koffi" is a copy of the program at a
// place without packages. Other settings of holub are set by its environment variables, HOLUB_…. Peers that
// are not installed are skipped and listed; udx-native and UDT's examples are expected in $BENCH_DIR/tools
// (/dev/shm/holub-bench/tools), where the lab's `peers.sh install` puts them.
import { bytesOf, countOf, numberOf, refuse, settingsOf } from "./race/options.mjs"
import { notBuilt, ours } from "./race/ours.mjs"
import { peersOf } from "./race/peers.mjs"
import { comparedPeers, digits, machineLine, markdown, medianOf, ratioCells, successes } from "./race/table.mjs"
import { loopback, prepared, transferInTurns } from "./race/transfers.mjs"
import { makeWorkplace, writeSource } from "./race/workplace.mjs"

/** An encrypted variant, and the same with CRC-32, whose speed it must reach. */
const both = (variant) => {
  const crc = `${variant.name}, crc`
  return [
    { ...variant, name: `${variant.name}, aead`, goals: { ...variant.goals, [crc]: 0.95 }, clear: crc },
    { ...variant, name: crc, goals: {}, protection: "crc" }
  ]
}

/** The variants of holub, with goals for the peers that have the same datagram size or the same system features. */
const variants = {
  none: [],
  classic: [{ name: "classic", datagram: "1458" }],
  flock: [
    { name: "flock", datagram: "discovered", goals: { quic: 1.3, scp: 1.5 } },
    { name: "flock --mtu 1472", datagram: "1472", args: ["--mtu", "1472"], goals: { quic: 1 } },
    {
      name: "flock without koffi",
      datagram: "1452",
      args: ["--mtu", "1452"],
      hasKoffi: false,
      goals: { scp: 0.3 }
    }
  ].flatMap(both)
}

/** The file size of the goals. */
const goalBytes = 512 * 1024 ** 2

const log = (text) => console.error(text)

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
const own = variants[wire].map((variant) => ({ ...ours({ ...variant, wire }), clear: variant.clear }))
const contestants = prepared([...own, ...peersOf(values.peers)], workplace, log)
const peers = comparedPeers(contestants)
log(machineLine())
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
    log(`${round} ${program}: ${error ?? `${digits(seconds, 2)} s, ${digits(bytesPerSecond / 1e6, 0)} MB/s`}`)
  }
})

if (values.json !== true) {
  const hasClear = contestants.some(({ clear }) => clear !== undefined)
  const head = [
    "program",
    "datagram",
    "s",
    "MB/s",
    ...(hasClear ? ["÷ crc"] : []),
    ...peers.map(({ name }) => `÷ ${name}`),
    "complete copies"
  ]
  const lines = contestants.map((contestant) => {
    const { datagram, name } = contestant
    const [seconds, speed] = ["seconds", "bytesPerSecond"].map((field) => medianOf(rows, name, field))
    const withGoals = bytes === goalBytes ? contestant : { ...contestant, goals: {} }
    const { clear } = contestant
    const ratios = [
      ...(hasClear ? clear === undefined ? [""] : ratioCells(rows, withGoals, [{ name: clear }]) : []),
      ...ratioCells(rows, withGoals, peers)
    ]
    return [name, datagram, digits(seconds, 2), digits(speed / 1e6, 0), ...ratios, successes(rows, name)]
  })
  console.log(`${machineLine()}\nmedians of ${rounds} alternating rounds, ${bytes / 1024 ** 2} MiB over loopback\n`)
  console.log(markdown(head, lines, 2))
}
process.exitCode = rows.some(({ error, isOurs }) => isOurs && error !== undefined) ? 1 : 0

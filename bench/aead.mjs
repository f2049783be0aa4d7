// Measures the encryption of packets by each route, and CRC-32, in one run: nanoseconds a packet.
//
//   npm run bench:aead                    frames of 1,430, 8,900 and 65,450 bytes in turn
//   npm run bench:aead -- [options]
//
//   --rounds N    number of turns of each route at each length (300)
//   --millis N    duration of one turn (2)
//   --json        one JSON object for each route and length instead of the table
//
// A turn seals runs of packets in one buffer and opens them again; both are timed. The values are medians of the turns;
// `÷ CRC` are the medians of the ratios to the turn of CRC-32 just before. The OpenSSL of Node decides: measure with
// each version that matters (`npm run test:nodes` installs some into node_modules/.cache).
import { performance } from "node:perf_hooks"
import { pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"
import { countOf, numberOf, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown, median } from "./race/table.mjs"

const lengths = [1430, 8900, 65_450]
const runBytes = 64 * 1024

const values = settingsOf(import.meta.url, {
  json: { type: "boolean" },
  millis: { type: "string", default: "2" },
  rounds: { type: "string", default: "300" }
})
const rounds = countOf(values.rounds, "rounds")
const millis = numberOf(values.millis, "millis", 1)
const { contestants, dataHeaderBytes, route } = await import(pathToFileURL(await bundle("bench/flock/aead.ts")).href)

const buffer = new Uint8Array(runBytes)
let packetNumber = 0

/** Seals and opens runs for the duration of a turn. */
const turn = ({ name, protection, tagBytes }, length) => {
  const packetBytes = dataHeaderBytes + length + tagBytes
  const count = Math.floor(runBytes / packetBytes)
  const endsAt = performance.now() + millis
  let [sealMillis, openMillis, packets] = [0, 0, 0]
  do {
    const first = packetNumber
    const startedAt = performance.now()
    for (let start = 0, index = 0; index < count; index++, start += packetBytes) {
      protection.seal(buffer, start, start + dataHeaderBytes, start + dataHeaderBytes + length, packetNumber++)
    }
    const sealedAt = performance.now()
    for (let start = 0, index = 0; index < count; index++, start += packetBytes) {
      const framesEnd = start + dataHeaderBytes + length
      if (!protection.open(buffer, start, start + dataHeaderBytes, framesEnd, first + index)) {
        throw new Error(`${name} does not open its packet`)
      }
    }
    openMillis += performance.now() - sealedAt
    sealMillis += sealedAt - startedAt
    packets += count
  } while (performance.now() < endsAt)
  return { seal: sealMillis * 1e6 / packets, open: openMillis * 1e6 / packets }
}

const parties = contestants.map(({ make, name, tagBytes }) => ({ name, tagBytes, protection: make() }))
const results = lengths.flatMap((length) => parties.map((party) => ({ ...party, length, turns: [] })))
const warmUpRounds = 5
for (let round = -warmUpRounds; round < rounds; round++) {
  for (const result of results) {
    const nanos = turn(result, result.length)
    if (round >= 0) result.turns.push(nanos)
  }
}

const rows = results.map(({ length, name, turns }) => {
  const crc = results.find((one) => one.length === length).turns
  const of = (phase) => median(turns.map((nanos) => nanos[phase]))
  const ratio = (phase) => median(turns.map((nanos, round) => nanos[phase] / crc[round][phase]))
  return { length, name, seal: of("seal"), open: of("open"), sealRatio: ratio("seal"), openRatio: ratio("open") }
})
if (values.json === true) { for (const row of rows) console.log(JSON.stringify(row)) }
else {
  const turns = `${rounds} turns of ${millis} ms`
  console.log(`${machineLine()}, OpenSSL ${process.versions.openssl}; nanoseconds a packet, ${turns}`)
  console.log(`sessions use: ${route}\n`)
  const cells = rows.map(({ length, name, open, openRatio, seal, sealRatio }) => [
    name,
    length.toLocaleString("en"),
    digits(seal, 0),
    digits(open, 0),
    digits(sealRatio, 2),
    digits(openRatio, 2)
  ])
  console.log(markdown(["route", "bytes of frames", "seal", "open", "seal ÷ CRC", "open ÷ CRC"], cells, 1))
}

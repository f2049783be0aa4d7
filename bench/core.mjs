// Measures the cost of a packet in the pure core of flock, without sockets: two sessions in one process, one sends, one
// receives.
//
//   npm run bench:core                    1,472, 8,900 and 65,507 bytes in turn, each encrypted and with CRC-32; nanoseconds a packet
//   npm run bench:core -- [options]
//
//   --rounds N    number of turns of each size (400)
//   --millis N    duration of one turn (3)
//   --json        one JSON object for each size instead of the table
//
// "write" is the sender's work to fill a run; "read" is the receiver's work for a packet, including a reader that
// releases the bytes; both include the encryption, or CRC-32 by zlib. A run is answered by one ACK: writing it and reading it are listed
// separately and included in the sum of their side. `floor` is CRC-32 and one copy of the payload, the minimum work of
// each side. The core uses virtual time: a run takes 0.1 ms in each direction. The values are medians of the turns, of
// which few contain a garbage collection; `CPU` is the mean CPU time of the process, including collections and both
// sides. The goal is 1.5 µs for a packet of 1,472 bytes on each side.
import { performance } from "node:perf_hooks"
import { pathToFileURL } from "node:url"
import { crc32 } from "node:zlib"
import { bundle } from "../test/simulation/bundle.mjs"
import { countOf, numberOf, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown, median, withGoal } from "./race/table.mjs"

const sizes = [1472, 8900, 65_507]
const goalNanos = 1500
const oneWayMillis = 0.1
const warmUpMillis = 400
const phases = ["write", "readAck", "read", "writeAck"]

const values = settingsOf(import.meta.url, {
  json: { type: "boolean" },
  millis: { type: "string", default: "3" },
  rounds: { type: "string", default: "400" }
})
const rounds = countOf(values.rounds, "rounds")
const millis = numberOf(values.millis, "millis", 1)
const { connection, endOf, Limits } = await import(pathToFileURL(await bundle("bench/flock/parts.ts")).href)

/** A seeded random generator of numbers in [0, 1). */
const random = (seed) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

/** Two sessions with an endless stream from one to the other, and a path without loss. */
class Transfer {
  spent = Object.fromEntries(phases.map((phase) => [phase, 0]))
  packets = 0
  #now = 0
  #client
  #server
  #size
  #stream
  #incoming
  #block = new Uint8Array(Limits.sourceBlockBytes).fill(7)
  #target = new Uint8Array(Limits.runBytes)
  #answer = new Uint8Array(Limits.runBytes)

  constructor(size, protection) {
    this.#size = size
    this.#client = connection("client", size, random(1), protection)
    this.#server = connection("server", size, random(2), protection)
    this.#stream = this.#client.streams.open()
  }

  /** Whether MTU discovery has reached the requested datagram size. */
  get isGrown() {
    return this.#client.mtuDiscovery.datagramBytes === this.#size
  }

  forget() {
    for (const phase of phases) this.spent[phase] = 0
    this.packets = 0
  }

  /** Sends everything that may be sent at the current time, in both directions. */
  turn() {
    const runs = []
    for (;;) {
      const startedAt = performance.now()
      while (!this.#stream.isFull) this.#client.streams.write(this.#stream, this.#block)
      const transmit = this.#client.nextTransmit(this.#now)
      const length = transmit === undefined ? 0 : this.#client.fill(this.#target, this.#now)
      this.#client.pollEvents()
      if (length === 0) break
      this.spent.write += performance.now() - startedAt
      // The receiver gets its own copy, as from a socket; the copy is not measured.
      runs.push(this.#target.slice(0, length))
    }
    if (runs.length === 0) {
      this.#now = Math.max(this.#now, Math.min(this.#client.deadline, this.#server.deadline))
      for (const side of [this.#client, this.#server]) if (side.deadline <= this.#now) side.handleTimeout(this.#now)
    } else this.#now += oneWayMillis
    const answers = runs.length === 0 ? [this.#answerNow()] : runs.map((run) => this.#receive(run))
    this.#now += oneWayMillis
    for (const answer of answers) this.#receiveAnswer(answer)
  }

  #receive(run) {
    const startedAt = performance.now()
    for (let start = 0; start < run.length;) {
      const end = endOf(run, start, run.length)
      this.#server.handlePacket(run, start, end, this.#server.path, this.#now)
      this.packets++
      start = end
    }
    for (const event of this.#server.pollEvents()) if (event._tag === "Opened") this.#incoming = event.stream
    const { streams } = this.#server
    for (;;) {
      const bytes = this.#incoming === undefined ? undefined : streams.read(this.#incoming)
      if (bytes === undefined) break
      this.#incoming.receive.release(bytes)
    }
    this.spent.read += performance.now() - startedAt
    return this.#answerNow()
  }

  #answerNow() {
    const startedAt = performance.now()
    let length = 0
    while (this.#server.nextTransmit(this.#now) !== undefined) {
      const written = this.#server.fill(this.#answer.subarray(length), this.#now)
      if (written === 0) break
      length += written
    }
    this.spent.writeAck += performance.now() - startedAt
    return this.#answer.slice(0, length)
  }

  #receiveAnswer(answer) {
    const startedAt = performance.now()
    for (let start = 0; start < answer.length;) {
      const end = endOf(answer, start, answer.length)
      this.#client.handlePacket(answer, start, end, this.#client.path, this.#now)
      start = end
    }
    this.spent.readAck += performance.now() - startedAt
  }
}

/** The cost of CRC-32 and one copy of `size` bytes, in nanoseconds. */
const floorOf = (size) => {
  const [from, to] = [new Uint8Array(size).fill(7), new Uint8Array(size)]
  const count = Math.ceil(1_000_000 / size)
  const startedAt = performance.now()
  let sum = 0
  for (let times = 0; times < count; times++) {
    to.set(from)
    sum ^= crc32(to)
  }
  return (performance.now() - startedAt) * 1e6 / count + (sum & 0)
}

const during = (length, step) => {
  const endsAt = performance.now() + length
  do step()
  while (performance.now() < endsAt)
}

const kinds = sizes.flatMap((size) => ["aead", "crc"].map((protection) => ({ protection, size })))
const contestants = kinds.map(({ protection, size }) => {
  const transfer = new Transfer(size, protection)
  during(warmUpMillis, () => transfer.turn())
  if (!transfer.isGrown) throw new Error(`MTU discovery has not reached datagrams of ${size} bytes`)
  return { protection, size, transfer, turns: [] }
})
for (let round = 1; round <= rounds; round++) {
  for (const { size, transfer, turns } of contestants) {
    transfer.forget()
    const before = process.cpuUsage()
    during(millis, () => transfer.turn())
    const { system, user } = process.cpuUsage(before)
    const nanos = Object.fromEntries(phases.map((phase) => [phase, transfer.spent[phase] * 1e6 / transfer.packets]))
    turns.push({
      ...nanos,
      sender: nanos.write + nanos.readAck,
      receiver: nanos.read + nanos.writeAck,
      floor: floorOf(size),
      cpuNanos: (user + system) * 1000,
      packets: transfer.packets
    })
  }
}

const rows = contestants.map(({ protection, size, turns }) => {
  const of = (field) => median(turns.map((turn) => turn[field]))
  const sum = (field) => turns.reduce((total, turn) => total + turn[field], 0)
  const fields = [...phases, "sender", "receiver", "floor"]
  return {
    size,
    protection,
    ...Object.fromEntries(fields.map((field) => [field, of(field)])),
    senderRatio: median(turns.map(({ floor, sender }) => sender / floor)),
    receiverRatio: median(turns.map(({ floor, receiver }) => receiver / floor)),
    cpu: sum("cpuNanos") / sum("packets")
  }
})
if (values.json === true) { for (const row of rows) console.log(JSON.stringify(row)) }
else {
  console.log(`${machineLine()}; nanoseconds a packet, ${rounds} turns of ${millis} ms\n`)
  const head = [
    "bytes",
    "protection",
    "write",
    "read ACK",
    "sender",
    "read",
    "write ACK",
    "receiver",
    "floor",
    "÷ floor",
    "CPU"
  ]
  const cells = rows.map((row) => {
    const goal = row.size === sizes[0] && row.protection === "crc" ? goalNanos : undefined
    return [
      row.size.toLocaleString("en"),
      row.protection,
      digits(row.write, 0),
      digits(row.readAck, 0),
      withGoal(row.sender, 0, goal, "≤"),
      digits(row.read, 0),
      digits(row.writeAck, 0),
      withGoal(row.receiver, 0, goal, "≤"),
      digits(row.floor, 0),
      `${digits(row.senderRatio, 2)}, ${digits(row.receiverRatio, 2)}`,
      digits(row.cpu, 0)
    ]
  })
  console.log(markdown(head, cells, 2))
}

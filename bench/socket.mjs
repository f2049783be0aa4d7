// Measures the speed of the sockets, as ratios within one run: plain node:dgram and the kernel's segmentation offload.
//
//   npm run bench:socket                  datagrams and bytes a second, two processes on two cores
//   npm run bench:socket -- --budget      also the cost of CRC and file access at these rates
//   npm run bench:socket -- --rounds N    number of alternating rounds (5)
//   npm run bench:socket -- --millis N    duration of one measurement (800)
//
// With a window the receiver reports the received bytes, and at most one window is in flight, as with flow control. A
// flood has no window: it shows the losses in the receiving kernel.
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { spawn, spawnSync } from "node:child_process"
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { crc32 } from "node:zlib"

const self = fileURLToPath(import.meta.url)
const sizes = [1452, 1472, 8900, 65_507]
const kinds = ["plain", "offload"]
const windowBytes = 1024 * 1024
const host = "127.0.0.1"
// Without a report for this time, datagrams were dropped or the other core is busy; the missing bytes count as lost.
const stallMillis = 200

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const round = (value, digits = 0) => value.toFixed(digits)

const isPinned = cpus().length > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0
const start = (core, args) => {
  const [command, ...rest] = [...(isPinned ? ["taskset", "-c", String(core)] : []), process.execPath, self, ...args]
  return spawn(command, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] })
}
const message = (child) =>
  new Promise((resolve, reject) => {
    child.once("message", resolve)
    child.once("exit", () => reject(new Error("a process of the benchmark ended early")))
  })
const turn = () => new Promise((resolve) => setImmediate(resolve))

const shapeOf = async (kind) => {
  const { NodeSocket, OffloadSocket } = await import("holub/node")
  return kind === "plain" ? NodeSocket.make("plain dgram is measured") : OffloadSocket.make()
}
// The scope is never closed: the socket is open until the process ends.
const open = (opening) => Effect.runPromise(Scope.extend(opening, Effect.runSync(Scope.make())))

/** Counts the received bytes. With a window, it reports the sum after each eighth of the window. */
const receive = async (kind, mode) => {
  const shape = await shapeOf(kind)
  let bytes = 0
  let reported = 0
  let messages = 0
  const bound = await open(shape.bind({ host, port: 0 }, {
    onRun: (run) => {
      bytes += run.bytes.length
      messages++
      if (mode === "flood" || bytes - reported < windowBytes / 8) return
      reported = bytes
      bound.send(run.from, 8, (target) => {
        new DataView(target.buffer, target.byteOffset).setFloat64(0, bytes)
        return 8
      })
    },
    onError: () => {},
    onDrain: () => {}
  }))
  const before = process.cpuUsage()
  process.on("disconnect", () => process.exit())
  process.on("message", () => {
    const { system, user } = process.cpuUsage(before)
    process.send({ bytes, messages, cpuMillis: (user + system) / 1000, offload: bound.offload() })
    process.exit()
  })
  process.send(bound.local)
}

const transmit = async (kind, mode, sizeText, millisText, portText) => {
  const { Socket } = await import("holub")
  const shape = await shapeOf(kind)
  const datagramBytes = Number(sizeText)
  const peer = { host, port: Number(portText) }
  const payload = new Uint8Array(Socket.runBytes(datagramBytes))
  let sent = 0
  let arrived = 0
  let creditAt = 0
  let wake = () => {}
  const bound = await open(shape.connect(peer, {
    onRun: ({ bytes }) => {
      arrived = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0)
      creditAt = performance.now()
      wake()
    },
    onError: () => {},
    onDrain: () => wake()
  }))
  const fill = (target) => {
    target.set(payload)
    return payload.length
  }
  const before = process.cpuUsage()
  const startedAt = performance.now()
  const endsAt = startedAt + Number(millisText)
  let lostBytes = 0
  creditAt = startedAt
  setInterval(() => wake(), stallMillis)
  const hasRoom = () =>
    mode === "flood" || sent - lostBytes - arrived + payload.length <= Math.max(windowBytes, payload.length)
  while (performance.now() < endsAt) {
    let isFull = false
    while (!isFull && hasRoom()) {
      if (bound.send(peer, datagramBytes, fill) === "Full") isFull = true
      else sent += payload.length
    }
    if (mode === "flood") await turn()
    else {
      await new Promise((resolve) => (wake = resolve))
      if (performance.now() - creditAt > stallMillis) lostBytes = sent - arrived
    }
  }
  const wallMillis = performance.now() - startedAt
  const { system, user } = process.cpuUsage(before)
  process.send({ sent, arrived, lostBytes, wallMillis, cpuMillis: (user + system) / 1000 })
  process.exit()
}

/** The number of messages dropped at the full buffer of the socket at the port; 0 if the system does not report it. */
const dropsAt = (port) => {
  if (!existsSync("/proc/net/udp")) return 0
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`
  const sockets = readFileSync("/proc/net/udp", "utf8").split("\n").map((line) => line.trim().split(/\s+/))
  return Number(sockets.find(([, local]) => local?.endsWith(ending))?.at(-1) ?? 0)
}

const measure = async (kind, mode, size, millis) => {
  const receiving = start(1, ["receive", kind, mode])
  const { port } = await message(receiving)
  const sending = await message(start(0, ["transmit", kind, mode, String(size), String(millis), String(port)]))
  await new Promise((resolve) => setTimeout(resolve, 50))
  const drops = dropsAt(port)
  const ended = message(receiving)
  receiving.send("end")
  const { bytes, cpuMillis, messages } = await ended
  return {
    bytesPerSecond: bytes * 1000 / sending.wallMillis,
    delivered: bytes / sending.sent,
    drops,
    microsOut: sending.cpuMillis * 1000 * size / sending.sent,
    microsIn: cpuMillis * 1000 * size / bytes,
    datagramsPerMessage: bytes / size / messages
  }
}

const budget = () => {
  console.log("\nother costs of a datagram\n\n| operation | µs | alone, MB/s |\n|---|---|---|")
  for (const size of [1445, 8893]) {
    const bytes = new Uint8Array(size).fill(7)
    const rates = Array.from({ length: 9 }, () => {
      const startedAt = performance.now()
      for (let count = 0; count < 20_000; count++) crc32(bytes)
      return (performance.now() - startedAt) / 20
    })
    const micros = median(rates)
    console.log(`| CRC-32 of ${size} bytes | ${round(micros, 2)} | ${round(size / micros)} |`)
  }
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "holub-bench-"))
  const block = Buffer.alloc(256 * 1024, 7)
  const blocks = 512
  const file = openSync(join(folder, "file"), "w+")
  const timed = (step) => {
    const startedAt = performance.now()
    for (let index = 0; index < blocks; index++) step(index * block.length)
    return (performance.now() - startedAt) * 1000 / blocks
  }
  timed((position) => writeSync(file, block, 0, block.length, position))
  for (
    const [what, step] of [
      ["write", (position) => writeSync(file, block, 0, block.length, position)],
      ["read", (position) => readSync(file, block, 0, block.length, position)]
    ]
  ) {
    const micros = median(Array.from({ length: 5 }, () => timed(step)))
    const perDatagram = micros * 1445 / block.length
    console.log(
      `| ${what} of a file in memory, per 1,445 bytes in blocks of 256 KiB | ${round(perDatagram, 2)} | ${
        round(block.length / micros)
      } |`
    )
  }
  closeSync(file)
  rmSync(folder, { recursive: true })
}

const main = async () => {
  const { values } = parseArgs({
    options: {
      budget: { type: "boolean" },
      rounds: { type: "string", default: "5" },
      millis: { type: "string", default: "800" }
    }
  })
  console.log(
    `node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${values.rounds} rounds of ${values.millis} ms\n`
  )
  const results = new Map()
  for (let count = 1; count <= Number(values.rounds); count++) {
    for (const mode of ["window", "flood"]) {
      for (const size of sizes) {
        for (const kind of kinds) {
          const key = `${mode} ${size} ${kind}`
          results.set(key, [...(results.get(key) ?? []), await measure(kind, mode, size, Number(values.millis))])
        }
      }
    }
  }
  const of = (mode, size, kind, field) => median(results.get(`${mode} ${size} ${kind}`).map((one) => one[field]))
  console.log(
    "| bytes | sockets | datagrams/s | MB/s | ratio | µs of CPU a datagram out, in | a message | drops | flood: MB/s, arrived |"
  )
  console.log("|---|---|---|---|---|---|---|---|---|")
  for (const size of sizes) {
    for (const kind of kinds) {
      const field = (name) => of("window", size, kind, name)
      const ratios = results.get(`window ${size} ${kind}`).map((one, index) =>
        one.bytesPerSecond / results.get(`window ${size} plain`)[index].bytesPerSecond
      )
      const cells = [
        size,
        kind,
        `${round(field("bytesPerSecond") / size / 1000)} k`,
        round(field("bytesPerSecond") / 1e6),
        round(median(ratios), 2),
        `${round(field("microsOut"), 2)}, ${round(field("microsIn"), 2)}`,
        round(field("datagramsPerMessage"), 1),
        field("drops"),
        `${round(of("flood", size, kind, "bytesPerSecond") / 1e6)}, ${
          round(of("flood", size, kind, "delivered") * 100)
        } %`
      ]
      console.log(`| ${cells.join(" | ")} |`)
    }
  }
  if (values.budget === true) budget()
}

const [mode, ...rest] = process.argv.slice(2)
if (mode === "receive") await receive(...rest)
else if (mode === "transmit") await transmit(...rest)
else await main()

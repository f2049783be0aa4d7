// Measures the speed of the classic wire, as ratios within one run.
//
//   npm run bench:classic                 the pure core, and `send` → `serve` compared with a node:dgram ping-pong
//   npm run bench:classic -- --memory     also the resident size of both ends for a file of 1 GiB (one to two minutes)
//   npm run bench:classic -- --rounds N   number of alternating rounds (5)
//
// A ping-pong with the same frame size is the upper bound of any stop-and-wait protocol: one answer for each frame.
import { spawn, spawnSync } from "node:child_process"
import { createSocket } from "node:dgram"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { open } from "node:fs/promises"
import { cpus, tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { crc32 } from "node:zlib"
import { ownState } from "./ownState.mjs"

const frameBytes = 1458
const answerBytes = 13
const fileBytes = 16 * 1024 * 1024
// The first file warms up the compiler on both sides and is not counted; the raw ends need no warm-up.
const filesPerRound = 4
const rawRounds = 20_000
const holub = fileURLToPath(new URL("../dist/bin.cjs", import.meta.url))
const self = fileURLToPath(import.meta.url)

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const round = (value, digits = 0) => value.toFixed(digits)

/**
 * Each end runs on its own core if `taskset` exists: the placement of the two ends changes the round trip by a factor
 * of three.
 */
const isPinned = cpus().length > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0
const start = (core, args) => {
  const [command, ...rest] = [...(isPinned ? ["taskset", "-c", String(core)] : []), process.execPath, ...args]
  return spawn(command, rest, { env: { ...process.env, ...ownState() }, stdio: ["ignore", "pipe", "inherit"] })
}

/** The answering end of the raw ping-pong, a separate process like `serve`. */
const answerRaw = () => {
  const socket = createSocket("udp4")
  const answer = Buffer.alloc(answerBytes)
  socket.on("message", (_, { address, port }) => socket.send(answer, port, address))
  socket.bind(0, "127.0.0.1", () => console.log(socket.address().port))
}

/** The requesting end: prints round trips a second. */
const requestRaw = (port, rounds) => {
  const socket = createSocket("udp4")
  const frame = Buffer.alloc(frameBytes)
  let count = 0
  let startedAt = 0
  socket.on("message", () => {
    if (++count < rounds) return socket.send(frame)
    console.log(rounds * 1000 / (performance.now() - startedAt))
    socket.close()
  })
  socket.connect(port, "127.0.0.1", () => {
    startedAt = performance.now()
    socket.send(frame)
  })
}

const firstLine = async (child) => {
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error("a process of the benchmark ended early")
}

const rawPingPong = async (rounds) => {
  const answering = start(1, [self, "answer"])
  const port = await firstLine(answering)
  const perSecond = Number(await firstLine(start(0, [self, "request", port, String(rounds)])))
  answering.kill()
  return perSecond
}

const lines = async function*(child) {
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line)
}

/** Starts `holub serve`; returns the process and its port. */
const serve = async (folder) => {
  const inbox = ["--dir", join(folder, "inbox"), "--if-exists", "overwrite"]
  const child = start(1, [holub, "serve", "--wire", "classic", "--port", "0", "--json", ...inbox])
  for await (const event of lines(child)) if (event.type === "listening") return { child, port: event.port }
  throw new Error("serve ended")
}

/**
 * Sends files with one `holub send` and returns their `sent` events; `watch` is called with the process id during the
 * run.
 */
const send = async (port, paths, watch = () => undefined) => {
  const child = start(0, [holub, "send", "--wire", "classic", "--to", `127.0.0.1:${port}`, "--json", ...paths])
  const watching = setInterval(() => watch(child.pid), 200)
  const sent = []
  for await (const event of lines(child)) if (event.type === "sent") sent.push(event)
  clearInterval(watching)
  if (sent.length !== paths.length) throw new Error("send failed")
  return sent
}

/** A sparse file of zeros. */
const fileOf = async (folder, bytes) => {
  const path = join(folder, `${bytes}.bin`)
  const file = await open(path, "w")
  await file.truncate(bytes)
  await file.close()
  return path
}

/** The cost of the two cores in nanoseconds a frame, with one CRC call each and without sockets. */
const core = async () => {
  const { Fragments, Receiver, Sender, timing } = await import("holub/classic")
  const fragmentSize = Fragments.maxFragmentSize
  const count = 10_000
  const fragments = Array.from({ length: count }, () => new Uint8Array(fragmentSize))
  const options = { crc32, dialect: "frame", timing }
  const run = () => {
    const sender = new Sender(options, 0)
    const receiver = new Receiver(options, 0)
    const frame = new Uint8Array(frameBytes)
    const answer = new Uint8Array(frameBytes)
    sender.announce(Fragments.plan("text", new Uint8Array(0), fragmentSize * count, fragmentSize), [], 0)
    sender.offer(fragments.slice(0, 10_000), 0)
    let frames = 0
    const startedAt = performance.now()
    for (let length = sender.pollTransmit(frame, 0); length > 0; length = sender.pollTransmit(frame, 0)) {
      frames++
      receiver.handleDatagrams([frame.subarray(0, length)], 0)
      for (const event of receiver.pollEvents()) {
        if (event._tag === "Block") receiver.written(event.serial, event.bytes.length)
      }
      const answerLength = receiver.pollTransmit(answer, 0)
      if (answerLength > 0) sender.handleDatagrams([answer.subarray(0, answerLength)], 0)
    }
    return (performance.now() - startedAt) * 1e6 / frames
  }
  for (let warmUp = 0; warmUp < 5; warmUp++) run()
  return median(Array.from({ length: 9 }, run))
}

const residentPeak = (pid) => {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

const memory = async (folder) => {
  const path = await fileOf(folder, 1024 ** 3)
  const server = await serve(folder)
  let peak = 0
  const [{ durationMillis }] = await send(server.port, [path], (pid) => {
    peak = Math.max(peak, residentPeak(pid))
  })
  const serverPeak = residentPeak(server.child.pid)
  server.child.kill()
  console.log(
    `1 GiB in ${round(durationMillis / 1000)} s: resident at most ${round(peak)} MB sending, ${
      round(serverPeak)
    } MB serving (goal: 150)`
  )
}

const main = async () => {
  const { values } = parseArgs({ options: { memory: { type: "boolean" }, rounds: { type: "string", default: "5" } } })
  console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0].model}, frames of ${frameBytes} bytes`)
  console.log(`pure core: ${round(await core())} ns a frame for both ends, including answer and CRC`)
  // Files are in memory if possible: the disk's speed is not measured.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "holub-bench-"))
  try {
    const path = await fileOf(folder, fileBytes)
    const ratios = []
    for (let turn = 1; turn <= Number(values.rounds); turn++) {
      const raw = await rawPingPong(rawRounds)
      const server = await serve(folder)
      const [, ...counted] = await send(server.port, Array.from({ length: filesPerRound }, () => path))
      server.child.kill()
      const ours = median(counted.map(({ durationMillis, fragments }) => fragments * 1000 / durationMillis))
      const retransmissions = counted.reduce((sum, file) => sum + file.retransmissions, 0)
      ratios.push(ours / raw)
      console.log(
        `${turn}: raw ${round(raw)} rounds/s, send → serve ${round(ours)} frames/s, ratio ${round(ours / raw, 2)}` +
          (retransmissions > 0 ? `, ${retransmissions} retransmitted` : "")
      )
    }
    console.log(`median ratio ${round(median(ratios), 2)} (goal: 0.85)`)
    if (values.memory === true) await memory(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const [mode, ...rest] = process.argv.slice(2)
if (mode === "answer") answerRaw()
else if (mode === "request") requestRaw(...rest.map(Number))
else await main()

// Measures what hostile peers of flock cost a server and its other peers: a server as `serve` runs it, in a process of
// its own, attacked over loopback from many addresses of 127.0.0.0/8.
//
//   npm run bench:attack                  all attacks
//   npm run bench:attack -- [options]
//
//   --only LIST   some of reset,announce,hold,gaps,sessions,hello,move
//   --millis N    duration of a transfer under attack (1500)
//   --json        one JSON object for each row instead of the table
//
// The time of a stream is that of sessions with streams less that of the same sessions without. Each row has a number and the goal that it must reach; the program ends with exit code 1 if one is missed. Times are
// processor times of the server, which other programs on the machine hardly change; the transfer under attack is given
// as the ratio to the same transfer without it, in the same run.
import { spawnSync } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath, pathToFileURL } from "node:url"
import { bundle } from "../test/simulation/bundle.mjs"
import { partName, servePart, startPart } from "./flock/helpers.mjs"
import { numberOf, refuse, settingsOf } from "./race/options.mjs"
import { digits, machineLine, markdown } from "./race/table.mjs"

const host = "127.0.0.1"
/** An address of this machine that counts as one source; each port of 127.0.0.0/8 is one of its own. */
const outside = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === "IPv4" && !internal)
  ?.address
const mebi = 1024 ** 2
const parts = async () => import(pathToFileURL(await bundle("bench/flock/attackParts.ts")).href)

const serveServer = async () => {
  const { serve } = await parts()
  let server
  servePart({
    /** Lowers the limit of open files; resolves to whether that worked. */
    limitFiles: (count) => spawnSync("prlimit", [`--pid=${process.pid}`, `--nofile=${count}`]).status === 0,
    listen: async (quotaBytes, at) => {
      const inbox = mkdtempSync(join(tmpdir(), "holub-attack-"))
      process.on("exit", () => rmSync(inbox, { recursive: true }))
      server = await serve(at, inbox, quotaBytes)
      return server.port
    },
    sessions: () => server.sessions(),
    received: () => server.received(),
    cpuMicros: () => {
      const { system, user } = process.cpuUsage()
      return system + user
    },
    residentBytes: async () => {
      globalThis.gc()
      await sleep(100)
      globalThis.gc()
      return process.memoryUsage().rss
    }
  })
}

const serveClient = async () => {
  const { Effect, Endpoint, services, Stream } = await parts()
  const run = (effect) => Effect.runPromise(Effect.scoped(Effect.provide(effect, services)))
  const sha256 = (bytes) =>
    Effect.promise(async () => Buffer.from(await globalThis.crypto.subtle.digest("SHA-256", bytes)).toString("hex"))
  servePart({
    /** Sends a message; resolves to "sent", or the reason why not. */
    message: (port, kind, bytes, millis) => {
      const body = new Uint8Array(bytes).fill(65)
      const sending = Effect.flatMap(
        Endpoint.connect({ host, port }),
        (session) =>
          session.send({ kind, name: "honest", size: bytes, sha256: sha256(body), body: () => Stream.make(body) })
      )
      return run(sending.pipe(
        Effect.as("sent"),
        Effect.catchAll(({ detail, reason }) => Effect.succeed(detail ?? reason)),
        Effect.timeoutTo({ duration: millis, onTimeout: () => "timeout", onSuccess: (outcome) => outcome })
      ))
    },
    /** Sends one text of 1 MiB after another for `millis`; resolves to the bytes that were accepted. */
    transfer: (port, millis) => {
      const body = new Uint8Array(mebi).fill(65)
      const text = { kind: "text", size: body.length, sha256: sha256(body), body: () => Stream.make(body) }
      let bytes = 0
      const sending = Effect.flatMap(
        Endpoint.connect({ host, port }),
        (session) =>
          Effect.forever(Effect.map(session.send(text), () => {
            bytes += body.length
          }))
      )
      return run(Effect.map(Effect.timeoutOption(sending, millis), () => bytes))
    },
    /** Opens a session; resolves to the milliseconds, or -1 without an answer. */
    connect: async (port) => {
      const startedAt = performance.now()
      const outcome = await run(Effect.exit(Endpoint.connect({ host, port })))
      return outcome._tag === "Success" ? performance.now() - startedAt : -1
    }
  })
}

/** The address of attacker number `nth`: each counts as a source of its own. */
const sourceOf = (nth) => `127.0.${1 + (nth >> 8)}.${nth & 255}`

/** Every attack starts with a server of its own; it returns rows of [what, value, unit, sign, goal]. */
const attacks = {
  reset: async ({ Attacker, ask, client, millis, port }) => {
    // A datagram carries the frames of many streams: the fewest bytes for the attacker.
    const together = 32
    const ids = (first) => Array.from({ length: together }, (_, nth) => 2 * (first + nth))
    const byte = { bytes: Uint8Array.of(64), end: 1, isLast: false, offset: 0, start: 0 }
    const reset = (finalBytes) => (id) => ({ _tag: "ResetStream", code: 0, finalBytes, id })
    /** Each opens and resets `together` streams. */
    const variants = {
      "RESET_STREAM only": (attacker, first) => attacker.send(...ids(first).map(reset(0))),
      "a byte, then RESET_STREAM": (attacker, first) => {
        attacker.send(...ids(first).map((id) => ({ _tag: "Stream", id, ...byte })))
        attacker.send(...ids(first).map(reset(1)))
      }
    }
    const rows = []
    /** The processor time of 40 sessions that each open all streams that they may, in microseconds. */
    const microsOf = async (resets) => {
      const before = await ask("cpuMicros")
      for (let session = 0; session < 40; session++) {
        const attacker = await Attacker.open(sourceOf(session), { host, port })
        for (let first = 0; first < 256; first += together) {
          resets(attacker, first)
          await sleep(1)
        }
        attacker.close()
      }
      await sleep(100)
      return await ask("cpuMicros") - before
    }
    const none = () => undefined
    await microsOf(none)
    const sessionsMicros = await microsOf(none)
    for (const [what, resets] of Object.entries(variants)) {
      // The first turn compiles the code and is not counted.
      await microsOf(resets)
      const micros = (await microsOf(resets) - sessionsMicros) / (40 * 256)
      rows.push([`processor time of a stream: ${what}`, micros, "µs", "≤", 20])
    }
    const honest = await client.ask("transfer", port, millis)
    const attacking = new AbortController()
    const bytesPerMilli = 8
    const attack = async (nth) => {
      const attacker = await Attacker.open(sourceOf(100 + nth), { host, port })
      if (attacker === undefined) return
      for (let first = 0; first < 256 && !attacking.signal.aborted; first += together) {
        const before = attacker.sentBytes
        variants["a byte, then RESET_STREAM"](attacker, first)
        await sleep((attacker.sentBytes - before) / bytesPerMilli)
      }
      attacker.close()
      if (!attacking.signal.aborted) await attack(nth)
    }
    const running = [0, 1, 2, 3].map(attack)
    const attacked = await client.ask("transfer", port, millis)
    attacking.abort()
    await Promise.all(running)
    return [...rows, ["a transfer beside four that do it at 64 kbit/s, ratio", attacked / honest, "", "≥", 0.8]]
  },

  announce: async ({ Attacker, client, port }) => {
    const attacker = await Attacker.open(sourceOf(1), { host, port })
    for (let nth = 0; nth < 4; nth++) attacker.announce(2 * nth, { kind: "text", size: 16 * mebi })
    await sleep(100)
    const text = await client.ask("message", port, "text", mebi, 5000)
    for (let nth = 4; nth < 8; nth++) attacker.announce(2 * nth, { kind: "file", name: `f${nth}`, size: 98_900_000 })
    await sleep(100)
    const file = await client.ask("message", port, "file", 10_000_000, 5000)
    attacker.close()
    return [
      ["texts taken after four announcements of 16 MiB", Number(text === "sent"), "of 1", "≥", 1],
      [
        "files of 10 MB taken with a quota of 100 MB after four announcements of 98.9 MB",
        Number(file === "sent"),
        "of 1",
        "≥",
        1
      ]
    ]
  },

  hold: async ({ Attacker, client, port }) => {
    const attacker = await Attacker.open(outside, { host: outside, port })
    for (let nth = 0; nth < 250; nth++) {
      attacker.announce(2 * nth, { kind: "file", name: `held ${nth}`, size: 10 })
      if (nth % 16 === 15) await sleep(2)
    }
    await sleep(300)
    const file = await client.ask("message", port, "file", 1000, 5000)
    attacker.close()
    return [["files taken while another holds 250 open, at 200 descriptors", Number(file === "sent"), "of 1", "≥", 1]]
  },

  gaps: async ({ Attacker, ask, port }) => {
    const before = await ask("residentBytes")
    const attackers = []
    const bytes = new Uint8Array(8000)
    for (let nth = 0; nth < 80; nth++) {
      const attacker = await Attacker.open(sourceOf(nth), { host, port })
      if (attacker === undefined) continue
      attackers.push(attacker)
      const { session, stream } = attacker.credit
      let left = session
      for (let id = 0; id < 512 && left > 10_000; id += 2) {
        const end = Math.min(left, stream)
        left -= end
        for (let offset = 1; offset + bytes.length < end; offset += bytes.length) {
          attacker.send({ _tag: "Stream", id, offset, isLast: false, bytes, start: 0, end: bytes.length })
          if (offset % 160_000 === 1) await sleep(1)
        }
      }
    }
    await sleep(300)
    const grown = (await ask("residentBytes") - before) / mebi
    for (const attacker of attackers) attacker.close()
    return [["memory for bytes behind gaps of 80 sessions", grown, "MiB", "≤", 384]]
  },

  sessions: async ({ Attacker, ask, port, client }) => {
    // What the first sessions load and grow is not counted.
    for (let nth = 0; nth < 64; nth++) (await Attacker.open(outside, { host: outside, port }, 500))?.close()
    while (await ask("sessions") > 0) await sleep(50)
    const before = await ask("residentBytes")
    const attackers = []
    for (let nth = 0; nth < 4200; nth += 32) {
      const opened = await Promise.all(
        Array.from({ length: 32 }, () => Attacker.open(outside, { host: outside, port }, 500))
      )
      attackers.push(...opened.filter((attacker) => attacker !== undefined))
    }
    await sleep(500)
    const sessions = await ask("sessions")
    const memory = (await ask("residentBytes") - before) / 1024 / sessions
    const millis = await client.ask("connect", port)
    for (const attacker of attackers) attacker.close()
    return [
      ["sessions that one address gets", sessions, "", "≤", 1400],
      ["memory of each", memory, "KiB", "≤", 64],
      ["sessions of another address then", Number(millis >= 0), "of 1", "≥", 1]
    ]
  },

  hello: async ({ Flood, client, port }) => {
    const sources = Array.from({ length: 250 }, (_, nth) => sourceOf(nth + 300))
    const flood = await Flood.start(sources, 5, { host, port })
    await sleep(500)
    const opened = []
    for (let nth = 0; nth < 5; nth++) opened.push(await client.ask("connect", port))
    const perSecond = flood.stop()
    const what = `sessions opened during ${digits(perSecond, 0)} HELLOs a second from 250 addresses`
    return [[what, opened.filter((millis) => millis >= 0).length, "of 5", "≥", 5]]
  },

  move: async ({ Attacker, port }) => {
    const attacker = await Attacker.open(sourceOf(1), { host, port })
    await sleep(50)
    const elsewhere = createSocket("udp4")
    elsewhere.bind(0, sourceOf(2))
    await once(elsewhere, "listening")
    let [sent, received, worst] = [0, 0, 0]
    elsewhere.on("message", ({ length }) => {
      received += length
      worst = Math.max(worst, received / sent)
    })
    for (let nth = 0; nth < 200; nth++) {
      sent += attacker.sendFrom(elsewhere)
      await sleep(5)
    }
    await sleep(500)
    attacker.close()
    elsewhere.close()
    return [["bytes to an unproved address for each byte from it", worst, "", "≤", 1]]
  }
}

const openFiles = { hold: 200 }
/** Attacks from one address beside an honest client at another. */
const fromOutside = ["hold", "sessions"]

const main = async () => {
  const values = settingsOf(import.meta.url, {
    json: { type: "boolean" },
    millis: { type: "string", default: "1500" },
    only: { type: "string", default: Object.keys(attacks).join(",") }
  })
  const millis = numberOf(values.millis, "millis", 100)
  const names = values.only.split(",")
  const unknown = names.find((name) => attacks[name] === undefined)
  if (unknown !== undefined) refuse(`--only takes some of ${Object.keys(attacks).join(", ")}, not "${unknown}"`)
  const { Attacker, Flood } = await parts()
  const script = fileURLToPath(import.meta.url)
  const client = startPart(script, "client", 1)
  const rows = []
  for (const name of names) {
    const server = startPart(script, "server", 0)
    if (openFiles[name] !== undefined && !(await server.ask("limitFiles", openFiles[name]))) {
      console.error(`${name}: left out, because prlimit is missing`)
    } else if (fromOutside.includes(name) && outside === undefined) {
      console.error(`${name}: left out, because this machine has no address besides loopback`)
    } else {
      const port = await server.ask("listen", 100_000_000, fromOutside.includes(name) ? "0.0.0.0" : host)
      rows.push(...await attacks[name]({ Attacker, Flood, ask: server.ask, client, millis, port }))
    }
    server.end()
  }
  client.end()

  const isMissed = ([, value, , sign, goal]) => sign === "≤" ? !(value <= goal) : !(value >= goal)
  if (values.json === true) {
    for (const [what, value, unit, sign, goal] of rows) console.log(JSON.stringify({ what, value, unit, sign, goal }))
  } else {
    console.log(`${machineLine()}\n`)
    const cells = rows.map((row) => {
      const [what, value, unit, sign, goal] = row
      const precision = Number.isInteger(value) ? 0 : value < 10 ? 2 : 0
      return [
        what,
        `${digits(value, precision)} ${unit}`.trim(),
        `${sign} ${goal}`,
        isMissed(row) ? "missed" : "reached"
      ]
    })
    console.log(markdown(["attack", "measured", "goal", ""], cells, 1))
  }
  process.exitCode = rows.some(isMissed) ? 1 : 0
}

const part = partName()
if (part === "server") await serveServer()
else if (part === "client") await serveClient()
else await main()
